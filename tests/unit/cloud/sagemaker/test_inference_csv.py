"""A CSV request is read at once, to the same doubles as cell by cell, or not at all."""

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dropforge.cloud.sagemaker.container import inference

NUMBERS = st.floats(allow_nan=False, allow_infinity=False).map(repr) | st.integers().map(str)
ODD = st.sampled_from(
    ["1e", "1e400", "-1e-400", "+1", "-.5", "5.", ".", "-", "1e+", "007", "1.2.3"]
)
CELLS = st.just("") | NUMBERS | ODD
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=5)
)


def one_by_one(text: str) -> Any:
    rows = [[cell or "nan" for cell in line.split(",")] for line in text.split("\n")]
    return np.array(rows).astype(float)


@given(TABLES)
def test_table_is_read_to_the_same_doubles(table: list[list[str]]) -> None:
    text = "\n".join(map(",".join, table)).strip()
    found = inference._plain_numbers(text) if text else None
    if found is not None:
        assert np.array_equal(found, one_by_one(text), equal_nan=True)
        assert np.array_equal(np.signbit(found), np.signbit(np.nan_to_num(one_by_one(text))))


@given(st.lists(st.lists(NUMBERS, min_size=2, max_size=2), min_size=1))
@example([["", "1"], ["", ""], ["", "2"]])
def test_numbers_are_read_at_once(table: list[list[str]]) -> None:
    assert inference._plain_numbers("\n".join(map(",".join, table))) is not None


@given(st.lists(st.lists(CELLS, min_size=1, max_size=3), min_size=2, max_size=4))
@example([["1", "2"], ["3"], ["4", "5", ""]])
@example([["1", "2"], [""], ["4", "5"]])
def test_rows_of_other_widths_are_not(table: list[list[str]]) -> None:
    text = "\n".join(map(",".join, table)).strip()
    if len({line.count(",") for line in text.split("\n")}) > 1:
        assert inference._plain_numbers(text) is None


@pytest.mark.parametrize(
    "cell", ["nan", "NaN", "inf", " 1", "1_0", "0x1", '"1"', "x", "1\r", "\uff11"]
)
def test_other_texts_are_left_to_the_slower_way(cell: str) -> None:
    assert inference._plain_numbers(f"1,2\n3,{cell}") is None


def test_request_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    text, read = "1.5,,3\n-4,5e-1,", inference._plain_numbers
    monkeypatch.setattr(inference, "_LARGE", len(text) - 1)
    taken: list[Any] = []
    monkeypatch.setattr(inference, "_plain_numbers", lambda t: taken.append(read(t)) or taken[-1])
    matrix = inference._csv_matrix(text)
    assert np.array_equal(taken[0], one_by_one(text), equal_nan=True)
    assert (matrix.num_row(), matrix.num_col(), matrix.num_nonmissing()) == (2, 3, 4)
