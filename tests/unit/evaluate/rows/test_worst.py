"""The worst rows are those of the file, with the columns that matter most."""

from collections.abc import Callable

import numpy as np
import pytest

from evaluate.metrics.scored import Scored
from evaluate.rows.holdout import read_holdout
from evaluate.rows.worst import pick_lines, worst_rows
from tests.unit.evaluate.made_run import MadeRun, evaluated

Runs = Callable[[str], MadeRun]


def test_worst_rows_are_those_of_the_file(run_of: Runs) -> None:
    run = run_of("regression")
    evaluated(run)
    worst = run.json("evaluation.json")["worst"]
    errors = np.sort(np.abs(run.predicted.astype(float) - run.truth))[::-1]
    assert [abs(row["error"]) for row in worst] == pytest.approx(errors[:10].tolist())
    truth = {}
    for name in run.files.names("data/truth"):
        rows = [line.split(",") for line in run.text(f"data/truth/{name}").splitlines()[1:]]
        features = run.text(f"data/test/{name}").splitlines()
        truth |= {int(r[0]): (float(r[1]), f) for r, f in zip(rows, features, strict=True)}
    for row in worst:
        label, line = truth[row["row"]]
        assert row["actual"] == label
        assert row["values"]["area_m2"] == float(line.split(",")[0])


def test_worst_rows_of_several_classes_are_those_of_the_least_probability(run_of: Runs) -> None:
    run = run_of("multiclass")
    evaluated(run)
    worst = run.json("evaluation.json")["worst"]
    given = [row["actual_probability"] for row in worst]
    assert given == sorted(given)
    assert all(row["probability"] > row["actual_probability"] for row in worst)
    assert [row["error"] for row in worst] == pytest.approx([-np.log(p) for p in given])
    assert "Probability of the actual class" in run.text("report.html")


def test_worst_rows_keep_the_columns_that_matter_most(
    run_of: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of("regression")
    holdout = read_holdout(run.files, 225, 0)
    scored = Scored("regression", holdout.truth, run.predicted.astype(float))
    monkeypatch.setattr("evaluate.rows.worst.COLUMNS", 3)
    encoder = run.json("encoder.json")
    importance = {"columns": [{"column": name} for name in ("garden", "no such", "rooms")]}
    rows = worst_rows(run.files, holdout, scored, encoder, importance)
    assert list(rows[0]["values"]) == ["garden", "rooms", "area_m2"]


@pytest.mark.parametrize(
    ("ids", "cell"),
    [
        ("C-{}", "C-{}"),
        ("", ""),
        ('"a\n{}"', "a\n{}"),
        ('"{}, ""x"""', '{}, "x"'),
        ("a;{}\r", "a;{}"),
    ],
)
def test_worst_rows_have_the_ids_of_their_lines(run_of: Runs, ids: str, cell: str) -> None:
    run, at = run_of("regression"), 0
    for name in run.files.names("data/truth"):
        head, *lines = run.text(f"data/truth/{name}").splitlines()
        starts = [",".join(line.split(",")[:2]) for line in lines]
        rows = (f"{start},{ids.format(at + i)}\n" for i, start in enumerate(starts))
        run.put(f"data/truth/{name}", f"{','.join(head.split(',')[:2])},id\n{''.join(rows)}")
        at += len(lines)
    run.change("encoder.json", id_columns=["id"])
    holdout = read_holdout(run.files, at, 0)
    scored = Scored("regression", holdout.truth, run.predicted.astype(float))
    places = {number: place for place, number in enumerate(holdout.numbers.tolist())}
    worst = worst_rows(run.files, holdout, scored, run.json("encoder.json"))
    assert (
        len({place // len(lines) for place in map(places.get, (row["row"] for row in worst))}) > 1
    )
    for row in worst:
        assert row["ids"] == {"id": cell.format(places[row["row"]])}


@pytest.mark.parametrize("size", [1, 3, 1_000])
@pytest.mark.parametrize("end", ["", "\n"])
def test_lines_are_picked_across_blocks(size: int, end: str) -> None:
    text = ("\n".join(f"line {i}" for i in range(20)) + end).encode()
    blocks = (text[i : i + size] for i in range(0, len(text), size))
    picked = dict(pick_lines(blocks, [19, 0, 7]))
    assert picked == {0: b"line 0", 7: b"line 7", 19: b"line 19"}
