"""The columns of a file that is scored, beside those that the model needs."""

from typing import Any

import pytest

from pipeline.documents.encoder import columns_of
from pipeline.errors import ColumnMismatchError
from scoring.columns import check_needed, extra_notices, named_columns

FEATURES = [
    {"name": "age", "column": "age"},
    {"name": "plan=gold", "column": "plan"},
    {"name": "plan=free", "column": "plan"},
]


def encoder(**more: Any) -> Any:
    return {
        "columns": ["id", "age", "plan", "y"],
        "target": {"name": "y", "task": "regression"},
        "features": FEATURES,
    } | more


def test_needed_are_the_columns_of_features_once_each() -> None:
    assert columns_of(encoder()["features"]) == ["age", "plan"]


@pytest.mark.parametrize("columns", [["plan", "age"], ["x", "age", "plan"], ["age", "plan", "y"]])
def test_all_that_is_needed_in_any_order_is_enough(columns: list[str]) -> None:
    check_needed(columns, True, encoder(), "f.csv")


def test_missing_columns_are_named_together_with_what_is_near() -> None:
    with pytest.raises(ColumnMismatchError) as caught:
        check_needed(["Plan", "id", "AGE "], True, encoder(), "f.csv")
    text = str(caught.value)
    assert "lacks 2 columns" in text
    assert "'age' (is it 'AGE '?)" in text
    assert "'plan' (is it 'Plan'?)" in text


def test_file_without_a_header_says_so() -> None:
    with pytest.raises(ColumnMismatchError, match="no header that could be told"):
        check_needed(["column_1", "column_2"], False, encoder(), "f.csv")


def test_columns_that_the_model_does_not_know_are_told() -> None:
    [said] = extra_notices(["age", "plan", "id", "y", "note"], encoder())
    assert "'note'" in said["message"]
    assert "'id'" not in said["message"]


@pytest.mark.parametrize(
    ("columns", "wanted"),
    [
        (4, ["id", "age", "plan", "y"]),
        (3, ["id", "age", "plan"]),
    ],
)
def test_columns_without_names_are_told_by_their_place(columns: int, wanted: list[str]) -> None:
    names = [f"column_{number}" for number in range(1, columns + 1)]
    assert named_columns(names, False, encoder(header=False), "f.csv") == wanted


def test_columns_without_names_behind_a_first_target_move_up() -> None:
    known = encoder(header=False, columns=["y", "id", "age", "plan"])
    names = ["column_1", "column_2", "column_3"]
    assert named_columns(names, False, known, "f.csv") == ["id", "age", "plan"]


@pytest.mark.parametrize("columns", [2, 5])
def test_another_number_of_columns_without_names_is_refused(columns: int) -> None:
    names = [f"column_{number}" for number in range(1, columns + 1)]
    with pytest.raises(ColumnMismatchError, match=f"has {columns} columns and no header"):
        named_columns(names, False, encoder(header=False), "f.csv")
