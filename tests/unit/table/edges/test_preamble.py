"""Lines above the header: keys with values, groups of columns, other tables' first lines."""

import pytest

from tests.unit.prepare.pipeline_run import prepare

ROWS = "".join(f"{'nsew'[n % 4]},{n % 50 / 4},{n % 31},{'uv'[n % 2]}\n" for n in range(80))
COLUMNS = ["region", "age", "price", "grade"]


@pytest.mark.parametrize("target", [None, "grade"])
@pytest.mark.parametrize(
    "above",
    [
        "Report:,Monthly churn,,\nDate:,2024-01-31,,",
        "Report,Monthly churn,,",
        "Report: Monthly\nDate:,2024-01-31",
        '"Data Source","World Development Indicators",\n\n"Last Updated Date","2024-05-30",\n',
        "Report:,Churn,,\n,,,",
        "Customer,,Orders,",
        "# made by hand\nReport:,Churn,,",
    ],
)
def test_lines_of_key_and_value_above_the_header_are_skipped(
    above: str, target: str | None
) -> None:
    data = f"{above}\nregion,age,price,grade\n{ROWS}".encode()
    prepared = prepare(data, {"target": target} if target else {})
    assert prepared.json("encoder.json")["columns"] == COLUMNS
    assert prepared.json("profile.json")["rows"] == 80
    told = next(w["message"] for w in prepared.warnings if w["code"] == "preamble")
    first = above.split("\n")[0].replace('"', "")
    assert told.endswith(f"from line 1 on: '{first}'.")


def test_key_and_value_above_three_columns_are_skipped() -> None:
    rows = "".join(f"{n % 7},{n % 5},{n % 2}\n" for n in range(60))
    prepared = prepare(f"Report:,Churn,\na,b,label\n{rows}".encode())
    assert prepared.json("encoder.json")["columns"] == ["a", "b", "label"]


def test_years_are_names_below_a_preamble() -> None:
    rows = "".join(f"c{n % 9},{n % 7},{n % 5},{n % 11 / 2}\n" for n in range(60))
    prepared = prepare(f"Source:,World Bank,,\nCountry,1960,1961,1962\n{rows}".encode())
    assert prepared.json("encoder.json")["columns"] == ["Country", "1960", "1961", "1962"]


def test_line_as_wide_as_the_table_is_skipped_if_the_target_stands_below() -> None:
    data = f"TOA5,6843,CR3000,x\nregion,age,price,grade\n{ROWS}".encode()
    prepared = prepare(data, {"target": "grade"})
    assert prepared.json("encoder.json")["columns"] == COLUMNS


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("region,,,grade", ["region", "column_2", "column_3", "grade"]),
        ("region,age,,grade", ["region", "age", "column_3", "grade"]),
        (",age,price,grade", ["column_1", "age", "price", "grade"]),
    ],
)
def test_header_with_few_names_is_kept(header: str, columns: list[str]) -> None:
    prepared = prepare(f"{header}\n{ROWS}".encode())
    assert prepared.json("encoder.json")["columns"] == columns
    assert "preamble" not in prepared.codes


def test_value_that_is_called_as_the_target_does_not_make_a_row_the_header() -> None:
    texts = "".join(f"x{n % 4},y{n % 5},{'uv'[n % 2]}\n" for n in range(60))
    with pytest.raises(Exception, match="is no column"):
        prepare(f"a,b,c\n{texts}".encode(), {"target": "y1"})


@pytest.mark.parametrize(
    ("header", "end", "target", "code"),
    [
        ("region,age,price,grade,", "", "grade", "header_delimiter"),
        ("region,age,price,grade,,", "", "grade", "header_delimiter"),
        ("region,age,price,grade", ",", "grade", "dropped_empty"),
        ("region,age,price,grade,", ",", "grade", "dropped_empty"),
    ],
)
def test_delimiter_at_the_end_of_header_or_rows_makes_no_target(
    header: str, end: str, target: str, code: str
) -> None:
    rows = ROWS.replace("\n", f"{end}\n")
    prepared = prepare(f"{header}\n{rows}".encode())
    assert prepared.json("encoder.json")["target"]["name"] == target
    assert prepared.json("profile.json")["rows"] == 80
    assert code in prepared.codes


def test_nameless_column_with_values_may_be_the_target() -> None:
    prepared = prepare(f"region,age,price,\n{ROWS}".encode())
    assert prepared.json("encoder.json")["target"]["name"] == "column_4"


def test_header_that_names_more_than_rows_have_is_told() -> None:
    with pytest.raises(Exception, match="another number of fields than the 5 columns"):
        prepare(f"region,age,price,grade,more\n{ROWS}".encode())
