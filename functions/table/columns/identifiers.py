"""Telling an identifier from a measurement or a text (rules for people in docs/prepare.md)."""

import re
from dataclasses import dataclass
from math import expm1, sqrt

from pipeline.documents.chunk_profile import Numbers
from table.profiling.distinct import Variety

# Of the rows, how many must have a value of their own.
SHARE = 0.95
LEAST_ROWS = 20
# Of many values the share is estimated from 512 of them: three times the error of 0.95 is 0.03.
_ESTIMATED = 0.92
_LONGEST = 64
_PROSE = 0.5
_YEARS = range(1500, 2101)
# Rows that share a value if so many numbers were drawn from their range, at the least; by chance
# alone none of them does once in 150 columns, and measurements, which crowd, do so more often.
_BY_CHANCE = 5
# Of these, how many may be there all the same: a join may find two rows for one. They must be so
# many times the square root fewer, that of evenly drawn numbers one column in 130 is at the most.
_REPEATED = 0.25
_FEWER = 2.2
# A mean of n evenly drawn numbers lies off their middle by 1/sqrt(12 n) of their range.
_OFF_MIDDLE, _ERRORS = 0.05, 2
# Numbers that are counted up with gaps lie about their middle. Amounts crowd low; that a seventh of
# them is 0 may be overlooked (table.profiling.distinct).
_COUNTED = 0.2

_NAME = re.compile(
    r"(?i:(^|[\W_])(ids?|uuid|guid|row_?names?|pk)$|^unnamed: ?0$|"
    r"(^|(^|[\W_])(row|line|record|sample|item|entry|obs|observation|orig|original|source)[\W_]?)(index|idx)$)"
    r"|[a-z0-9]I[Dd]$"
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
_QUANTITIES = (
    "price|cost|amount|amt|value|sum|total|income|salary|wage|revenue|sales|turnover|profit|"
    "balance|fee|tax|rent|weight|mass|height|width|length|depth|distance|area|size|volume|"
    "population|inhabitants|count|mileage|odometer|reading|temperature|temp|pressure|speed|power|"
    "energy|dose|score|points|rank|ranking|position|place|elevation|altitude|lat|latitude|lon|lng|longitude|easting|northing|"
    "created|updated|modified|changed|elapsed|uptime|sec|ms|millis|micros|"
    "preis|betrag|summe|umsatz|gewicht|einkommen|fläche"
)
_QUANTITY_NAME = re.compile(
    rf"(?i:(^|[\W_])({_QUANTITIES})s?$)"
    rf"|[a-z]({'|'.join(name.capitalize() for name in _QUANTITIES.split('|'))})s?$"
)


@dataclass(frozen=True)
class Written:
    """How the whole numbers of a column are written.

    Attributes
    ----------
    long : how many have more digits than a float holds, as nothing that is measured has.
    shortest, longest : characters.
    pointed : whether some have a decimal point.
    """

    long: int = 0
    shortest: int = 0
    longest: int = 0
    pointed: bool = False


def numbers_identify(
    name: str, numbers: Numbers, variety: Variety, missing: int, written: Written
) -> bool:
    """Tell whether whole numbers are keys rather than measurements or times.

    A name decides first. Without one, keys are numbers that repeat far less than numbers drawn
    from their range would, as what is counted up does whatever is left out of it; and codes with
    zeros before them, which are spread evenly over their range, as amounts are not. A time index
    counts as well, but says when; it is known by its name, by its even steps, and years by their
    range.
    """
    least = SHARE if variety.exact else _ESTIMATED
    if numbers["count"] < LEAST_ROWS or variety.share < least:
        return False
    if _NAME.search(name):
        return True
    if missing or numbers["min"] < 0:
        return False
    alone = variety.share == 1
    if alone and _NUMBER_NAME.search(name):
        return written.shortest == written.longest or not _crowds_low(numbers)
    if _TIME_NAME.search(name) or _STAMP_NAME.search(name) or _QUANTITY_NAME.search(name):
        return False
    if written.long == numbers["count"]:
        return alone
    if numbers["min"] in _YEARS and numbers["max"] in _YEARS:
        return False
    return _counts_up(numbers, variety) or _is_code(numbers, written)


def _counts_up(numbers: Numbers, variety: Variety) -> bool:
    """Tell whether numbers repeat far less than chance would make them.

    Of n numbers drawn from r, the share (1 - exp(-n/r)) / (n/r) of a value of its own is expected.
    """
    if numbers.get("step") != 1 or abs(_off_middle(numbers)) > _COUNTED:
        return False
    crowd = numbers["count"] / (numbers["max"] - numbers["min"] + 1)
    expected = (1 + expm1(-crowd) / crowd) * variety.seen
    if expected < _BY_CHANCE:
        return False
    repeated = (1 - variety.share) * variety.seen
    return repeated <= min(_REPEATED * expected, expected - _FEWER * sqrt(expected))


def _is_code(numbers: Numbers, written: Written) -> bool:
    """Tell whether numbers are filled up with zeros to one length, and spread evenly."""
    digits = written.longest
    if written.pointed or written.shortest != digits or digits > _LONGEST:
        return False
    filled = numbers["min"] < 10.0 ** (digits - 1)
    return filled and abs(_off_middle(numbers)) <= _allowed(numbers)


def _crowds_low(numbers: Numbers) -> bool:
    """Tell whether small numbers are more than large ones, as they are of what is measured."""
    return _off_middle(numbers) < -_allowed(numbers)


def _off_middle(numbers: Numbers) -> float:
    low, high = numbers["min"], numbers["max"]
    return (numbers["mean"] - low) / (high - low) - 0.5 if high > low else 0.0


def _allowed(numbers: Numbers) -> float:
    return _OFF_MIDDLE + float(_ERRORS / (12 * numbers["count"]) ** 0.5)


def is_identifiers_name(name: str) -> bool:
    """Tell whether a column is called id or so: customer_id, orderId."""
    return bool(_NAME.search(name))


def is_times_name(name: str) -> bool:
    """Tell whether a column is called by a time: year, t, start_time."""
    return bool(_TIME_NAME.search(name) or _STAMP_NAME.search(name))


def differs(variety: Variety) -> bool:
    """Tell whether nearly every row has a value of its own."""
    return variety.share > (SHARE if variety.exact else _ESTIMATED)


def texts_identify(longest: int, prose: int, present: int) -> bool:
    """Tell whether texts that differ in nearly every row are keys rather than written by people.

    Parameters
    ----------
    longest : characters of the longest value.
    prose : rows whose value has three words or more.
    """
    return longest <= _LONGEST and prose <= _PROSE * present
