"""Durations and times of day, read and written again."""

import polars as pl
import pytest

from table.values.clock_text import CLOCK_STYLES, as_clock
from table.values.durations import (
    CLOCK,
    CLOCKED,
    DURATION,
    HALF_DAY,
    clocks,
    durations,
    half_days,
)
from table.values.numbers import numbers


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("00:12:33", 753),
        ("27:15:00", 98_100),
        ("12:33", 753),
        ("75:30", 4530),
        ("12:33.5", 753.5),
        ("1:02:03.25", 3723.25),
        ("1:02:03,25", 3723.25),
        ("1 day 02:03:04", 93_784),
        ("2 days, 2:03:04", 180_184),
        ("0 days 00:00:01.5", 1.5),
        ("-1 days +23:00:00", -3600),
        ("1.02:03:04", 93_784),
        ("-1.02:03:04", -93_784),
        ("-00:10:00", -600),
        ("12:61", None),
        ("12:33:61", None),
        ("16:9", None),
        ("34 days", None),
        ("0606D", None),
        ("2:35 PM", None),
        ("00:1A:2B", None),
        ("90", None),
    ],
)
def test_duration_is_read_as_seconds(text: str, seconds: float | None) -> None:
    values = pl.Series([text])
    assert durations(values).to_list() == numbers(values, "duration").to_list() == [seconds]
    assert values.str.contains(DURATION)[0] is (seconds is not None)


@pytest.mark.parametrize(
    ("text", "minutes", "half"),
    [
        ("14:35", 875, False),
        ("0:05", 5, False),
        ("23:59:30", 1439.5, False),
        ("24:00", None, False),
        ("2:35 PM", 875, True),
        ("2:35:30 pm", 875.5, True),
        ("02:35 a.m.", 155, True),
        ("12:00 AM", 0, True),
        ("12:30 p.m.", 750, True),
        ("2 PM", 840, True),
        ("13:00 PM", None, False),
        ("0930", None, False),
    ],
)
def test_time_of_day_is_read_as_minutes(text: str, minutes: float | None, half: bool) -> None:
    values = pl.Series([text])
    assert clocks(values).to_list() == numbers(values, "clock").to_list() == [minutes]
    assert values.str.contains(CLOCK)[0] is (minutes is not None)
    assert half_days(values).to_list() == [minutes if half else None]
    assert values.str.contains(HALF_DAY)[0] is half


@pytest.mark.parametrize(
    ("value", "style", "text"),
    [
        (753.0, "duration", "0:12:33"),
        (98_100.0, "duration", "27:15:00"),
        (-600.0, "duration", "-0:10:00"),
        (875.0, "clock", "14:35"),
        (5.0, "clock", "00:05"),
    ],
)
def test_number_of_a_style_is_written_as_people_read_it(
    value: float, style: str, text: str
) -> None:
    assert as_clock(value, style) == text


def test_every_style_that_is_written_is_read() -> None:
    assert set(CLOCKED) == CLOCK_STYLES
