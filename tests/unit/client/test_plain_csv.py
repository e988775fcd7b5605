"""Rows by columns are those of the csv module, to the byte."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropforge.client.runs.plain_csv import columns_of, write_columns

CELL = st.text(alphabet='a1,"\r\n \0é\u2028\x0b\x1c', max_size=4)
TABLE = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=5)
)


def lines_of(text: str) -> list[str]:
    return list(io.StringIO(text, newline=""))


@given(TABLE)
def test_columns_are_written_as_the_csv_module_writes_their_rows(rows: list[list[str]]) -> None:
    own, expected = io.StringIO(newline=""), io.StringIO(newline="")
    write_columns(list(zip(*rows, strict=True)), own)
    csv.writer(expected, lineterminator="\n").writerows(rows)
    assert own.getvalue() == expected.getvalue()


@given(TABLE)
def test_lines_are_read_as_the_csv_module_reads_them_or_not_at_all(rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    write_columns(list(zip(*rows, strict=True)), text)
    columns = columns_of(lines_of(text.getvalue()))
    is_plain = not any(set(cell) & set(',"\r\n') for row in rows for cell in row)
    assert (columns is not None) == is_plain
    if columns is not None:
        assert [list(row) for row in zip(*columns, strict=True)] == rows


@pytest.mark.parametrize(
    "text",
    [
        "1,a\n2\n",
        "1\n2,b\n",
        "1,a\n2,b,c\n3\n",
        "1,a\n\n2,b\n",
        "1,a\n2,b",
        '1,"a"\n',
        "1,a\r\n2,b\r\n",
        "1,a\n2,b\n\n",
    ],
)
def test_lines_that_differ_or_are_not_plain_are_left_to_the_csv_module(text: str) -> None:
    assert columns_of(lines_of(text)) is None


@pytest.mark.parametrize("columns", [[["1", "2"], ["a"]], [["1"], ["a", "b"]], [["1,"], []]])
def test_columns_of_different_lengths_are_refused(columns: list[list[str]]) -> None:
    out = io.StringIO()
    with pytest.raises(ValueError, match="size"):
        write_columns(columns, out)
    assert out.getvalue() == ""
