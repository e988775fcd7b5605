"""Dates and times as people and programs write them; docs/prepare.md lists the rules."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl


@dataclass(frozen=True)
class DateStyle:
    """A way to write dates: a pattern that its values match, and formats to read them by."""

    pattern: str
    formats: tuple[str, ...]


_CLOCK = (" %H:%M:%S%.f", " %H:%M", "")
_SECONDS = r"(?::[0-9]{2}(?:\.[0-9]+)?)?"
_ZONE = r"(?:\s?(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2}))?"
_TIME = rf"(?:[T ][0-9]{{1,2}}:[0-9]{{2}}{_SECONDS}{_ZONE})?$"


def _style(pattern: str, *days: str) -> DateStyle:
    return DateStyle(pattern + _TIME, tuple(day + clock for day in days for clock in _CLOCK))


DATES = {
    "iso": _style(r"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", "%Y-%m-%d"),
    "ymd_slash": _style(r"^[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}", "%Y/%m/%d"),
    "year_month": DateStyle(r"^[0-9]{4}-[0-9]{2}$", ("%Y-%m-%d",)),
    "mdy_slash": _style(r"^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}", "%m/%d/%Y"),
    "dmy_slash": _style(r"^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}", "%d/%m/%Y"),
    "dmy_dot": _style(r"^[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}", "%d.%m.%Y"),
    "dmy_dash": _style(r"^[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}", "%d-%m-%Y"),
    "mdy_dash": _style(r"^[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}", "%m-%d-%Y"),
    "day_name": _style(r"^[0-9]{1,2}[ -][A-Za-z]{3,9}[ -][0-9]{4}", "%d %b %Y", "%d %B %Y"),
    "name_day": _style(r"^[A-Za-z]{3,9} [0-9]{1,2},? [0-9]{4}", "%b %d %Y", "%B %d %Y"),
}
ANY_DATE = r"^(?:[0-9]{1,4}[-/.][0-9]{1,2}|[0-9]{1,2}[ -][A-Za-z]{3}|[A-Za-z]{3,9} [0-9]{1,2})"


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
    if style == "year_month":
        kept = kept + "-01"
    if style in ("day_name", "name_day"):
        kept = kept.str.replace_all(r"[-,]", " ").str.replace_all(r"\s+", " ")
    zone = kept.str.extract(r":[0-9]{2}(?:\.[0-9]+)?\s?(Z|UTC|[+-][0-9]{2}:?[0-9]{2})$")
    bare = kept.str.replace(r"(:[0-9]{2}(?:\.[0-9]+)?)\s?(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2})$", "$1")
    bare = bare.str.replace(r"([0-9])T([0-9])", "$1 $2")
    found = pl.Series([None], dtype=pl.Datetime("us")).new_from_index(0, len(values))
    for form in rule.formats:
        rest = bare.set(found.is_not_null(), None)
        if rest.null_count() == len(rest):
            break
        if form.endswith("%H:%M"):
            rest, form = rest + ":00", form + ":%S"  # chrono reads no time without seconds
        found = found.fill_null(rest.str.to_datetime(form, strict=False, time_unit="us"))
    if zone.null_count() < len(zone):
        found = found - _offset(zone)
    return found.set(~found.is_between(datetime.min, datetime.max), None)


def _offset(zone: pl.Series) -> pl.Series:
    sign = zone.str.slice(0, 1).replace_strict({"+": 1, "-": -1}, default=0, return_dtype=pl.Int64)
    digits = zone.str.replace_all(r"[^0-9]", "").str.zfill(4)
    hours = digits.str.slice(0, 2).cast(pl.Int64, strict=False)
    minutes = digits.str.slice(2, 2).cast(pl.Int64, strict=False)
    micros = (sign * (hours * 60 + minutes) * 60_000_000).fill_null(0)
    return micros.cast(pl.Duration("us"))
