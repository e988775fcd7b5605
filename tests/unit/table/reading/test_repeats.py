"""A header that stands in the file again is no row, wherever the file is cut."""

from typing import Any

import polars as pl
import pytest

from pipeline.errors import RowsUnusableError
from table.reading.dialect import Dialect
from table.reading.records import read_records
from table.reading.repeats import likely, other_headers, repeats
from tests.unit.prepare.pipeline_run import Prepared, prepare

NUMBERS = "".join(f"{n % 5},{n % 7},{n % 3},{n % 2}\n" for n in range(60))
FEW = "".join(f"{n},{n * 2},x\n" for n in range(4))


def repeated(prepared: Prepared) -> list[str]:
    return [w["message"] for w in prepared.warnings if w["code"] == "repeated_header"]


def counts(prepared: Prepared) -> tuple[int, int]:
    profile = prepared.json("profile.json")
    return profile["rows"], profile["bad_rows"]["count"]


@pytest.mark.parametrize("chunk_bytes", [1 << 26, 37])
@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("a,x,y,label", "a,x,y,label"),
        ("a,x,y,label", "\ufeffa,x,y,label"),
        ("a,x,y,label", " a , x,y,label "),
        ("a,x,y,label", '"a","x","y","label"'),
        ('a,"x ""in""",y,label', 'a,"x ""in""",y,label'),
        ('a,"two\nlines",y,label', 'a,"two\nlines",y,label'),
        # As wide as the header, which the rows are not.
        ("a,x,y,label,", "a,x,y,label,"),
        ("x,y,label", "x,y,label"),
    ],
)
def test_header_that_stands_there_again_is_left_out(
    first: str, again: str, chunk_bytes: int
) -> None:
    data = f"{first}\n{NUMBERS}{again}\n{NUMBERS}\n{again}\n{NUMBERS}".encode()
    settings = {"target": "label"}
    prepared = prepare(data, settings, chunk_bytes=chunk_bytes)
    plain = prepare(f"{first}\n{NUMBERS * 3}".encode(), settings)
    lines = first.count("\n")
    assert counts(prepared) == (180, 0)
    assert prepared.json("encoder.json") == plain.json("encoder.json")
    (text,) = repeated(prepared)
    assert text.endswith(f" 2 lines left out, lines {62 + lines}, {124 + 2 * lines}.")
    for channel in ("train", "validation", "test"):
        assert len(prepared.table(channel)) == len(plain.table(channel))
    assert not repeated(plain)


def test_many_headers_are_counted_and_the_first_lines_named() -> None:
    prepared = prepare(("a,x,y,label\n" + NUMBERS).encode() * 8)
    (text,) = repeated(prepared)
    assert text.endswith(": 7 lines left out, lines 62, 123, 184, 245, 306 and 2 more.")


def test_line_under_the_header_that_recurs_with_it_is_left_out() -> None:
    half = f"a,x,y,label\n[m],[s],[s],[m]\n{NUMBERS}"
    prepared = prepare((half * 2).encode())
    assert counts(prepared) == (120, 0)
    assert prepared.json("profile.json")["records"]["left_out"]["repeated_header"] == 2


def test_rows_of_a_file_without_header_are_kept() -> None:
    data = ("1,2,3,0\n" + NUMBERS).encode() * 2
    prepared = prepare(data)
    assert counts(prepared) == (122, 0)
    assert not repeated(prepared)


@pytest.mark.parametrize("row", ["a,x,y,0", "a,x,,label", "a,0,y,label"])
def test_row_that_differs_in_one_field_is_kept(row: str) -> None:
    prepared = prepare(f"a,x,y,label\n{NUMBERS}{row}\n{NUMBERS}".encode())
    assert counts(prepared) == (121, 0)
    assert not repeated(prepared)


@pytest.mark.parametrize("chunk_bytes", [1 << 26, 37])
@pytest.mark.parametrize("row", ["a,x,labels,label", "a,x,y,score", "id,name,day,score"])
def test_header_with_other_names_is_refused_with_its_line(row: str, chunk_bytes: int) -> None:
    data = f"a,x,y,label\n{NUMBERS}\n{row}\n{NUMBERS}".encode()
    with pytest.raises(RowsUnusableError, match=r"line 63: looks like the header of another"):
        prepare(data, chunk_bytes=chunk_bytes)


@pytest.mark.parametrize("chunk_bytes", [1 << 26, 37])
def test_line_of_another_header_counts_lines_that_are_left_out(chunk_bytes: int) -> None:
    data = f"a,x,y,label\n{NUMBERS}a,x,y,label\na,x,y,score\n{NUMBERS}".encode()
    with pytest.raises(RowsUnusableError, match=r"line 63: looks like the header of another"):
        prepare(data, chunk_bytes=chunk_bytes)


def test_texts_for_missing_numbers_are_no_headers() -> None:
    rows = "".join("".join(f"{'ab'[n % 2]}{'xyz'[k]}," for k in range(3)) + "u\n" for n in range(6))
    prepared = prepare(f"a,x,y,label\n{NUMBERS}{rows}".encode())
    assert counts(prepared) == (66, 0)
    rows = "".join(f"{a},{b},c,d\n" for a in "uvw" for b in "xyz")
    prepared = prepare(f"a,x,y,label\n{NUMBERS}{rows}".encode())
    assert counts(prepared) == (69, 0)


@pytest.mark.parametrize("chunk_bytes", [1 << 26, 37])
def test_table_of_another_width_below_is_refused_with_its_line(chunk_bytes: int) -> None:
    below = "id,name\n" + "".join(f"{n},x\n" for n in range(6))
    with pytest.raises(RowsUnusableError, match=r"line 63: .*the next have 2 fields"):
        prepare(f"a,x,y,label\n{NUMBERS}\n{below}".encode(), chunk_bytes=chunk_bytes)


@pytest.mark.parametrize(
    "rows",
    [
        "1,2\n" * 4,
        "1,2\n" * 3 + "1,2,3\n" + "1,2\n" * 3,
        "1,2\n" * 3 + "1,2,3,0\n" + "1,2\n" * 3,
        "note\n" * 6,
    ],
)
def test_some_rows_of_another_width_are_bad_rows(rows: str) -> None:
    prepared = prepare(f"a,x,y,label\n{NUMBERS}{rows}".encode())
    assert "bad_rows" in prepared.codes


def test_bad_row_beside_a_repeated_narrow_header_is_bad() -> None:
    data = f"x,y,label\n{NUMBERS}x,y,label\n1,2,3\nx,y\n{NUMBERS}".encode()
    prepared = prepare(data)
    assert counts(prepared) == (120, 2)
    assert prepared.json("profile.json")["bad_rows"]["lines"] == [63, 64]
    assert len(repeated(prepared)) == 1


def test_records_keep_their_numbers_and_lines() -> None:
    data = b'0,0,x\n\n"a\nb",c,d\n1,1,x\na b,c\nh,i,j\n2,2,x\nh,i,j\n'
    found = read_records(data, Dialect(), 3, headers=[["h", "i", "j"], ["a b", "c"]])
    assert found.frame["c0"].to_list() == ["0", "a\nb", "1", "2"]
    assert found.index is not None
    assert found.index.to_list() == [0, 1, 2, 5]
    assert found.count == 7
    assert (found.repeated.count, found.repeated.lines) == (3, [5, 6, 8])
    assert found.bad == []


def frame_of(rows: list[tuple[str, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["c0", "c1", "c2"], orient="row")


def test_repeats_without_any_is_none() -> None:
    assert repeats(frame_of([("1", "2", "x")]), [["a", "b", "x"]]) is None


def test_headers_are_looked_for_in_the_bytes_first() -> None:
    headers = [["a", "b", "x"], ["x", "y"], ["aa", "b", "c"], ['a"a', "b", "c"]]
    assert likely(FEW.encode(), Dialect(), 3, [["x", "2", "0"], *headers]) == [
        ["x", "2", "0"],
        ['a"a', "b", "c"],
    ]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (("id", "name", "score"), True),
        (("id", "id", "score"), False),
        (("id", "", "score"), False),
        (("id", "name", "score2"), False),
        (("id", "name", "-"), False),
        (("1", "name", "score"), True),
        (("1", "name", "unknown"), False),
        (("1", "not known", "score"), False),
        (("1", "notes", "score"), True),
    ],
)
def test_row_like_another_header_has_a_text_of_its_own_in_each_field(row: Any, found: bool) -> None:
    frame = frame_of([("x", "1", "2"), row])
    assert other_headers(frame, [1, 2]).to_list() == ([1] if found else [])
