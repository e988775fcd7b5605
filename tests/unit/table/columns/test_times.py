"""Which columns are dates, durations or times of day, and what is said of the doubtful ones."""

import polars as pl
import pytest

from table.columns.kind import Column, column_of
from table.encoding.doubts import doubts_of
from table.profiling.column import profile_column
from table.profiling.merge import merge_columns


def column_with(values: list[str], name: str, *, target: bool = False) -> Column:
    found = profile_column(pl.Series(values), name=name)
    return column_of(name, found, len(values), target=target)


@pytest.mark.parametrize(
    ("name", "values", "kind", "style"),
    [
        ("x", ["31-JAN-24", "01-FEB-23"], "date", "day_name_yy"),
        ("x", ["4/23/20", "12/1/21"], "date", "mdy_slash_yy"),
        ("x", ["23/4/20", "1/12/21"], "date", "dmy_slash_yy"),
        ("dob", ["4/23/35", "12/1/21"], "date", "mdy_slash_born"),
        ("x", ["24-01-31", "24-02-15", "23-12-01"], "date", "ymd_dash_yy"),
        ("x", ["31-01-24", "15-02-24", "01-12-23"], "date", "dmy_dash_yy"),
        ("x", ["2024-W05", "2024-W06"], "date", "iso_week"),
        ("x", ["Q1 2024", "Q2 2024"], "date", "quarter"),
        ("order_date", ["20240131", "20231201"], "date", "digits"),
        ("order_date", ["20240131", "20231299"], "integer", "plain"),
        ("amount", ["20240131", "20231201"], "integer", "plain"),
        ("created_at", ["1706711700", "1606711700"], "date", "epoch_s"),
        ("created_at", ["1706711700250", "1606711700250"], "date", "epoch_ms"),
        ("created_at", ["1706711700", "12"], "integer", "plain"),
        ("population", ["1706711700", "1606711700"], "integer", "plain"),
        ("date", ["1", "2", "4"], "integer", "plain"),
        ("duration", ["00:12:33", "01:02:03"], "integer", "duration"),
        ("duration", ["00:12:33.5", "01:02:03"], "float", "duration"),
        ("x", ["00:12:33", "27:02:03"], "integer", "duration"),
        ("x", ["1 day 02:03:04", "0 days 00:00:01"], "integer", "duration"),
        ("x", ["02:35:00", "14:35:00"], "integer", "duration"),
        ("departure", ["02:35", "14:35"], "integer", "clock"),
        ("x", ["2:35 PM", "2:35 AM"], "integer", "clock"),
        ("x", ["9 AM", "2 PM", "9:30 AM"], "integer", "clock"),
        ("duration", ["00:12:33", "00:12:33"], "constant", "duration"),
        ("x", ["00:12:33", "12", "13", "14"], "category", "plain"),
        ("x", ["2h 50m", "19h", "5m"], "integer", "span"),
        ("x", ["19h", "5m", "3h"], "category", "plain"),
        ("x", ["2h 50m", "A", "B"], "category", "plain"),
    ],
)
def test_kind_follows_values_and_name(name: str, values: list[str], kind: str, style: str) -> None:
    column = column_with(values, name)
    assert (column.kind, column.style) == (kind, style)


@pytest.mark.parametrize(
    ("first", "last", "style"),
    [(0, 1380, "clock"), (479, 1200, "clock"), (480, 1380, "duration"), (0, 1199, "duration")],
)
def test_many_values_over_the_day_and_none_beyond_are_times_of_day(
    first: int, last: int, style: str
) -> None:
    minutes = [first, last, *(first + n * (last - first) // 98 for n in range(98))]
    for end in ("", ":00"):
        texts = [f"{minute // 60:02d}:{minute % 60:02d}{end}" for minute in minutes]
        assert column_with(texts, "x").style == style
        assert column_with(texts[:99], "x").style == "duration"
        assert column_with([*texts, f"24:00{end}"], "x").style == "duration"


def codes(column: Column) -> list[str]:
    return [notice["code"] for notice in doubts_of(column)]


def said(column: Column) -> str:
    (notice,) = doubts_of(column)
    return notice["message"]


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("x", ["02:35:00", "14:35:00"], ["ambiguous_times"]),
        ("duration", ["02:35:00", "14:35:00"], []),
        ("departure", ["02:35:00", "14:35:00"], []),
        ("x", ["02:35:00", "34:35:00"], []),
        ("x", ["02:35", "2:35 PM"], []),
        ("x", ["2h 50m", "19h"], []),
        ("x", ["1/2/24", "3/4/24"], ["ambiguous_dates"]),
        ("x", ["1/20/24", "3/4/24"], []),
        ("x", ["31-01-24", "30-12-23"], ["ambiguous_dates"]),
        ("x", ["31-01-24", "01-12-04", "12-12-24"], []),
        ("x", ["04-01-31", "24-12-01", "24-12-12"], []),
        ("x", ["1/20/50", "3/4/49"], ["ambiguous_dates"]),
        ("x", ["1/20/99", "3/4/29"], []),
        ("dob", ["1/20/50", "3/4/24"], []),
        ("x", ["31-ene-24", "30-dic-23"], ["read_as_category"]),
        ("x", ["red", "blue", "green"], []),
    ],
)
def test_doubt_is_said_only_where_there_is_one(
    name: str, values: list[str], expected: list[str]
) -> None:
    assert codes(column_with(values, name)) == expected


def test_doubt_names_the_ways_and_the_remedy() -> None:
    text = said(column_with(["1/2/24", "3/4/24"], "when"))
    assert "'when': all dates could be day-month-year or month-day-year; the month" in text
    # As years of two digits, days and years spread alike.
    text = said(column_with(["31-01-24", "30-12-23"], "when"))
    assert "could be day-month-year or year-month-day; the day was" in text
    text = said(column_with(["1/20/50", "3/4/49"], "when"))
    assert "read as 1950 to 2049" in text
    assert "four digits" in text
    text = said(column_with(["02:35:00", "14:35:00"], "when"))
    assert "durations or times of day; read as seconds" in text
    text = said(column_with(["31-ene-24", "30-dic-23"], "when"))
    assert "'when' was read as a category: 2 of 2 values look like dates, but '30-dic-23'" in text
    assert "write 2024-01-31" in text


def test_dates_of_several_ways_are_told_though_no_way_is_that_of_most() -> None:
    days = [
        f"2024-{n % 12 + 1:02d}-11" if n % 2 else f"11.{n % 12 + 1:02d}.2024" for n in range(60)
    ]
    column = column_with([*days, "31-Jan-2024"], "x")
    assert "61 of 61 values are dates, written in several ways" in column.nearly


def test_plain_numbers_that_a_name_makes_dates_are_one_of_several_ways() -> None:
    texts = [f"20240{n % 9 + 1}11" if n % 2 else f"2024-0{n % 9 + 1}-12" for n in range(60)]
    assert "60 of 60 values are dates" in column_with(texts, "day").nearly


def test_dates_that_two_orders_read_are_counted_once() -> None:
    texts = [
        f"{n % 12 + 1:02d}/{n % 11 + 1:02d}/2024" if n % 5 < 2 else f"w{n % 7}" for n in range(60)
    ]
    assert column_with(texts, "x").nearly == ""


def test_order_of_two_digits_that_are_all_small_is_the_usual_one() -> None:
    column = column_with(["01-02-03", "02-03-04"], "x")
    assert (column.style, column.ambiguous) == ("dmy_dash_yy", True)
    column = column_with(["01/02/03", "02/03/04"], "x")
    assert (column.style, column.ambiguous) == ("mdy_slash_yy", True)


def test_unread_values_of_dates_are_named() -> None:
    days = [f"2024-01-{n % 28 + 1:02d}" for n in range(97)]
    column = column_with([*days, "2024-13-01", "soon", "1/2/2024"], "x")
    assert (column.kind, column.unread) == ("date", 3)
    assert column.examples == ["1/2/2024", "2024-13-01", "soon"]


def test_unread_values_of_a_unit_are_those_without_it() -> None:
    column = column_with([*(f"{n}.5 EUR" for n in range(97)), "5 USD", "soon", "7 USD"], "x")
    assert (column.style, column.unread) == ("unit:EUR", 3)
    assert column.examples == ["soon", "... USD"]


def test_unread_values_of_durations_are_named_and_plain_numbers_are_unread() -> None:
    column = column_with(["00:12:33"] * 50 + ["00:12:34"] * 48 + ["fast", "90"], "duration")
    assert (column.style, column.unread, column.examples) == ("duration", 2, ["fast"])


@pytest.mark.parametrize("cut", [1, 3, 50])
def test_examples_are_the_same_for_every_chunk_size(cut: int) -> None:
    days = [f"2024-01-{n % 28 + 1:02d}" for n in range(60)]
    texts = [*days, "z", "2024-13-01", "a", "31-ene-24", "1/2/2024", "31-dic-24", "31/12/2024"]
    whole = column_with(texts, "x")
    pieces = [
        profile_column(pl.Series(texts[at : at + cut]), name="x")
        for at in range(0, len(texts), cut)
    ]
    merged = pieces[0]
    for piece in pieces[1:]:
        merged = merge_columns(merged, piece)
    column = column_of("x", merged, len(texts))
    assert (column.kind, column.examples, column.nearly) == (
        whole.kind,
        whole.examples,
        whole.nearly,
    )


def test_target_of_plain_numbers_is_no_date() -> None:
    assert column_with(["1706711700", "1606711700"], "time", target=True).kind == "integer"
