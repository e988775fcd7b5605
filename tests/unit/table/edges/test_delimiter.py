"""Which character divides the fields."""

import string

import pytest

from table.edges.head import read_head
from tests.unit.prepare.pipeline_run import prepare


def table(header: str, row: str) -> bytes:
    rows = "".join(row.format(n % 7, n % 5, n % 2) + "\n" for n in range(60))
    return f"{header}\n{rows}".encode()


@pytest.mark.parametrize(
    ("data", "delimiter"),
    [
        (table("1,5;2,5;0", "{},5;{},5;{}"), ";"),
        (table("1,5;2,5;0,5", "{},5;{},5;{},5"), ";"),
        (table("1,5;x;0,5", "{},5;x{};{},5"), ";"),
        (table("1,5\t2,5\t0", "{},5\t{},5\t{}"), "\t"),
        (table("pair,label", "{}|{},y{}"), ","),
        (table("pair,label", "a{};b{},{}"), ","),
        (table("1;2,3,0", "{};2,{},{}"), ","),
    ],
)
def test_delimiter_in_doubt_is_the_one_between_numbers(data: bytes, delimiter: str) -> None:
    head = read_head(data.decode(), "file.csv", "utf-8", True, None)
    assert head.dialect.delimiter == delimiter


@pytest.mark.parametrize("mark", sorted({*string.punctuation, "\t"} - {'"', "'"}))
def test_sep_line_with_punctuation_is_heeded(mark: str) -> None:
    # Numbers without point or sign, which are delimiters here.
    data = table("a,b,label", '{},"{}",{}').replace(b",", mark.encode())
    prepared = prepare(f"sep={mark}\n".encode() + data)
    assert prepared.json("encoder.json")["columns"] == ["a", "b", "label"]
    assert prepared.json("profile.json")["bad_rows"]["count"] == 0


@pytest.mark.parametrize("mark", ["é", "€", '"', "'", "a", "1", " ", "\x0b"])
def test_sep_line_with_no_delimiter_is_ignored(mark: str) -> None:
    prepared = prepare(f"sep={mark}\n".encode() + table("a,b,label", '{},"{}",{}'))
    assert prepared.json("encoder.json")["columns"] == ["a", "b", "label"]
    assert prepared.json("profile.json")["rows"] == 60
