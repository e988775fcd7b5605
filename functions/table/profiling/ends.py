"""Values at a column's ends that look like codes for a missing value: 999, -9999, 1900-01-01.

Each part of a column tells of those at its own ends, and of the range between them. A value at the
end of the whole column is at the end of each part that has it, so that its count is exact; a code
of one part alone lies within the range of another.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import cast

from pipeline.documents.chunk_profile import Dates, Ends, Numbers
from table.profiling.tally import Tally

# Surveys' and data loggers' codes are sevens, eights or nines, several next to each other (97, 98,
# 99); PLINK's is -9; others are what a number of 16 or 32 bits ends at, and the fill values of
# climate models (1e20, 9.96921e+36).
_CODE = re.compile(r"9+[6789]|7{2,}|8{2,}")
_ONE_DIGIT = re.compile(r"[789]")
_LIMITS = (-32768.0, 32767.0, 65535.0, -2147483648.0, 2147483647.0, 4294967295.0)
_FILL = 1e15
# Where the calendars of spreadsheets, databases and Unix begin and end, and what people type; days
# of years beyond these are codes, too.
_DAYS = (
    *("1800-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1901-01-01", "1904-01-01"),
    *("1970-01-01", "2099-12-31", "2199-12-31"),
)
_YEARS = (1800, 2200)
_DAY = 86_400_000_000
# A column that ends in more of them counts, and has no codes.
_MOST = 12
_DIGITS = ("7", "8", "9", "-7", "-8")
# In multiples of the range of all others: adult's capital gain of 99,999 is 1.4 off and stands for
# all that is more, a birthday of 1900-01-01 is less off than birthdays are apart.
_FAR = 2.0
# Of one digit only beside 0 and 1, or as far off.
_FAR_DIGIT = 6.0
_FAR_DAYS = 1.0
# Yes and no are two answers; behind more of them a code is farther off than a count is.
_ANSWERS = 2
_FAR_ANSWER, _FAR_COUNT = 2, 4
_REPEATED = 2


def number_ends(numbers: Tally, least: float, most: float) -> Ends | None:
    """Return the codes at the ends of numbers; None if there are none.

    Parameters
    ----------
    least, most : of the numbers.
    """
    return _ends(numbers, (least, most), _is_code, lambda value: f"{value:.15g}")


def day_ends(ticks: Tally, least: int, most: int) -> Ends | None:
    """Return the codes at the ends of dates, in microseconds since 1970; None if there are none."""
    return _ends(ticks, (least, most), _is_code_day, _day)


def merge_ends(one: Numbers | Dates, other: Numbers | Dates) -> Ends | None:
    """Merge the ends of two parts of a column."""
    if "ends" not in one and "ends" not in other:
        return None
    first, second = _of_part(one), _of_part(other)
    codes = {
        code: first["codes"].get(code, 0) + second["codes"].get(code, 0)
        for code in sorted({*first["codes"], *second["codes"]})
    }
    between = [*first["between"], *second["between"]]
    return {"codes": codes, "between": [min(between), max(between)] if between else []}


def _of_part(part: Numbers | Dates) -> Ends:
    return part["ends"] if "ends" in part else {"codes": {}, "between": [part["min"], part["max"]]}


def far_numbers(numbers: Numbers) -> dict[str, int]:
    """Return the codes that lie far off all other numbers, each with its count."""
    return _far(numbers.get("ends"), float, _FAR)


def far_days(dates: Dates) -> dict[str, int]:
    """Return the codes that lie far off all other dates, each with its count."""
    return _far(dates.get("ends"), _tick, _FAR_DAYS)


def counting_from(values: Iterable[float]) -> list[float]:
    """Return the values that count from 0 or 1 on by one, without those behind a gap."""
    found: list[float] = []
    for value in sorted(value for value in values if value >= 0):
        if value != (found[-1] + 1 if found else min(value, 1.0)):
            break
        found.append(value)
    return found


def beside(value: float, counting: list[float]) -> bool:
    """Tell whether a number is a code beside values that count; a count of 0 to 5 may be 7 once."""
    if len(counting) < _ANSWERS or value != round(value):
        return False
    if value < 0:
        return value == -1 or _is_code(value)
    least = _FAR_COUNT if len(counting) > _ANSWERS else _FAR_ANSWER
    return _is_code(value) and value - counting[-1] >= least


def _ends(
    values: Tally,
    range_: tuple[float, float],
    is_code: Callable[[float], bool],
    name: Callable[[float], str],
) -> Ends | None:
    codes: dict[str, int] = {}
    least, most = range_
    while len(codes) < _MOST:
        found = next((value for value in (least, most) if is_code(value)), None)
        if found is None:
            break
        same = values.values == found
        codes[name(found)] = values.where(same).total
        values = values.where(~same)
        if not len(values.values):
            return {"codes": codes, "between": []}
        least, most = cast(float, values.values.min()), cast(float, values.values.max())
    return {"codes": codes, "between": [least, most]} if codes else None


def _far(ends: Ends | None, value: Callable[[str], float], times: float) -> dict[str, int]:
    if ends is None or not ends["between"]:
        return {}
    least, most = ends["between"]
    return {
        code: count
        for code, count in ends["codes"].items()
        if most > least
        and count >= _REPEATED
        and max(least - value(code), value(code) - most)
        >= (_FAR_DIGIT if code in _DIGITS else times) * (most - least)
    }


def _is_code(value: float) -> bool:
    digits = _digits(value)
    return (
        value in _LIMITS
        or abs(value) >= _FILL
        or bool(_CODE.fullmatch(digits) or _ONE_DIGIT.fullmatch(digits))
    )


def _digits(value: float) -> str:
    return f"{abs(value):.15g}".replace(".", "")


def _is_code_day(tick: float) -> bool:
    day = _day(tick)
    return day in _DAYS or not _YEARS[0] <= int(day[:4]) < _YEARS[1]


def _day(tick: float) -> str:
    return (date(1970, 1, 1) + timedelta(days=tick // _DAY)).isoformat()


def _tick(day: str) -> float:
    return float((date.fromisoformat(day) - date(1970, 1, 1)).days * _DAY)
