"""Test rows and their predictions are read whole, or refused by file and line."""

from collections.abc import Callable

import pytest

from evaluate.rows.holdout import spread
from pipeline.errors import (
    ArtefactError,
    EmptyTestSplitError,
    PredictionCountError,
    PredictionValueError,
)
from tests.unit.evaluate.made_documents import PREFIX
from tests.unit.evaluate.made_run import MadeRun, evaluated

Runs = Callable[[str], MadeRun]
PART = f"s3://drops/{PREFIX}/predictions/part-00001.csv.out"


def test_one_prediction_too_few_is_refused_by_file_and_counts(run_of: Runs) -> None:
    run = run_of("binary")
    lines = run.text("predictions/part-00001.csv.out").splitlines(keepends=True)
    run.put("predictions/part-00001.csv.out", "".join(lines[:-1]))
    with pytest.raises(PredictionCountError) as caught:
        evaluated(run)
    assert f"{PART} has 111 predictions, but the test part has 112 rows" in str(caught.value)
    assert f"{PREFIX}/evaluation.json" not in run.s3.objects


def test_a_blank_line_in_place_of_a_prediction_is_one_too_few(run_of: Runs) -> None:
    run = run_of("regression")
    lines = run.text("predictions/part-00001.csv.out").splitlines(keepends=True)
    run.put("predictions/part-00001.csv.out", "".join(["\n", *lines[1:]]))
    with pytest.raises(PredictionCountError, match=r"has \d+ predictions, but the test part has"):
        evaluated(run)


def test_a_missing_part_is_refused_by_name(run_of: Runs) -> None:
    run = run_of("binary")
    del run.s3.objects[f"{PREFIX}/predictions/part-00001.csv.out"]
    with pytest.raises(PredictionCountError, match=r"lacks part-00001.csv.out .* 1 of 2 test"):
        evaluated(run)


def test_a_part_of_too_many_bytes_is_laid_to_the_state_that_both_branches_have(
    run_of: Runs,
) -> None:
    run = run_of("binary")
    run.put("predictions/part-00001.csv.out", "0.5\n" * 1_000_000)
    with pytest.raises(ArtefactError, match=r"which Predict test rows wrote, has 4,000,000 bytes"):
        evaluated(run)


@pytest.mark.parametrize(
    ("task", "bad"),
    [
        ("regression", "many"),
        ("regression", "nan"),
        ("regression", "1e999"),
        ("regression", "0.1,0.2"),
        ("binary", "1.5"),
        ("binary", "-0.1"),
        ("multiclass", "[0.5, 0.5]"),
        ("multiclass", "3"),
        ("multiclass", "[0.1, 0.1, 0.1, 0.1, 0.1, 0.1, inf]"),
    ],
)
def test_a_prediction_that_is_none_is_refused_by_line(run_of: Runs, task: str, bad: str) -> None:
    run = run_of(task)
    lines = run.text("predictions/part-00001.csv.out").splitlines()
    run.put(
        "predictions/part-00001.csv.out", "".join(f"{x}\n" for x in [*lines[:4], bad, *lines[5:]])
    )
    with pytest.raises(PredictionValueError) as caught:
        evaluated(run)
    assert f"line 5 of {PART} is {bad!r}" in str(caught.value)
    assert "(1 such line)" in str(caught.value)


def test_an_empty_test_split_is_refused(run_of: Runs) -> None:
    run = run_of("binary")
    for key in [key for key in run.s3.objects if "/data/truth/" in key]:
        del run.s3.objects[key]
    with pytest.raises(EmptyTestSplitError, match=r"data/truth/ holds no test rows \(0 of"):
        evaluated(run)


def test_test_rows_without_their_truth_and_predictions_are_missed(run_of: Runs) -> None:
    run = run_of("binary")
    for folder, name in (("data/truth", "part-00001.csv"), ("predictions", "part-00001.csv.out")):
        del run.s3.objects[f"{PREFIX}/{folder}/{name}"]
    said = r"data/truth/ holds 113 rows, but 225 fell into the test split"
    with pytest.raises(PredictionCountError, match=said):
        evaluated(run)


def test_predictions_of_a_part_without_truth_are_refused_by_name(run_of: Runs) -> None:
    run = run_of("binary")
    run.put("predictions/part-00002.csv.out", "0.5\n")
    with pytest.raises(PredictionCountError, match=r"holds part-00002.csv.out, for which .* \(1 "):
        evaluated(run)


@pytest.mark.parametrize(
    ("task", "label"), [("regression", "nan"), ("regression", "x"), ("multiclass", "7")]
)
def test_a_label_that_is_none_is_refused_by_line(run_of: Runs, task: str, label: str) -> None:
    run = run_of(task)
    lines = run.text("data/truth/part-00001.csv").splitlines()
    lines[4] = ",".join([lines[4].split(",")[0], label])
    run.put("data/truth/part-00001.csv", "".join(f"{line}\n" for line in lines))
    with pytest.raises(PredictionValueError, match=rf"line 5 of \S+/part-00001.csv .*,{label}'"):
        evaluated(run)


def test_a_line_break_in_an_id_columns_name_ends_no_header(run_of: Runs) -> None:
    run = run_of("binary")
    before = evaluated(run)["metric"]
    for name in run.files.names("data/truth"):
        head, body = run.text(f"data/truth/{name}").split("\n", 1)
        run.put(f"data/truth/{name}", head.replace("customer", '"customer\n""id"""') + "\n" + body)
    encoder = run.json("encoder.json")
    run.change("encoder.json", id_columns=['customer\n"id"'], columns=encoder["columns"])
    assert evaluated(run)["metric"] == before
    assert list(run.json("evaluation.json")["worst"][0]["ids"]) == ['customer\n"id"']


@pytest.mark.parametrize(
    ("task", "name", "limit"),
    [("binary", "MAX_ROWS", 120), ("multiclass", "MAX_PROBABILITIES", 7 * 120)],
)
def test_above_the_limit_whole_parts_are_judged(
    run_of: Runs, monkeypatch: pytest.MonkeyPatch, task: str, name: str, limit: int
) -> None:
    run = run_of(task)
    monkeypatch.setattr(f"evaluate.rows.holdout.{name}", limit)
    evaluated(run)
    document = run.json("evaluation.json")
    assert document["rows"]["judged"] == 113
    assert document["rows"]["test"] == 225
    assert any(item["code"] == "part_of_the_test_rows" for item in document["warnings"])


@pytest.mark.parametrize(
    ("parts", "rows", "limit", "kept"),
    [
        (4, 400, 400, [0, 1, 2, 3]),
        (4, 400, 200, [0, 2]),
        (4, 400, 50, [0]),
        (10, 1_000, 300, [0, 3, 6]),
    ],
)
def test_parts_are_left_out_evenly(parts: int, rows: int, limit: int, kept: list[int]) -> None:
    assert spread([str(i) for i in range(parts)], rows, limit) == [str(i) for i in kept]
