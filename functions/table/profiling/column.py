"""The profile of one column of one chunk, in a form that merges."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from pipeline.documents.chunk_profile import ColumnProfile, Numbers
from table.profiling.distinct import sketch_of
from table.profiling.timeline import ticks_of_dates, ticks_of_numbers, timeline_of
from table.values.dates import ANY_DATE, DATES, dates
from table.values.missing import stripped
from table.values.numbers import COMMA, GROUPED, POINTED, comma, grouped, infinite, plain

# Above 2**53 a float no longer holds every integer.
_EXACT = 2.0**53
_DAY = 86_400_000_000
_LOOK = 10_000
_FEW = 100
# 20,000 equally frequent values show 0.79 of 10,000 different in the first 10,000 rows.
_REPEATED = 0.8
_THREE_WORDS = r"\S\s+\S+\s+\S"
# An identifier of 17 digits and more; also as a program wrote it that took it for a float.
_LONG = r"^[+-]?(\d+(\.0*)?|\d\.\d{9,}[eE]\+?\d\d)$"


@dataclass(frozen=True)
class Tally:
    """Values and how often each occurs; without counts, once each."""

    values: pl.Series
    counts: pl.Series | None

    @property
    def total(self) -> int:
        """Number of values, repeated ones counted as often as they occur."""
        return len(self.values) if self.counts is None else int(self.counts.sum())

    def where(self, mask: pl.Series) -> "Tally":
        """Keep the values for which the mask is true."""
        counts = None if self.counts is None else self.counts.filter(mask)
        return Tally(self.values.filter(mask), counts)

    def read_as(self, values: pl.Series) -> "Tally":
        """Put other values in place of these, and leave out where they are null."""
        if not values.null_count():
            return Tally(values, self.counts)
        return Tally(values, self.counts).where(values.is_not_null())

    def repeated(self) -> pl.Series:
        """Return each value as often as it occurs."""
        if self.counts is None:
            return self.values
        return self.values.repeat_by(self.counts).explode(empty_as_null=False)


def tally(values: pl.Series) -> Tally:
    """Count values, if a look at the first of them promises much fewer different ones."""
    if len(values) < _LOOK or values.head(_LOOK).n_unique() > _REPEATED * _LOOK:
        return Tally(values, None)
    counted = values.value_counts(sort=False, name="count")
    return Tally(counted.to_series(0), counted.to_series(1))


def profile_column(column: pl.Series, timed: bool = False) -> ColumnProfile:
    """Profile a column of strings.

    Parameters
    ----------
    timed : whether to count rows over time, for a split.

    Returns
    -------
    missing; numbers as each style reads them ("plain", "pointed", and of what is not
    plain, "grouped" and "comma"); dates by style; different values; if timed the rows over
    time, by style.
    """
    present, missing = tally(column), 0
    read = plain(present.values)
    if read.null_count():
        # Only a column that is not all plain numbers can hold blanks or missing values.
        present, missing = _cleaned(present)
        read = plain(present.values)
    numbers = present.read_as(read)
    found: ColumnProfile = {
        "missing": missing,
        "numbers": {},
        "dates": {},
        "values": {},
        "longest": 0,
    }
    if len(numbers.values):
        found["numbers"]["plain"] = _numbers(numbers)
        texts = present.values.filter(read.is_not_null()) if read.null_count() else present.values
        _add_points(found, texts, numbers)
        _add_long(found, texts, numbers)
        if timed:
            ticks = numbers.read_as(ticks_of_numbers(numbers.values))
            found["timelines"] = {"number": timeline_of(ticks.repeated())}
    if read.null_count():
        _other(found, present.where(read.is_null()), timed)
    found["values"] = sketch_of(present.values, present.counts)
    found["longest"] = int(present.values.str.len_chars().max() or 0)  # type: ignore[arg-type]
    return found


def _add_points(found: ColumnProfile, texts: pl.Series, numbers: Tally) -> None:
    """Add what plain numbers would be in a column of decimal commas, where 1.234 is 1234.

    "pointed" is left out where that makes no difference; "dots" tells of a point that
    cannot divide thousands.
    """
    if not any(some.str.contains(".", literal=True).any() for some in (texts.head(_FEW), texts)):
        return
    thousands = texts.str.contains(POINTED)
    if thousands.any():
        turned = (numbers.values * 1000).round().zip_with(thousands, numbers.values)
        found["numbers"]["pointed"] = _numbers(Tally(turned, numbers.counts))
        texts = texts.filter(~thousands)
    if texts.str.contains(".", literal=True).any():
        found["dots"] = True


def _add_long(found: ColumnProfile, texts: pl.Series, numbers: Tally) -> None:
    """Count the whole numbers that have more digits than a float holds."""
    beyond = numbers.values.abs() >= _EXACT
    if beyond.any():
        found["long"] = numbers.where(beyond & texts.str.contains(_LONG)).total


def _cleaned(raw: Tally) -> tuple[Tally, int]:
    """Strip blanks, and take out missing values.

    Returns
    -------
    The values that are there, and how many are not.
    """
    values = stripped(raw.values)
    present = raw.read_as(values)
    missing = raw.total - present.total
    if present.counts is None or present.values.n_unique() == len(present.values):
        return present, missing
    merged = (
        pl.DataFrame({"value": present.values, "count": present.counts})
        .group_by("value")
        .agg(pl.col("count").sum())
    )
    return Tally(merged["value"], merged["count"]), missing


def _numbers(numbers: Tally) -> Numbers:
    values = numbers.values
    count = numbers.total
    weights = 1 / count if numbers.counts is None else numbers.counts / count
    whole = (values == values.floor()) & (values.abs() < _EXACT)
    return {
        "count": count,
        "whole": numbers.where(whole).total,
        "min": _value(values.min()),
        "max": _value(values.max()),
        # Weighted before they are added: sums of numbers near 1e308 would overflow.
        "mean": _value((values * weights).sum()),
    }


def _value(found: Any) -> Any:
    """Give up polars' type of an aggregate, which is any that a series may hold."""
    return found


def _other(found: ColumnProfile, rest: Tally, timed: bool) -> None:
    """Add what is no plain number: numbers of other styles, infinities, dates, texts."""
    if endless := rest.where(infinite(rest.values)).total:
        found["infinite"] = endless
    for style, pattern, read in (("grouped", GROUPED, grouped), ("comma", COMMA, comma)):
        some = rest.where(rest.values.str.contains(pattern))
        numbers = some.read_as(read(some.values))
        if len(numbers.values):
            found["numbers"][style] = _numbers(numbers)
    if prose := rest.where(rest.values.str.contains(_THREE_WORDS)).total:
        found["prose"] = prose
    # The smallest few texts are the same for every chunk size.
    number = rest.values.str.contains(GROUPED) | rest.values.str.contains(COMMA)
    strange = rest.values.filter(~number & ~infinite(rest.values))
    found["other"] = strange.str.slice(0, 40).unique().bottom_k(3).sort().to_list()
    dated = rest.where(rest.values.str.contains(ANY_DATE))
    if not len(dated.values):
        return
    for style, rule in DATES.items():
        some = dated.where(dated.values.str.contains(rule.pattern))
        days = some.read_as(dates(some.values, style))
        if not len(days.values):
            continue
        ticks = days.read_as(ticks_of_dates(days.values))
        found["dates"][style] = {
            "count": ticks.total,
            "min": _value(ticks.values.min()),
            "max": _value(ticks.values.max()),
            "clock": bool((ticks.values % _DAY != 0).any()),
        }
        if timed:
            found.setdefault("timelines", {})[style] = timeline_of(ticks.repeated())
