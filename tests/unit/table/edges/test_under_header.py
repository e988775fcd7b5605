"""Lines under the header that are no rows: units, types, a second header."""

import pytest

from table.edges.under_header import lines_under, number_columns
from tests.unit.prepare.pipeline_run import Prepared, prepare

WORDS = [f"{'nsew'[n % 4]},{n % 50 / 4},{n % 31},{n % 17 * 1.5}" for n in range(80)]
TEXTS = [f"x{n % 4},y{n % 5},z{n % 3},{'uv'[n % 2]}" for n in range(80)]


def told(prepared: Prepared) -> list[str]:
    return [w["message"] for w in prepared.warnings if w["code"] == "under_header"]


def run(header: str, rows: list[str], chunk_bytes: int = 1 << 26) -> Prepared:
    return prepare("\n".join([header, *rows]).encode(), chunk_bytes=chunk_bytes)


@pytest.mark.parametrize("chunk_bytes", [1 << 26, 41])
@pytest.mark.parametrize(
    "line",
    [
        "region,mean,max,sum",
        ",mean,max,sum",
        ",[°C],[K],[K]",
        ",(m),(s),()",
        "5s,14n,14n,14n",
        "string,float,int,float",
        "varchar(20),double precision,bigint,numeric(10, 2)",
        "-----,-----,-----,-----",
        ":---,---:,---:,---:",
        "name of the region,km,,kg",
    ],
)
def test_line_under_the_header_is_left_out_and_named(line: str, chunk_bytes: int) -> None:
    prepared = run("region,a,b,c", [line, *WORDS], chunk_bytes)
    plain = run("region,a,b,c", WORDS, chunk_bytes)
    assert told(prepared)[0].startswith(f"Line 2, '{line}', stands under the header")
    assert len(told(prepared)) == 1
    assert prepared.json("encoder.json") == plain.json("encoder.json")
    for channel in ("train", "validation", "test"):
        assert prepared.table(channel).equals(plain.table(channel))
    assert prepared.json("profile.json")["records"]["left_out"]["under_header"] == 1
    assert not told(plain)


@pytest.mark.parametrize(
    "line", ["varchar,char(3),text,string", "(a),(b),[c],{d}", "---,---,---,---"]
)
def test_line_of_types_or_units_over_texts_is_left_out(line: str) -> None:
    assert len(told(run("a,b,c,d", [line, *TEXTS]))) == 1


@pytest.mark.parametrize(
    "row",
    [
        "n,NA,?,-",  # missing
        "n,,,",
        "n,unknown,3,1.5",  # one stray text
        "n,low,,",  # a text in fewer than half of the numbers
        "unit,1.5,3,high",
    ],
)
def test_first_row_with_missing_or_stray_values_is_kept(row: str) -> None:
    prepared = run("region,a,b,c", [row, *WORDS])
    assert not told(prepared)
    assert prepared.json("profile.json")["rows"] == 81


@pytest.mark.parametrize(
    ("first", "more"),
    [
        # What recurs below is how the rows are written.
        ("q,suppressed,suppressed,suppressed", "e,suppressed,3,1.5"),
        ("n,few,some,many", "n,1,3,1.5"),
    ],
)
def test_text_that_recurs_in_rows_is_no_unit(first: str, more: str) -> None:
    rows = [row.split(",") for row in [first, more, *WORDS]]
    assert lines_under(["region", "a", "b", "c"], rows) == 0


def test_rows_of_types_or_brackets_are_rows() -> None:
    rows = [f"({'ab'[n % 2]}),(x{n % 3})" for n in range(40)]
    assert not told(run("a,b", rows))
    rows = [f"{('int', 'text')[n % 2]},{('date', 'long')[n % 3 % 2]}" for n in range(40)]
    assert not told(run("a,b", rows))


def test_text_first_in_the_only_column_of_numbers_is_kept_beside_a_name() -> None:
    rows = [f"name {n % 9},{n * 7 % 23}" for n in range(60)]
    assert not told(run("a,b", ["Bob,unknown", *rows]))
    assert len(told(run("a,b", [",kg", *rows]))) == 1
    assert len(told(run("a,b", ["text,kg", *rows]))) == 1


def test_date_form_and_unit_are_left_out() -> None:
    rows = [f"2024-01-{n % 28 + 1:02d},{n * 7 % 23}" for n in range(60)]
    assert len(told(run("day,b", ["YYYY-MM-DD,kg", *rows]))) == 1


def test_several_lines_under_the_header_are_left_out() -> None:
    prepared = run(
        "t,a,b", ["TS,m/s,m/s", ",Smp,Avg", *(f"{n},{n % 7},{n % 5}" for n in range(60))]
    )
    assert [text[:6] for text in told(prepared)] == ["Line 2", "Line 3"]
    assert prepared.json("profile.json")["rows"] == 60


def test_names_of_the_index_name_its_columns() -> None:
    prepared = run(",price,price,qty", [",mean,max,sum", "region,,,", *WORDS])
    assert [text[:6] for text in told(prepared)] == ["Line 2", "Line 3"]
    assert prepared.json("encoder.json")["columns"] == ["region", "price", "price_2", "qty"]
    assert prepared.json("profile.json")["rows"] == 80


def test_row_that_has_its_index_alone_is_kept() -> None:
    prepared = run(",price,price,qty", ["q,,,", *WORDS])
    assert prepared.json("encoder.json")["columns"][0] == "column_1"
    assert not told(prepared)


def test_two_rows_are_too_few_to_tell_units() -> None:
    data = "\n".join(["a,b", "km,kg", "1,2", "3,4", *["x,y"] * 30]).encode()
    assert not told(prepare(data))


def test_columns_of_numbers_are_those_of_most_rows_within_the_table() -> None:
    rows = [["1", "x", "2", "", "NA", "9"], ["2", "1", "3", "", "4", "9"], ["3", "2", "x", "", "5"]]
    assert number_columns(rows * 3, 5) == [0, 4]
    assert number_columns(rows * 3, 6) == [0, 4, 5]
    assert number_columns([[str(n)] * 200 for n in range(3)], 200) == list(range(100))
    assert number_columns([["1", "2"]] * 2, 2) == []
