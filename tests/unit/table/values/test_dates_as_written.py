"""Dates as people and programs write them."""

from datetime import datetime

import polars as pl
import pytest

from table.values.date_styles import (
    ANY_DATE,
    BORN,
    DATES,
    LIKE_DATES,
    MAYBE_LIKE_DATES,
    PLAIN,
    YEARS,
    shapes,
    written_styles,
)
from table.values.dates import dates

DAY = datetime(2024, 1, 31)
TWO = datetime(2024, 1, 31, 14, 35)


@pytest.mark.parametrize(
    ("text", "style", "read"),
    [
        ("01/31/2024 02:35:00 PM", "mdy_slash", TWO),
        ("01/31/2024 2:35 pm", "mdy_slash", TWO),
        ("01/31/2024 2:35PM", "mdy_slash", TWO),
        ("01/31/2024 2:35 p.m.", "mdy_slash", TWO),
        ("1/31/2024, 2:35:00\u202fPM", "mdy_slash", TWO),
        ("1/31/2024 2 PM", "mdy_slash", datetime(2024, 1, 31, 14)),
        ("01/31/2024 12:35:10 AM", "mdy_slash", datetime(2024, 1, 31, 0, 35, 10)),
        ("01/31/2024 12:35:10 PM", "mdy_slash", datetime(2024, 1, 31, 12, 35, 10)),
        ("01/31/2024 11:35:10 AM", "mdy_slash", datetime(2024, 1, 31, 11, 35, 10)),
        ("01/31/2024 14:35 PM", "mdy_slash", TWO),
        ("01/31/2024 14:35 AM", "mdy_slash", None),
        ("1/31/2024 2:35:00 PM +01:00", "mdy_slash", datetime(2024, 1, 31, 13, 35)),
        ("2024-01-31 14:35:00+00", "iso", TWO),
        ("2024-01-31 14:35:00.5+02", "iso", datetime(2024, 1, 31, 12, 35, 0, 500_000)),
        ("2024-01-31T14:35-05", "iso", datetime(2024, 1, 31, 19, 35)),
        ("2024-01-31T14:35+0530", "iso", datetime(2024, 1, 31, 9, 5)),
        ("2024-01-31 14:35 GMT", "iso", TWO),
        ("2024-01-31 14:35:00,250", "iso", datetime(2024, 1, 31, 14, 35, 0, 250_000)),
        ("2024.01.31", "ymd_dot", DAY),
        ("31-JAN-24", "day_name_yy", DAY),
        ("31 January 24", "day_name_yy", DAY),
        ("31JAN24", "day_name_yy", DAY),
        ("31-JAN-49", "day_name_yy", datetime(2049, 1, 31)),
        ("31-JAN-50", "day_name_yy", datetime(1950, 1, 31)),
        ("31-JAN-29", "day_name_born", datetime(2029, 1, 31)),
        ("31-JAN-30", "day_name_born", datetime(1930, 1, 31)),
        ("31-JAN-24 02.35.00.000000 PM", "day_name_yy", TWO),
        ("31JAN2024:14:35:00", "day_name", TWO),
        ("31/Jan/2024:14:35:00 +0000", "day_name", TWO),
        ("31st Jan 2024", "day_name", DAY),
        ("Jan. 31, 2024 2:35 PM", "name_day", TWO),
        ("Jan 31 2024  2:35PM", "name_day", TWO),
        ("Sept 5, 2024", "name_day", datetime(2024, 9, 5)),
        ("September 5, 2024", "name_day", datetime(2024, 9, 5)),
        ("5 Sept 2024", "day_name", datetime(2024, 9, 5)),
        ("Sept 2024", "name_year", datetime(2024, 9, 1)),
        ("January-2024", "name_year", datetime(2024, 1, 1)),
        ("Jan-24", "name_year_yy", datetime(2024, 1, 1)),
        ("Sept '99", "name_year_yy", datetime(1999, 9, 1)),
        ("Jan-24", "name_year_born", datetime(2024, 1, 1)),
        ("01/2024", "month_year", datetime(2024, 1, 1)),
        ("1-2024", "month_year", datetime(2024, 1, 1)),
        ("2024/01", "month_year", datetime(2024, 1, 1)),
        ("13/2024", "month_year", None),
        ("Wed Jan 31 2024", "name_day", DAY),
        ("Wednesday, January 31, 2024", "name_day", DAY),
        ("Wed, 31 Jan 2024 14:35:00 GMT", "day_name", TWO),
        ("Wed, 31 Jan 2024 15:35:00 +0100", "day_name", TWO),
        ("Wed Jan 31 14:35:00 2024", "year_last", TWO),
        ("Wed Jan 31 15:35:00 +0100 2024", "year_last", TWO),
        ("20240131T143500Z", "iso_basic", TWO),
        ("20240131T1435", "iso_basic", TWO),
        ("1/31/24", "mdy_slash_yy", DAY),
        ("1/31/24 2pm", "mdy_slash_yy", datetime(2024, 1, 31, 14)),
        ("31/1/24 14:35", "dmy_slash_yy", TWO),
        ("31/1/65", "dmy_slash_yy", datetime(1965, 1, 31)),
        ("31-01-24", "dmy_dash_yy", DAY),
        ("01-31-24", "mdy_dash_yy", DAY),
        ("31.01.24", "dmy_dot_yy", DAY),
        ("24-01-31", "ymd_dash_yy", DAY),
        ("24/01/31 14:35", "ymd_slash_yy", TWO),
        ("4/12/24", "ymd_slash_yy", None),
        ("29/2/00", "dmy_slash_yy", datetime(2000, 2, 29)),
        ("2024-W05", "iso_week", datetime(2024, 1, 29)),
        ("2024W05", "iso_week", datetime(2024, 1, 29)),
        ("2024-W05-3", "iso_week", DAY),
        ("2020-W53-7", "iso_week", datetime(2021, 1, 3)),
        ("2024-W53", "iso_week", None),
        ("2024-Q1", "quarter", datetime(2024, 1, 1)),
        ("2024Q2", "quarter", datetime(2024, 4, 1)),
        ("Q3 2024", "quarter", datetime(2024, 7, 1)),
        ("4Q2024", "quarter", datetime(2024, 10, 1)),
        ("2024M02", "month_number", datetime(2024, 2, 1)),
    ],
)
def test_date_as_written_is_read(text: str, style: str, read: datetime | None) -> None:
    assert dates(pl.Series([text]), style).to_list() == [read]
    # The profile must find it by the style's shape, and by no other.
    (found,) = pl.Series([text]).str.contains(ANY_DATE)
    assert found
    styles = written_styles(births=style.endswith(BORN))
    matching = [
        names for pattern, names in shapes(styles) if pl.Series([text]).str.contains(pattern)[0]
    ]
    assert len(matching) == 1
    assert style in matching[0]


@pytest.mark.parametrize(
    ("text", "style", "read"),
    [
        ("20240131", "digits", DAY),
        ("20241331", "digits", None),
        ("1706711700", "epoch_s", TWO),
        ("1706711700.25", "epoch_s", datetime(2024, 1, 31, 14, 35, 0, 250_000)),
        ("1706711700250", "epoch_ms", datetime(2024, 1, 31, 14, 35, 0, 250_000)),
        ("946684800", "epoch_s", datetime(2000, 1, 1)),
        ("946684799", "epoch_s", None),
        ("4102444799", "epoch_s", datetime(2099, 12, 31, 23, 59, 59)),
        ("4102444800", "epoch_s", None),
        ("17067117", "epoch_s", None),
    ],
)
def test_plain_number_as_a_date_is_read(text: str, style: str, read: datetime | None) -> None:
    assert dates(pl.Series([text]), style).to_list() == [read]


def test_example_of_each_style_is_read_by_it() -> None:
    for style, rule in DATES.items():
        read = dates(pl.Series([rule.example]), style)[0]
        assert (read.year, read.month) == (2024, 1), style


def test_values_of_a_column_do_not_change_how_others_are_read() -> None:
    texts = ["1/31/2024 2 PM", "1/31/2024 14:35", "1/31/2024", "1/31/2024 14:35:00+02"]
    together = dates(pl.Series(texts), "mdy_slash").to_list()
    assert together == [dates(pl.Series([text]), "mdy_slash")[0] for text in texts]


def test_styles_of_a_column_have_one_rule_for_years_of_two_digits() -> None:
    for births, end, other in ((False, YEARS, BORN), (True, BORN, YEARS)):
        styles = written_styles(births=births)
        assert any(style.endswith(end) for style in styles)
        assert not any(style.endswith(other) or style in PLAIN for style in styles)


@pytest.mark.parametrize(
    ("text", "like"),
    [
        ("31-ene-24", True),
        ("31. Januar 2024", True),
        ("31 de enero de 2024", True),
        ("Mi, 31.01.2024", True),
        ("März 31, 2024", True),
        ("2024年01月31日", True),
        ("Mercredi 31 janvier 2024", True),
        ("31 01 2024", True),
        ("января 31, 2024", True),
        ("Понедельник 31 января 2024", True),
        ("12 Main Street", False),
        ("030-123-456", False),
        ("INV-2024-00017", False),
        ("AB-12-34", False),
        ("12 34 56", False),
        ("1.10.2", False),
        ("Model 2024", False),
        ("98:87", False),
    ],
)
def test_text_like_a_date_is_known(text: str, like: bool) -> None:
    values = pl.Series([text])
    assert (values.str.contains(LIKE_DATES) & values.str.contains(MAYBE_LIKE_DATES))[0] is like
