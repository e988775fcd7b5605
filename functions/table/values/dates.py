"""Dates and times as people and programs write them; docs/prepare.md lists the rules."""

from datetime import datetime

import polars as pl

from table.values.date_styles import DATES

_DAY_LETTERS = len("2024-01-31")
_ZONE = r"\s?(?:Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)$"
_AFTER_CLOCK = r"(:[0-9]{2}(?:[.,][0-9]+)?(?:\s?[AaPp]\.?\s?[Mm]\.?)?)"
_HALF = r"[0-9]\s?([AaPp])\.?\s?[Mm]\.?$"
# A clock that is apart from its day by a comma, a letter or a colon; 02.35.00 as Oracle has it.
_TIDY_ALREADY = r"^[^\sT,]+(?: [0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?$"
_TIDY = (
    ("", r"([0-9])(?:,?\s+|[T:])([0-9]{1,2})[:.]([0-9]{2})", "$1 $2:$3"),
    (".", r"( [0-9]{1,2}:[0-9]{2})\.([0-9]{2})", "$1:$2"),
    (",", r":([0-9]{2}),([0-9]+)$", ":$1.$2"),
)
# Seconds since 1970 beyond these years are some other number.
_FIRST, _LAST = datetime(2000, 1, 1), datetime(2100, 1, 1)
_EPOCHS = {"epoch_s": 1_000_000, "epoch_ms": 1_000}


def dates(values: pl.Series, style: str) -> pl.Series:
    """Read stripped values as dates or times, in UTC where they say a zone.

    Returns
    -------
    Datetime in microseconds without a zone; null where the style does not fit, and for
    years that Python's datetime does not have: 0, and 10000 by a zone's hours.
    """
    unique = values.drop_nulls().unique()
    if len(unique) * 4 < len(values):
        read = dates(unique, style)
        return values.replace_strict(unique, read, default=None, return_dtype=read.dtype)
    rule = DATES[style]
    kept = values.set(~values.str.contains(rule.pattern), None)
    if style in _EPOCHS:
        ticks = kept.cast(pl.Float64, strict=False) * _EPOCHS[style]
        found = ticks.round().cast(pl.Int64).cast(pl.Datetime("us"))
        return found.set(~found.is_between(_FIRST, _LAST, closed="left"), None)
    for old, new in rule.rewritten:
        kept = kept.str.replace_all(old, new)
    if (kept.str.len_bytes().max() or 0) <= _DAY_LETTERS:  # type: ignore[operator]
        found = _parsed(kept, tuple(form for form in rule.formats if "%H" not in form))
    else:
        found = _clocked(kept, rule.formats)
    return found.set(~found.is_between(datetime.min, datetime.max), None)


def _clocked(values: pl.Series, formats: tuple[str, ...]) -> pl.Series:
    """Read values some of which have a time of day, perhaps with AM or PM and a zone.

    Each look tells whether any value needs the slower work that comes after it.
    """
    zone = half = None
    if values.str.contains(_AFTER_CLOCK + _ZONE).any():
        zone = values.str.extract(_AFTER_CLOCK + f"({_ZONE[:-1]})$", 2)
        values = values.str.replace(_AFTER_CLOCK + _ZONE, "$1")
    if values.str.contains(r"[Mm]\.?$").any():
        half = values.str.extract(_HALF).str.to_lowercase()
        values = values.str.replace(r"\s?[AaPp]\.?\s?[Mm]\.?$", "")
        # 2 PM has no minutes, and a day is never followed by a blank and one number.
        values = values.str.replace(r"([0-9],?[\sT]+[0-9]{1,2})$", "$1:00")
    if not values.str.contains(_TIDY_ALREADY).all():
        for look, old, new in _TIDY:
            if values.str.contains(look, literal=True).any():
                values = values.str.replace(old, new)
    found = _parsed(values, formats)
    if half is not None:
        found = _on_24_hours(found, half)
    return found if zone is None else found - _offset(zone)


def _parsed(values: pl.Series, formats: tuple[str, ...]) -> pl.Series:
    found = pl.Series([None], dtype=pl.Datetime("us")).new_from_index(0, len(values))
    for form in formats:
        rest = values.set(found.is_not_null(), None)
        if rest.null_count() == len(rest):
            break
        if form.endswith("%H:%M"):
            rest, form = rest + ":00", form + ":%S"  # chrono reads no time without seconds
        found = found.fill_null(rest.str.to_datetime(form, strict=False, time_unit="us"))
    return found


def _on_24_hours(found: pl.Series, half: pl.Series) -> pl.Series:
    """Move what was read by the half of the day; 12 AM is midnight, 14:35 PM as it stands."""
    hour = found.dt.hour()
    morning, evening = half == "a", half == "p"
    later = (evening & (hour < 12)).cast(pl.Int64) - (morning & (hour == 12)).cast(pl.Int64)
    moved = found + (later.fill_null(0) * 43_200_000_000).cast(pl.Duration("us"))
    return moved.set((morning & (hour > 12)).fill_null(value=False), None)


def _offset(zone: pl.Series) -> pl.Series:
    zone = zone.str.strip_chars()
    sign = zone.str.slice(0, 1).replace_strict({"+": 1, "-": -1}, default=0, return_dtype=pl.Int64)
    # Where a zone has hours only, as PostgreSQL writes +00, the minutes are 0.
    digits = zone.str.replace_all(r"[^0-9]", "").str.pad_end(4, "0")
    hours = digits.str.slice(0, 2).cast(pl.Int64, strict=False)
    minutes = digits.str.slice(2, 2).cast(pl.Int64, strict=False)
    micros = (sign * (hours * 60 + minutes) * 60_000_000).fill_null(0)
    return micros.cast(pl.Duration("us"))
