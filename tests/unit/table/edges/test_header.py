"""Which of the first records is the header, and what the columns are called."""

from typing import Any

import pytest

from pipeline.errors import NotCsvError
from tests.unit.prepare.pipeline_run import Prepared, prepare

NUMBERS = "".join(f"{n % 5},{n % 7},{n % 3},{n % 2}\n" for n in range(60))
WORDS = "".join(f"c{n % 5},d{n % 7},e{n % 3},f{n % 2}\n" for n in range(60))


def columns(prepared: Prepared) -> Any:
    return prepared.json("encoder.json")["columns"]


@pytest.mark.parametrize("rows", [NUMBERS, WORDS])
@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("#,name,hp,label", ["#", "name", "hp", "label"]),
        ("# of rooms,price,size,label", ["# of rooms", "price", "size", "label"]),
        (",,,label", ["column_1", "column_2", "column_3", "label"]),
        ("id,,,", ["id", "column_2", "column_3", "column_4"]),
    ],
)
def test_header_that_looks_like_a_comment_or_title_is_kept(
    rows: str, header: str, expected: list[str]
) -> None:
    prepared = prepare(f"{header}\n{rows}".encode())
    assert columns(prepared) == expected
    assert prepared.json("profile.json")["rows"] == 60
    assert "preamble" not in prepared.codes


@pytest.mark.parametrize("rows", [NUMBERS, WORDS])
@pytest.mark.parametrize(
    "above",
    [
        "# exported by a program",
        "# sources: one, two, three, four",
        "# exported\n# from: a, b, c",
        "Sales of 2024",
        "Sales of 2024,,,",
        "Sales of 2024,,,\n,,,",
        "Sales of 2024,,,\nin thousands,,,",
    ],
)
def test_comment_or_title_above_a_header_is_skipped(rows: str, above: str) -> None:
    prepared = prepare(f"{above}\na,b,c,label\n{rows}".encode())
    assert columns(prepared) == ["a", "b", "c", "label"]
    assert "preamble" in prepared.codes


def test_comment_that_holds_the_target_is_the_header() -> None:
    data = f"#a,b,label\nx,y,z\n{NUMBERS}".replace(",0\n", "\n").replace(",1\n", "\n").encode()
    assert columns(prepare(data, {"target": "b"})) == ["#a", "b", "label"]


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        ("column_3,y", "{},{},", ["column_3", "y", "column_3_2"]),
        ("row_names,y", "r{0},{0},{1}", ["row_names_2", "row_names", "y"]),
    ],
)
def test_added_column_gets_a_name_of_its_own(header: str, row: str, expected: list[str]) -> None:
    rows = "\n".join(row.format(n % 7, n % 2) for n in range(60))
    assert columns(prepare(f"{header}\n{rows}\n".encode())) == expected


def test_first_record_longer_than_the_sample_is_read() -> None:
    long = "line of text\n" * 100_000
    data = f'a,b,c,label\n1,2,"{long}",0\n{NUMBERS}'.encode()
    prepared = prepare(data)
    assert columns(prepared) == ["a", "b", "c", "label"]
    assert prepared.json("profile.json")["rows"] == 61


@pytest.mark.parametrize("repeat", [1, 3000])
def test_quote_open_from_the_first_row_is_told(repeat: int) -> None:
    data = 'a,b,c,label\n1,"2,3,0\n' + NUMBERS * repeat
    with pytest.raises(NotCsvError, match=r"line 2: a quote opens here and is never closed"):
        prepare(data.encode())


@pytest.mark.parametrize("repeat", [1, 3000])
def test_quote_open_from_the_header_is_told(repeat: int) -> None:
    data = 'a,"b,c,label\n1,2,3,0\n' + NUMBERS * repeat
    with pytest.raises(NotCsvError, match=r"line 1: a quote opens in the header"):
        prepare(data.encode())


def test_header_of_files_put_together_is_a_header() -> None:
    half = f"a,x,y,label\n{NUMBERS}"
    prepared = prepare((half + half).encode())
    assert columns(prepared) == ["a", "x", "y", "label"]
    assert "no_header" not in prepared.codes
