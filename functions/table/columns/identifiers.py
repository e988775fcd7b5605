"""Telling an identifier from a measurement or a text (rules for people in docs/prepare.md)."""

import re

from pipeline.documents.chunk_profile import Numbers
from table.limits import SKETCH_SIZE

# Of the rows, how many must have a value of their own.
SHARE = 0.95
LEAST_ROWS = 20
# An estimate of different values errs by 1/sqrt(SKETCH_SIZE); one in 700 is three times as far off.
_ESTIMATED = SHARE * (1 - 3 / SKETCH_SIZE**0.5)
_LONGEST = 64
_PROSE = 0.5
_YEARS = range(1500, 2101)

_NAME = re.compile(
    r"(?i:(^|[\W_])(ids?|uuid|guid|row_?names?|index)$|^unnamed: ?0$)|[a-z0-9]I[Dd]$"
)
# A number may be a count, and NO a gas: such names need values of which no two are equal.
_NUMBER_NAME = re.compile(
    r"(?i:(^|[\W_])(nr|no|num|number|nummer|key)[.#]?$|[a-z](number|nummer)$)"
    r"|[a-z](Nr|No|Num|Key)$"
)
_TIMES = r"t|time|timestamp|date|years?|months?|weeks?|days?|hours?|minutes?|seconds?"
_TIME_NAME = re.compile(
    rf"(?i:(^|[\W_])({_TIMES}|quarters?|periods?|steps?|epoch|age|jahr|monat|woche|tag|zeit)$)"
    r"|[a-z](Time|Date|Year|Month|Week|Day|Hour)$"
)
# Nanoseconds since 1970 have 19 digits as well.
_STAMP_NAME = re.compile(r"(?i:(^|[\W_])(at|ts|ns|nanos|nanoseconds)$)|[a-z](At|Ts|Ns|Nanos)$")


def numbers_identify(
    name: str, numbers: Numbers, different: int, missing: int, exact: bool, long: int = 0
) -> bool:
    """Tell whether whole numbers are row numbers or keys: all different, and counting or named so.

    A time index counts as well, but says when; it is known by its name, and years by their
    range. Numbers with gaps may measure something, and only a name makes them keys.

    Parameters
    ----------
    different : how many different values there are.
    exact : whether that was counted; an estimate errs by about 4 %.
    long : how many of them have more digits than a float holds, as nothing that is measured has.
    """
    count = numbers["count"]
    if count < LEAST_ROWS or different < (SHARE if exact else _ESTIMATED) * count:
        return False
    if _NAME.search(name):
        return True
    if missing or (exact and different < count):
        return False
    if _NUMBER_NAME.search(name):
        return True
    if long == count:
        return not (_TIME_NAME.search(name) or _STAMP_NAME.search(name))
    low, high = numbers["min"], numbers["max"]
    counting = low >= 0 and high - low + 1 == count
    years = low in _YEARS and high in _YEARS
    return counting and not years and not _TIME_NAME.search(name)


def is_identifiers_name(name: str) -> bool:
    """Tell whether a column is called id or so: customer_id, orderId."""
    return bool(_NAME.search(name))


def is_times_name(name: str) -> bool:
    """Tell whether a column is called by a time: year, t, start_time."""
    return bool(_TIME_NAME.search(name) or _STAMP_NAME.search(name))


def texts_identify(longest: int, prose: int, present: int) -> bool:
    """Tell whether texts that differ in nearly every row are keys rather than written by people.

    Parameters
    ----------
    longest : characters of the longest value.
    prose : rows whose value has three words or more.
    """
    return longest <= _LONGEST and prose <= _PROSE * present
