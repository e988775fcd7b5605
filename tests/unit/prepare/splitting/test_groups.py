"""Encode says which test rows belong together, and not to whom."""

from array import array
from typing import Any

import pytest

from tests.unit.prepare.pipeline_run import Prepared, prepare

PATIENTS = [f"p{n % 40:02d},{n * 7 % 101},{n * 3 % 17 / 2}" for n in range(400)]


def made(rows: list[str], split: dict[str, Any], chunk_bytes: int = 1 << 26) -> Prepared:
    data = "\n".join(["patient,a,label", *rows, ""]).encode()
    return prepare(data, {"target": "label", "split": split}, chunk_bytes=chunk_bytes)


def marks(prepared: Prepared) -> list[int]:
    return [mark for body in prepared.files("groups").values() for mark in array("Q", body)]


@pytest.mark.parametrize("chunk_bytes", [600, 1 << 26])
def test_rows_of_a_group_have_one_mark_in_all_chunks(chunk_bytes: int) -> None:
    prepared = made(PATIENTS, {"group_column": "patient"}, chunk_bytes)
    rows = prepared.table("truth")["row"] - 1
    names = [PATIENTS[row].split(",")[0] for row in rows]
    found = marks(prepared)
    assert len(found) == len(names)
    assert len(set(zip(names, found, strict=True))) == len(set(names)) == len(set(found)) > 3


def test_marks_say_nothing_of_the_group_and_stand_nowhere_else() -> None:
    prepared = made(PATIENTS, {"group_column": "patient"})
    features = prepared.json("encoder.json")["features"]
    assert {feature["column"] for feature in features} == {"a"}
    for channel, before in (("train", 1), ("validation", 1), ("test", 0)):
        assert prepared.table(channel).shape[1] == before + len(features)
    assert list(prepared.table("truth")) == ["row", "label"]
    assert not any(b"p0" in body for body in prepared.files("groups").values())
    seeds = [made(PATIENTS, {"group_column": "patient", "seed": seed}) for seed in range(8)]
    found = [mark for each in seeds for mark in set(marks(each))]
    assert len(found) > 40, "some patient is among the test rows of two seeds"
    assert len(set(found)) == len(found)


def test_copies_of_a_row_belong_together() -> None:
    rows = [f"x{n % 97},{n % 97 * 7 % 101},{n % 97 * 3 % 17 / 2}" for n in range(400)]
    found = marks(made(rows, {"by": "content"}))
    assert 1 < len(set(found)) < len(found) / 3


@pytest.mark.parametrize("split", [{}, {"by": "position"}])
def test_rows_that_are_divided_one_by_one_have_no_marks(split: dict[str, Any]) -> None:
    rows = [f"x{n},{n * 7 % 1001},{n * 3 % 17 / 2}" for n in range(400)]
    assert made(rows, split).files("groups") == {}
