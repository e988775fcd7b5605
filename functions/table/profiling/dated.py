"""The dates of a column of one chunk, by each style that reads some."""

from functools import reduce
from operator import and_
from typing import cast

import polars as pl

from pipeline.documents.chunk_profile import ColumnProfile, Dates, DateSpelling
from table.profiling.ends import day_ends
from table.profiling.tally import Tally
from table.profiling.texts import alike, few_texts, merge_alike
from table.profiling.timeline import ticks_of_dates, timeline_of
from table.values.date_styles import (
    ANY_DATE,
    DATES,
    LIKE_DATES,
    MAYBE_LIKE_DATES,
    PLAIN,
    shapes,
    written_styles,
)
from table.values.dates import dates
from table.values.time_names import says_birth, says_day, says_moment

_DAY = 86_400_000_000
_SHOWN = 40
# What programs write for a day that they lack: MySQL's zero day, SAP's, forms filled with nines.
_NO_DAY = r"^(?:0{1,4}[-/.]0{1,2}[-/.]0{1,4}(?:[ T]0[0:.]*)?Z?|9{2,4}[-/.]9{2}[-/.]9{2,4})$"
_NO_PLAIN_DAY = (
    *("0", "0.0", "00000000", "-1", "-1.0", "99999999", "99999999.0", "88888888", "9999999999"),
    *("99991231", "99991231.0"),
)
_SHAPES = {births: shapes(written_styles(births=births)) for births in (False, True)}


def add_dates(found: ColumnProfile, rest: Tally, name: str, timed: bool) -> None:
    """Add the dates among what is no plain number, and an example of what is no date.

    Parameters
    ----------
    name : of the column; years of two digits are others in a column of births.
    timed : whether to count rows over time, for a split.
    """
    dated = rest.values.str.contains(ANY_DATE)
    left = rest.where(dated)
    unread = []
    for pattern, styles in _SHAPES[says_birth(name)]:
        if not len(left.values):
            break
        matching = left.values.str.contains(pattern)
        if matching.any():
            some, left = left.where(matching), left.where(~matching)
            missed = [_add(found, some, style, timed) for style in styles]
            unread.append(some.where(reduce(and_, missed)))
    _add_no_days(found, rest.where(dated & rest.values.str.contains(_NO_DAY)))
    others = [rest.where(~dated), left]
    for some in others:
        if len(some.values):
            _add_spelling(found, "", {"unread": _first(some.values)})
    for some in (*others, *unread):
        _add_like_dates(found, some)


def add_plain_dates(found: ColumnProfile, numbers: Tally, name: str, timed: bool) -> None:
    """Add the dates among plain numbers, where the column's name says that they may be some.

    Parameters
    ----------
    numbers : as they are written.
    """
    if not says_day(name) and not says_moment(name):
        return
    _add_no_days(found, numbers.where(numbers.values.is_in(_NO_PLAIN_DAY)))
    for style in PLAIN:
        if says_day(name) if style == "digits" else says_moment(name):
            some = numbers.where(numbers.values.str.contains(DATES[style].pattern))
            if len(some.values):
                _add(found, some, style, timed)


def _add_no_days(found: ColumnProfile, some: Tally) -> None:
    """Count what stands for a day that is not known."""
    if not len(some.values):
        return
    counted = few_texts(some) or {}
    known = found.get("no_days", {})
    found["no_days"] = {text: known.get(text, 0) + rows for text, rows in counted.items()} | {
        text: rows for text, rows in known.items() if text not in counted
    }


def _add_like_dates(found: ColumnProfile, some: Tally) -> None:
    """Count what is a date to a person among what no style reads."""
    like = some.where(some.values.str.contains(MAYBE_LIKE_DATES))
    if len(like.values):
        like = like.where(like.values.str.contains(LIKE_DATES))
    if len(like.values):
        here = alike(like)
        known = found.get("like_dates")
        found["like_dates"] = merge_alike(known, here) if known else here


def _add(found: ColumnProfile, some: Tally, style: str, timed: bool) -> pl.Series:
    """Add the values of a style's shape that it reads; return which it does not."""
    read = dates(some.values, style)
    there = read.is_not_null()
    spelling: DateSpelling = {}
    if there.any():
        spelling["read"] = _first(some.values.filter(there))
    if not there.all():
        spelling["unread"] = _first(some.values.filter(~there))
    _add_spelling(found, style, spelling)
    days = some.read_as(read)
    if not len(days.values):
        return ~there
    ticks = days.read_as(ticks_of_dates(days.values))
    of_style: Dates = {
        "count": ticks.total,
        "min": cast(int, ticks.values.min()),
        "max": cast(int, ticks.values.max()),
        "clock": bool((ticks.values % _DAY != 0).any()),
    }
    if ends := day_ends(ticks, of_style["min"], of_style["max"]):
        of_style["ends"] = ends
    found["dates"][style] = of_style
    if timed:
        found.setdefault("timelines", {})[style] = timeline_of(ticks.repeated())
    return ~there


def _add_spelling(found: ColumnProfile, style: str, spelling: DateSpelling) -> None:
    known = found.setdefault("date_spellings", {})
    known[style] = merge_spellings(known[style], spelling) if style in known else spelling


def merge_spellings(one: DateSpelling, other: DateSpelling) -> DateSpelling:
    """Keep the smallest of each kind: it is the same for every chunk size."""
    merged: DateSpelling = {}
    if read := [part["read"] for part in (one, other) if "read" in part]:
        merged["read"] = min(read)
    if unread := [part["unread"] for part in (one, other) if "unread" in part]:
        merged["unread"] = min(unread)
    return merged


def _first(values: pl.Series) -> str:
    """Return the smallest text, cut: cutting keeps the order."""
    return str(values.min())[:_SHOWN]
