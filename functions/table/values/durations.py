"""Durations and times of day as people and programs write them; docs/prepare.md lists the rules."""

import polars as pl

from table.values.spans import spans

_CLOCK = r"(?P<one>[0-9]{1,6}):(?P<two>[0-5][0-9])(?::(?P<three>[0-5][0-9]))?(?P<part>[.,][0-9]+)?"
# "1 day, 2:03:04" is Python's, "-1 days +02:03:04" pandas', "1.02:03:04" .NET's.
_DAYS = r"(?:(?P<days>[0-9]+)(?:\s?(?i:days?|d),?\s+|(?P<dot>\.)))?"
DURATION = rf"^(?P<sign>[+-]?){_DAYS}(?P<own>[+-]?){_CLOCK}$"
HALF_DAY = (
    r"^(?P<hour>0?[0-9]|1[0-2])(?::(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9](?:\.[0-9]+)?))?)?"
    r"\s?(?P<half>[AaPp])\.?\s?[Mm]\.?$"
)
_WHOLE_DAY = (
    r"^(?P<hour>[01]?[0-9]|2[0-3]):(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9](?:\.[0-9]+)?))?$"
)
CLOCK = rf"(?:{HALF_DAY.replace('?P<', '?P<half_day_')})|(?:{_WHOLE_DAY})"


def durations(values: pl.Series) -> pl.Series:
    """Read durations as seconds: 02:03:04, 27:15:00, 12:33 as minutes and seconds, 1 day 02:03:04.

    Returns
    -------
    Float64; null for all else.
    """
    found = values.str.extract_groups(DURATION).struct.unnest()
    numbers = {
        name: found[name].cast(pl.Float64, strict=False) for name in ("days", "one", "two", "three")
    }
    part = ("0" + found["part"].str.replace(",", ".", literal=True)).cast(pl.Float64).fill_null(0.0)
    short = numbers["one"] * 60 + numbers["two"]
    clock = (short * 60 + numbers["three"]).fill_null(short) + part
    days = numbers["days"].fill_null(0.0) * 86_400
    # The sign before "1 day" is that of the days alone, as Python and pandas write it.
    alone = found["days"].is_not_null() & found["dot"].is_null()
    before, own = _signs(found["sign"]), _signs(found["own"])
    return days * before + clock * own * before.set(alone, 1.0)


def clocks(values: pl.Series) -> pl.Series:
    """Read times of day as minutes since midnight: 14:35, 14:35:30, 2:35 PM.

    Returns
    -------
    Float64; null for all else.
    """
    return _minutes(values, _WHOLE_DAY).fill_null(half_days(values))


def half_days(values: pl.Series) -> pl.Series:
    """Read times of day with AM or PM as minutes since midnight; null for all else."""
    half = values.str.extract_groups(HALF_DAY).struct.field("half").str.to_lowercase()
    noon = half.replace_strict({"a": 0, "p": 720}, default=None, return_dtype=pl.Int64)
    return _minutes(values, HALF_DAY) % 720 + noon


def _minutes(values: pl.Series, pattern: str) -> pl.Series:
    found = values.str.extract_groups(pattern).struct.unnest()
    hour, minute, second = (found[name].cast(pl.Float64) for name in ("hour", "minute", "second"))
    return hour * 60 + minute.fill_null(0.0) + second.fill_null(0.0) / 60


def _signs(signs: pl.Series) -> pl.Series:
    return signs.replace_strict({"-": -1.0}, default=1.0, return_dtype=pl.Float64)


CLOCKED = {"duration": durations, "span": spans, "clock": clocks}
"""Styles of numbers that are no digits alone, and how they are read."""
