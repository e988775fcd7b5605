"""Dates at the ends of the calendar."""

from datetime import datetime

import polars as pl
import pytest

from table.values.dates import dates
from tests.unit.prepare.pipeline_run import prepare

LAST = "9999-12-31 23:59:59.999999"


@pytest.mark.parametrize(
    ("text", "style", "read"),
    [
        ("0001-01-01", "iso", datetime.min),
        (LAST, "iso", datetime.max),
        ("0000-01-01", "iso", None),
        ("31.12.0000", "dmy_dot", None),
        ("0000-06", "year_month", None),
        ("0001-01-01T01:00:00+02:00", "iso", None),
        ("9999-12-31T23:30:00-01:00", "iso", None),
    ],
)
def test_dates_outside_the_years_of_datetime_are_null(
    text: str, style: str, read: datetime | None
) -> None:
    assert dates(pl.Series([text]), style).to_list() == [read]


@pytest.mark.parametrize(
    ("odd", "unread"), [("0000-01-01", True), (LAST, False), ("0001-01-01", False)]
)
def test_date_at_the_end_of_the_calendar_does_not_fail_the_fit(odd: str, unread: bool) -> None:
    lines = [f"2024-01-{n % 28 + 1:02d},{n % 7},{n % 2}" for n in range(100)]
    prepared = prepare("\n".join(["when,b,label", f"{odd},1,1", *lines]).encode())
    (when,) = [c for c in prepared.json("profile.json")["columns"] if c["name"] == "when"]
    assert when["type"] == "date"
    assert ("unread_values" in prepared.codes) is unread
    expected = "2024-01-01 00:00:00" if odd != "0001-01-01" else "0001-01-01 00:00:00"
    assert when["min"] == expected
    assert when["max"] == ("9999-12-31 23:59:59" if odd == LAST else "2024-01-28 00:00:00")
