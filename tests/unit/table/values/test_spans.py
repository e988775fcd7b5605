"""Durations with the letters of their units."""

import polars as pl
import pytest

from table.values.numbers import numbers
from table.values.spans import MAYBE_SPAN, ONE_UNIT, SPAN, spans


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2h 50m", 10_200),
        ("2h50m", 10_200),
        ("1 hr 30 min", 5400),
        ("1 hour, 30 minutes", 5400),
        ("1h 23m 45s", 5025),
        ("1d 2h", 93_600),
        ("PT1H30M", 5400),
        ("P1DT2H", 93_600),
        ("PT58M58.5S", 3538.5),
        ("3 MIN 5 SEC", 185),
    ],
)
def test_span_is_read_as_seconds(text: str, seconds: float) -> None:
    values = pl.Series([text])
    assert spans(values).to_list() == numbers(values, "span").to_list() == [seconds]
    assert values.str.contains(SPAN)[0]
    assert values.str.contains(MAYBE_SPAN)[0]
    assert not values.str.contains(ONE_UNIT)[0]


@pytest.mark.parametrize(
    ("text", "seconds"), [("19h", 68_400), ("50 min", 3000), ("2 days", 172_800)]
)
def test_span_of_one_unit_is_known_as_such(text: str, seconds: float) -> None:
    values = pl.Series([text])
    assert spans(values).to_list() == [seconds]
    assert values.str.contains(ONE_UNIT)[0]


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "5", "5 kg", "5 mm", "m", "2m 3h", "5m tall", "2h 50"]
)
def test_other_text_is_no_span(text: str) -> None:
    assert spans(pl.Series([text, "2h 50m"])).to_list() == [None, 10_200]
