"""Columns that give the target away are named and asked about; strong ones are not."""

import random
from typing import Any

import pytest

from pipeline.errors import SettingsError
from tests.unit.prepare.checks.leak_files import LEAKS, LeakFile
from tests.unit.prepare.checks.strong_files import SOUND
from tests.unit.prepare.pipeline_run import Prepared, prepare

ASKED, TOLD, UNCHECKED = "target_given_away", "leakage", "leakage_unchecked"
_REMEDY = ' in "drop_columns" in pipeline.json, else in "keep_columns".'


def named(file: LeakFile) -> str:
    return f"{file.what}, {file.rows} rows"


def said(prepared: Prepared, *codes: str) -> list[str]:
    return [w["message"] for w in prepared.warnings if w["code"] in (codes or (ASKED, TOLD))]


@pytest.mark.parametrize("file", LEAKS, ids=named)
def test_column_that_gives_the_target_away_is_named_and_asked_about(file: LeakFile) -> None:
    messages = said(prepare(file.data(), {"target": "y"}))
    assert len(messages) == 1, messages
    assert all(f"'{column}'" in messages[0] for column in file.columns)
    assert messages[0].endswith(_REMEDY)


@pytest.mark.parametrize("file", SOUND, ids=named)
def test_strong_column_is_no_leak(file: LeakFile) -> None:
    assert said(prepare(file.data(), {"target": "y"}), ASKED, TOLD, UNCHECKED) == []


def test_same_is_said_in_any_order_of_the_rows_and_cut_of_the_file() -> None:
    for file in (LEAKS[4], LEAKS[12], LEAKS[-5], SOUND[9]):
        head, *rows = file.data().decode().splitlines()
        expected = said(prepare(file.data(), {"target": "y"}))
        for seed in range(2):
            random.Random(seed).shuffle(rows)
            data = "\n".join([head, *rows, ""]).encode()
            assert said(prepare(data, {"target": "y"}, chunk_bytes=9_973)) == expected


def test_person_settles_it_by_dropping_or_keeping_the_column() -> None:
    data = LEAKS[1].data()
    assert said(prepare(data, {"target": "y"}))
    for setting in ("drop_columns", "keep_columns"):
        prepared = prepare(data, {"target": "y", setting: [" score "]})
        used = {f["column"] for f in prepared.json("encoder.json")["features"]}
        assert (said(prepared), "score" in used) == ([], setting == "keep_columns")


def test_identifier_that_is_kept_is_trained_on() -> None:
    chance = random.Random(8)
    rows = [f"{n},K{n:04d},{chance.random():.3f},{chance.random():.3f}" for n in range(300)]
    data = "\n".join(["meter,code,x,y", *rows, ""]).encode()
    kept = prepare(data, {"target": "y", "keep_columns": ["meter", "code"]})
    encodings = {f["column"]: f["encoding"] for f in kept.json("encoder.json")["features"]}
    assert encodings.keys() == {"meter", "code", "x"}
    assert encodings["meter"] == "numeric"
    assert kept.json("encoder.json")["id_columns"] == []
    left = prepare(data, {"target": "y"})
    assert {f["column"] for f in left.json("encoder.json")["features"]} == {"x"}
    (message,) = said(left, "dropped_identifier")
    assert message == (
        "Columns 'meter', 'code' not used: an identifier: a different value in nearly every row. "
        'To train on them, list them in "keep_columns".'
    )


def test_text_that_is_left_out_says_how_it_is_kept() -> None:
    chance = random.Random(8)
    rows = [f"it was {n} times a {n * 31} of it,{n % 9},{chance.random():.3f}" for n in range(300)]
    data = "\n".join(["note,x,y", *rows, ""]).encode()
    (message,) = said(prepare(data, {"target": "y"}), "dropped_text")
    assert message.endswith('free text. To train on it, list it in "keep_columns".')
    kept = prepare(data, {"target": "y", "keep_columns": ["note"]})
    assert said(kept, "dropped_text") == []


@pytest.mark.parametrize(
    "more", [{"drop_columns": ["x"]}, {"id_columns": ["x"]}, {"split": {"group_column": "x"}}]
)
def test_column_cannot_be_kept_and_left_out(more: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="both name 'x'"):
        prepare(b"x,y\n1,2\n", {"target": "y", "keep_columns": ["x"], **more})
    with pytest.raises(SettingsError, match=r"keep_columns in pipeline\.json names 'z'"):
        prepare(b"x,y\n1,2\n", {"target": "y", "keep_columns": ["z"]})


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_leak_among_thousands_of_columns_is_found(task: str) -> None:
    chance, width = random.Random(9), 2_400
    lines = [",".join([*(f"c{n}" for n in range(width)), "y"])]
    for _ in range(120):
        y = chance.random() if task == "regression" else chance.randrange(2)
        row = [f"{chance.random():.3f}" for _ in range(width)]
        row[2_300] = f"{3 * y + 1:.4f}"
        lines.append(",".join([*row, str(y)]))
    prepared = prepare("\n".join(lines).encode(), {"target": "y", "task": task})
    (message,) = said(prepared)
    assert "'c2300'" in message
    left_out = ["Whether two columns together make the target was tried of the 60 fullest of 2,400"]
    found = [text.partition(" columns of")[0] for text in said(prepared, UNCHECKED)]
    assert found == (left_out if task == "regression" else [])


@pytest.mark.parametrize("product", [False, True])
def test_two_columns_that_make_the_target_are_found_among_many_with_gaps(product: bool) -> None:
    # Hardly a row has all of 58 columns that are filled in in nine of ten rows each.
    chance, lines = random.Random(14), [",".join([*(f"c{n}" for n in range(70)), "y"])]
    for n in range(600):
        row = [chance.uniform(1, 9) for _ in range(70)]
        y = row[3] * row[66] if product else row[3] - row[66]
        # The first twelve are emptier, but for one.
        gaps = [chance.random() < (0.09 if at < 12 and at != 3 else 0.07) for at in range(70)]
        gaps[66] = n % 25 == 0
        cells = ["" if gap else f"{x:.4f}" for x, gap in zip(row, gaps, strict=True)]
        lines.append(",".join([*cells, f"{y:.4f}"]))
    (message,) = said(prepare("\n".join(lines).encode(), {"target": "y"}))
    assert message.startswith("Columns 'c3' and 'c66' together make 'y'")


def test_several_leaks_are_told_in_their_order_and_the_rest_at_once() -> None:
    chance = random.Random(10)
    rows = [chance.randrange(2) for _ in range(200)]
    names = [f"copy {n}" for n in range(6)]
    data = "\n".join([",".join([*names, "y"]), *(",".join([str(y)] * 7) for y in rows), ""])
    messages = said(prepare(data.encode(), {"target": "y"}))
    assert [name for name in names if any(f"'{name}'" in text for text in messages)] == names
    assert len(messages) == 4
    assert messages[-1].startswith("Others do so, too: 'copy 3', 'copy 4', 'copy 5'. If not known")


def test_few_rows_that_are_there_again_and_again_are_in_both_halves() -> None:
    chance = random.Random(12)
    kinds = [(n % 3, n % 2, chance.random()) for n in range(30)]
    picked = [chance.choice(kinds) for _ in range(30_000)]
    lines = ["x,gone,again,y", *(f"{x},{y},{again},{y}" for x, y, again in picked)]
    (message,) = said(prepare("\n".join(lines).encode(), {"target": "y"}))
    assert message.startswith("Column 'gone' alone avoids 100 %")
    by_heart = ["again,y", *(f"{again},{y}" for _, y, again in picked)]
    assert said(prepare("\n".join(by_heart).encode(), {"target": "y"})) == []


def test_remedy_is_not_cut_off_a_message_with_long_names() -> None:
    for file in (LEAKS[4], LEAKS[20], next(f for f in LEAKS if f.what == "sum")):
        head, rows = file.data().split(b"\n", 1)
        names = [f"{name} " + "long " * 20 for name in head.decode().split(",")]
        data = ",".join(names).encode() + b"\n" + rows
        (message,) = said(prepare(data, {"target": names[-1].strip()}))
        assert message.endswith(_REMEDY)


def test_column_of_many_things_that_are_known_by_heart_is_told_and_not_asked_about() -> None:
    chance = random.Random(11)
    towns = {f"town {n}": chance.randrange(2) for n in range(60)}
    picked = [chance.choice(list(towns)) for _ in range(1_500)]
    lines = ["town,x,y", *(f"{t},{chance.random():.4f},{towns[t]}" for t in picked)]
    prepared = prepare("\n".join(lines).encode(), {"target": "y"})
    assert [w["code"] for w in prepared.warnings] == [TOLD]


def test_strong_column_of_few_rows_is_told_and_not_asked_about() -> None:
    # None wrong of 24 cannot show that a column avoids 99 % of the errors.
    for rows, code in ((72, TOLD), (360, ASKED)):
        chance = random.Random(13)
        lines = [
            f"{chance.gauss(6 * (n % 3 == 0), 0.9):.3f},{n % 7},{n % 3 == 0:d}" for n in range(rows)
        ]
        prepared = prepare("\n".join(["x,z,y", *lines]).encode(), {"target": "y"})
        assert prepared.codes & {ASKED, TOLD} == {code}
    for rows, code in ((72, TOLD), (360, ASKED)):
        lines = [
            f"{'low' if n * 37 % 97 < 65 else 'high'},{n * 37 % 97 + n / 999:.3f}"
            for n in range(rows)
        ]
        prepared = prepare("\n".join(["x,y", *lines]).encode(), {"target": "y"})
        assert prepared.codes & {ASKED, TOLD} == {code}


def test_leak_in_a_file_of_long_lines_is_found() -> None:
    long = "x" * 60_000
    rows = [f"{n % 2},{n % 2 + n % 7 / 100},{long}{n}" for n in range(150)]
    data = "\n".join(["y,score,note", *rows]).encode()
    (message,) = said(prepare(data, {"target": "y"}), ASKED, TOLD, UNCHECKED)
    assert message.startswith("Column 'score' alone")


def test_what_could_not_be_looked_for_is_said() -> None:
    long = "x" * 500_000
    rows = [f"{n % 2},{n * 7 % 31},{long}{n}" for n in range(70)]
    data = "\n".join(["y,x,note", *rows]).encode()
    (message,) = said(prepare(data, {"target": "y"}), UNCHECKED)
    assert "was not looked for: of the lines that were read for it, 29 have" in message
    assert said(prepare(b"y,x\n" + b"1,2\n0,3\n" * 10, {"target": "y"}), UNCHECKED) == []
