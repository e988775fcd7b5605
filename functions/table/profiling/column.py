"""The profile of one column of one chunk, in a form that merges."""

from typing import cast

import polars as pl

from pipeline.documents.chunk_profile import ColumnProfile
from table.profiling.dated import add_dates, add_plain_dates
from table.profiling.distinct import sketch_of
from table.profiling.numeric import EXACT, numbers_of
from table.profiling.signs import add_signs
from table.profiling.tally import Tally, tally
from table.profiling.texts import few_texts, labels_among, like_numbers, shortened, units_among
from table.profiling.timeline import ticks_of_numbers, timeline_of
from table.values.durations import CLOCK, DURATION, HALF_DAY, clocks, durations, half_days
from table.values.missing import stripped
from table.values.numbers import POINTED, as_signed, comma, grouped, infinite, plain
from table.values.spans import MAYBE_SPAN, ONE_UNIT, SPAN, spans

_FEW = 100
_UNIT = rf"{MAYBE_SPAN}|^[0-9]{{1,2}}\s?[AaPp]\.?\s?[Mm]"
_THREE_WORDS = r"\S\s+\S+\s+\S"
# An identifier of 17 digits and more; also as a program wrote it that took it for a float.
_LONG = r"^[+-]?(\d+(\.0*)?|\d\.\d{9,}[eE]\+?\d\d)$"


def profile_column(column: pl.Series, timed: bool = False, name: str = "") -> ColumnProfile:
    """Profile a column of strings.

    Parameters
    ----------
    timed : whether to count rows over time, for a split.
    name : of the column; it says whether plain numbers may be dates.

    Returns
    -------
    missing; numbers as each style reads them ("plain", "pointed", and of what is not
    plain, "grouped", "comma", "duration" and "clock"); dates by style; different values; if
    timed the rows over time, by style.
    """
    present, missing = tally(column), 0
    spelled: dict[str, int] = {}
    read = plain(present.values)
    if read.null_count():
        # Only a column that is not all plain numbers can hold blanks or missing values.
        present, missing, spelled = _cleaned(present)
        read = plain(present.values)
    numbers = present.read_as(read)
    found: ColumnProfile = {
        "missing": missing,
        "numbers": {},
        "dates": {},
        "values": {},
        "longest": 0,
    }
    if spelled:
        found["spelled"] = spelled
    if len(numbers.values):
        found["numbers"]["plain"] = numbers_of(numbers)
        texts = present.values.filter(read.is_not_null()) if read.null_count() else present.values
        _add_points(found, texts, numbers)
        _add_long(found, texts, numbers)
        add_plain_dates(found, Tally(texts, numbers.counts), name, timed)
        if timed:
            ticks = numbers.read_as(ticks_of_numbers(numbers.values))
            found.setdefault("timelines", {})["number"] = timeline_of(ticks.repeated())
    if read.null_count():
        _other(found, present.where(read.is_null()), timed, name)
    found["values"] = sketch_of(present.values, present.counts)
    if len(present.values):
        lengths = present.values.str.len_chars()
        found["longest"], found["shortest"] = cast(int, lengths.max()), cast(int, lengths.min())
    return found


def _add_points(found: ColumnProfile, texts: pl.Series, numbers: Tally) -> None:
    """Add what plain numbers would be in a column of decimal commas, where 1.234 is 1234.

    "pointed" is left out where that makes no difference; "dots" tells of a point that
    cannot divide thousands.
    """
    if not _has_point(texts):
        return
    thousands = _like_thousands(texts, numbers)
    if thousands.any():
        found["thousands"] = numbers.where(thousands).total
        turned = (numbers.values * 1000).round().zip_with(thousands, numbers.values)
        found["numbers"]["pointed"] = numbers_of(Tally(turned, numbers.counts))
        texts = texts.filter(~thousands)
    if _has_point(texts):
        found["dots"] = True


def _has_point(texts: pl.Series) -> bool:
    return any(some.str.contains(".", literal=True).any() for some in (texts.head(_FEW), texts))


def _like_thousands(texts: pl.Series, numbers: Tally) -> pl.Series:
    """Tell which plain numbers have a point that could part thousands."""
    # Most numbers are too small or large for it, which is quicker to see than how they are written.
    likely = numbers.values.abs().is_between(1, 1000, closed="left")
    at = likely.arg_true()
    return likely.scatter(at, texts.gather(at).str.contains(POINTED)) if len(at) else likely


def _add_long(found: ColumnProfile, texts: pl.Series, numbers: Tally) -> None:
    """Count the whole numbers that have more digits than a float holds."""
    beyond = numbers.values.abs() >= EXACT
    if beyond.any():
        found["long"] = numbers.where(beyond & texts.str.contains(_LONG)).total


def _cleaned(raw: Tally) -> tuple[Tally, int, dict[str, int]]:
    """Strip blanks, and take out missing values.

    Returns
    -------
    The values that are there, how many are not, and which of these could be answers.
    """
    values = stripped(raw.values)
    present = raw.read_as(values)
    missing = raw.total - present.total
    spelled = labels_among(raw.where(values.is_null())) if missing else {}
    if present.counts is None or present.values.n_unique() == len(present.values):
        return present, missing, spelled
    merged = (
        pl.DataFrame({"value": present.values, "count": present.counts})
        .group_by("value")
        .agg(pl.col("count").sum())
    )
    return Tally(merged["value"], merged["count"]), missing, spelled


def _other(found: ColumnProfile, rest: Tally, timed: bool, name: str) -> None:
    """Add what is no plain number: numbers of other styles, infinities, dates, texts."""
    number = infinite(rest.values)
    if endless := rest.where(number).total:
        found["infinite"] = endless
    signed = as_signed(rest.values)
    of_points, of_commas = grouped(signed), comma(signed)
    for style, read in (("grouped", of_points), ("comma", of_commas)):
        numbers = rest.read_as(read)
        if len(numbers.values):
            found["numbers"][style] = numbers_of(numbers)
        number |= read.is_not_null()
    add_signs(found, rest, of_commas.fill_null(of_points))
    timed_day = _add_clocks(found, rest)
    if prose := rest.where(rest.values.str.contains(_THREE_WORDS)).total:
        found["prose"] = prose
    strange = rest.where(~number & ~timed_day)
    # The smallest few texts are the same for every chunk size.
    found["other"] = shortened(strange.values).unique().bottom_k(3).sort().to_list()
    if len(strange.values):
        with_units = units_among(strange, signed.filter(~number & ~timed_day))
        found["units"], found["comma_units"] = with_units.points, with_units.commas
        found["texts"] = few_texts(with_units.rest)
        if like := like_numbers(with_units.rest):
            found["like_numbers"] = like
    add_dates(found, rest, name, timed)


def _add_clocks(found: ColumnProfile, rest: Tally) -> pl.Series:
    """Add durations and times of day.

    "am_pm" are those times of day that say AM or PM, "one_unit" those spans that have one.

    Returns
    -------
    Which values are one of them.
    """
    # A search for one sign is far quicker than a pattern, and few columns hold any.
    some = rest.values.str.contains(":", literal=True) | rest.values.str.contains(_UNIT)
    if not some.any():
        return some
    for style, pattern, read in (
        ("duration", DURATION, durations),
        ("clock", CLOCK, clocks),
        ("am_pm", HALF_DAY, half_days),
        ("span", SPAN, spans),
        ("one_unit", ONE_UNIT, spans),
    ):
        matching = some & rest.values.str.contains(pattern)
        times = rest.where(matching)
        if len(times.values):
            found["numbers"][style] = numbers_of(Tally(read(times.values), times.counts))
    return some & (rest.values.str.contains(DURATION) | rest.values.str.contains(CLOCK))
