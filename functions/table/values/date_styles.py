"""The ways to write dates that are read; docs/prepare.md lists them for people."""

from dataclasses import dataclass
from itertools import groupby

_Rewritten = tuple[tuple[str, str], ...]

_CLOCK = (" %H:%M:%S%.f", " %H:%M", "")
_ZONE = r"(?:\s?(?:Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?))?"
_SECONDS = r"(?::[0-9]{2}(?:[.,][0-9]+)?)?"
_HALF = r"\s?[AaPp]\.?\s?[Mm]\.?"
_HOURS = rf"(?:[0-9]{{1,2}}:[0-9]{{2}}{_SECONDS}(?:{_HALF})?{_ZONE}|[0-9]{{1,2}}{_HALF})"
_TIME = rf"(?:(?:T|,?\s+){_HOURS})?$"
# Beside a month's name SAS writes 31JAN2024:10:00:00, and Oracle 02.35.00.000000 PM.
_DOTTED = rf"[0-9]{{1,2}}\.[0-9]{{2}}\.[0-9]{{2}}(?:\.[0-9]+)?(?:{_HALF})?"
_NAMED_TIME = rf"(?:(?:T|:|,?\s+)(?:{_HOURS}|{_DOTTED}))?$"

YEARS, BORN = "_yy", "_born"
"""Ends of the names of styles with years of two digits: of any dates, and of births."""
# Years of two digits are of 19xx from this ten on: Oracle's rule for RR, and Excel's.
_TENS = {YEARS: 5, BORN: 3}
_SEPT = (r"(?i)\bsept\b", "Sep")


@dataclass(frozen=True)
class DateStyle:
    """A way to write dates.

    Attributes
    ----------
    pattern : that its values match.
    formats : to read them by.
    example : 31 January 2024, or a time in it, in this style.
    rewritten : what is put in place of what, in order, before they are read.
    """

    pattern: str
    formats: tuple[str, ...]
    example: str
    rewritten: _Rewritten = ()


def _style(pattern: str, example: str, *days: str, rewritten: _Rewritten = ()) -> DateStyle:
    formats = tuple(day + clock for day in days for clock in _CLOCK)
    return DateStyle(pattern + _TIME, formats, example, rewritten)


def _period(pattern: str, example: str, day: str, *rewritten: tuple[str, str]) -> DateStyle:
    """Return a style of whole days or longer, which has no clock."""
    return DateStyle(pattern, (day,), example, rewritten)


def _named(pattern: str, example: str, day: str, written: str, ten: int = 0) -> DateStyle:
    """Return a style with a month's name, which is read with single blanks beside it."""
    formats = tuple(
        f"{day.replace('%b', name)}{clock}" for name in ("%b", "%B") for clock in _CLOCK
    )
    steps = _centuries(pattern, written, ten) if ten else ((pattern, written),)
    return DateStyle(pattern + _NAMED_TIME, formats, example, (*steps, _SEPT))


def _centuries(pattern: str, written: str, ten: int) -> _Rewritten:
    """Write a year of two digits, the last group, with four."""
    return tuple(
        (pattern.replace("([0-9]{2})", f"({tens}[0-9])"), written.replace("$3", f"{century}$3"))
        for tens, century in ((f"[0-{ten - 1}]", "20"), (f"[{ten}-9]", "19"))
    )


_WEEKDAYS = r"(?i:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s+"
_DAY_NAME = rf"^(?:{_WEEKDAYS})?" r"([0-9]{1,2})(?:st|nd|rd|th)?[ /-]?([A-Za-z]{3,9})\.?[ /-]?"
_NAME_DAY = (
    rf"^(?:{_WEEKDAYS})?"
    r"([A-Za-z]{3,9})\.?[\s-]+([0-9]{1,2})(?:st|nd|rd|th)?(?:,?\s+|,|-)([0-9]{4})"
)
_NAME_YEAR = r"^([A-Za-z]{3,9})\.?[ /-]"
# 31 January 2024 as the C library has it, and Twitter's with a zone.
_YEAR_LAST = (
    rf"^(?:{_WEEKDAYS})?([A-Za-z]{{3}})\s+([0-9]{{1,2}}) ([0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}})"
    r"(?: (UTC|GMT|[+-][0-9]{4}))? ([0-9]{4})$"
)
_BASIC = r"^((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})?Z?$"
_QUARTERS = tuple((f"^([0-9]{{4}})Q{q}$", f"$1-{3 * q - 2:02d}-01") for q in range(1, 5))
_YMD = (("-", "24-01-31"), ("/", "24/01/31"))


def _short(end: str) -> dict[str, DateStyle]:
    """Return the styles with years of two digits; those of one shape follow one another."""
    ten, found = _TENS[end], {}
    for sign, name in (("/", "slash"), ("-", "dash"), (r"\.", "dot")):
        shape = rf"^([0-9]{{1,2}}){sign}([0-9]{{1,2}}){sign}([0-9]{{2}})"
        point = sign[-1]
        orders = ("dmy",) if name == "dot" else ("dmy", "mdy", "ymd")
        for order in orders:
            steps = _centuries(shape, "$1-$2-$3", ten)
            if order == "ymd":
                year = _centuries(rf"^([0-9]{{2}}){sign}", "$3-", ten)
                steps = tuple((old, new.replace("$3", "$1")) for old, new in year)
                # A single digit is no year, and must not be read as one of the first ten.
                steps = (*steps, (f"^[0-9]{{1,2}}{sign}.*", ""), (sign, "-"))
            form = "-".join(f"%{letter}" for letter in order).replace("%y", "%Y")
            example = point.join({"d": "31", "m": "01", "y": "24"}[letter] for letter in order)
            found[f"{order}_{name}{end}"] = _style(shape, example, form, rewritten=steps)
    month = r"^([A-Za-z]{3,9})\.?(?:-| ?['\x{2019}])([0-9]{2})"
    steps = _centuries(month, "1 $1 $3", ten)
    steps = tuple((old, new.replace("$3", "$2")) for old, new in steps)
    formats = ("%d %b %Y", "%d %B %Y")
    found[f"name_year{end}"] = DateStyle(month + "$", formats, "Jan-24", (*steps, _SEPT))
    day = _DAY_NAME + "([0-9]{2})"
    found[f"day_name{end}"] = _named(day, "31-Jan-24", "%d %b %Y", "$1 $2 $3", ten)
    return found


DATES = {
    "iso": _style(r"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", "2024-01-31", "%Y-%m-%d"),
    "ymd_slash": _style(r"^[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}", "2024/01/31", "%Y/%m/%d"),
    "ymd_dot": _style(r"^[0-9]{4}\.[0-9]{1,2}\.[0-9]{1,2}", "2024.01.31", "%Y.%m.%d"),
    "year_month": _period(r"^[0-9]{4}-[0-9]{2}$", "2024-01", "%Y-%m-%d", ("$", "-01")),
    "mdy_slash": _style(r"^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}", "01/31/2024", "%m/%d/%Y"),
    "dmy_slash": _style(r"^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}", "31/01/2024", "%d/%m/%Y"),
    "dmy_dot": _style(r"^[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}", "31.01.2024", "%d.%m.%Y"),
    "dmy_dash": _style(r"^[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}", "31-01-2024", "%d-%m-%Y"),
    "mdy_dash": _style(r"^[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}", "01-31-2024", "%m-%d-%Y"),
    "day_name": _named(_DAY_NAME + "([0-9]{4})", "31 Jan 2024", "%d %b %Y", "$1 $2 $3"),
    "name_day": _named(_NAME_DAY, "Jan 31 2024", "%b %d %Y", "$1 $2 $3"),
    **_short(YEARS),
    **_short(BORN),
    "name_year": DateStyle(
        _NAME_YEAR + "[0-9]{4}$",
        ("%d %b %Y", "%d %B %Y"),
        "Jan 2024",
        ((_NAME_YEAR, "1 $1 "), _SEPT),
    ),
    "year_last": DateStyle(
        _YEAR_LAST,
        ("%b %d %Y %H:%M:%S",),
        "Jan 31 00:00:00 2024",
        ((_YEAR_LAST, "$1 $2 $5 $3 $4"), (" $", "")),
    ),
    "iso_basic": DateStyle(
        _BASIC,
        ("%Y-%m-%d %H:%M:%S",),
        "20240131T000000",
        ((_BASIC, "$1-$2-$3 $4:$5:$6"), (":$", ":00")),
    ),
    "month_year": _period(
        r"^(?:[0-9]{1,2}[/-][0-9]{4}|[0-9]{4}/[0-9]{1,2})$",
        "01/2024",
        "%Y-%m-%d",
        (r"^([0-9]{1,2})[/-]([0-9]{4})$", "$2/$1"),
        (r"^([0-9]{4})/([0-9]{1,2})$", "$1-$2-01"),
    ),
    "iso_week": _period(
        r"(?i)^[0-9]{4}[- ]?W[0-9]{2}(?:-?[1-7])?$",
        "2024-W05",
        "%G-W%V-%u",
        (r"(?i)^([0-9]{4})[- ]?W([0-9]{2})-?", "$1-W$2-"),
        ("-$", "-1"),
    ),
    "quarter": _period(
        r"(?i)^(?:[0-9]{4}[ ./:_-]?Q[1-4]|(?:Q[1-4]|[1-4]Q)[ ./:_-]?[0-9]{4})$",
        "2024-Q1",
        "%Y-%m-%d",
        (r"(?i)^([0-9]{4})[ ./:_-]?Q", "${1}Q"),
        (r"(?i)^Q?([1-4])Q?[ ./:_-]?([0-9]{4})$", "${2}Q$1"),
        *_QUARTERS,
    ),
    "month_number": _period(
        r"^[0-9]{4}[- ]?M[0-9]{2}$", "2024M01", "%Y-%m-%d", (r"[- ]?M", "-"), ("$", "-01")
    ),
    "digits": _period(
        # A program that took the column for floats wrote a point behind.
        r"^(?:19|20)[0-9]{6}(?:\.0)?$",
        "20240131",
        "%Y-%m-%d",
        (r"^([0-9]{4})([0-9]{2})([0-9]{2})(?:\.0)?$", "$1-$2-$3"),
    ),
    # Seconds and milliseconds since 1970 from 2000 to 2100.
    "epoch_s": _period(r"^(?:9[4-9][0-9]{7}|[1-4][0-9]{9})(?:\.[0-9]+)?$", "1706700000", ""),
    "epoch_ms": _period(r"^(?:9[4-9][0-9]{10}|[1-4][0-9]{12})(?:\.[0-9]+)?$", "1706700000000", ""),
}
PLAIN = ("digits", "epoch_s", "epoch_ms")
"""Styles of plain numbers, which only the name of their column makes dates."""
ANY_DATE = (
    r"^(?i:[0-9]{1,4}(?:st|nd|rd|th)?[-/.][0-9]{1,2}|[0-9]{1,2}(?:st|nd|rd|th)?[ /-]?[a-z]{3}"
    r"|[a-z]{3,9}[.,/ -]{1,2}[0-9]{1,4}|[0-9]{4}[ ./:_-]?[QWM][0-9]|Q[1-4][ ./:_-]?[0-9]{4}"
    r"|[1-4]Q|(?:19|20)[0-9]{6}T|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s"
    r"|[a-z]{3,9}\.? ?['\x{2019}][0-9]{2}$)"
)
"""What all values match that some style but those of plain numbers may read."""


def _like_dates(letter: str) -> str:
    """Return the pattern of what is a date to a person, with the class of a letter."""
    month, sign = rf"(?:de )?{letter}{{3,12}}\.?(?: de)?", r"[-/., ]{1,2}"
    return (
        rf"^(?:{letter}{{2,12}}[.,]?\s+)?(?:"
        rf"[0-9]{{1,2}}{letter}{{0,2}}{sign}(?:[0-9]{{1,2}}|{month}){sign}(?:19|20)[0-9]{{2}}"
        rf"|[0-9]{{1,2}}{sign}{month}{sign}[0-9]{{2}}"
        rf"|(?:19|20)[0-9]{{2}}(?:年|{sign})(?:[0-9]{{1,2}}|{month})(?:月|{sign})[0-9]{{1,2}}日?"
        rf"|{month}{sign}[0-9]{{1,2}}{sign}(?:19|20)[0-9]{{2}}"
        r"|(?:19|20)[0-9]{6}T[0-9]{4,6})(?:[TZ ,;:(+].{0,30})?$"
    )


# Letters of all languages make a pattern that is slow, to compile too; what is no letter in ASCII
# leaves few values to it, and none that it would match.
MAYBE_LIKE_DATES = _like_dates(r"[^\x00-@\[-`{-\x7f]")
LIKE_DATES = _like_dates(r"\p{L}")
"""What is a date to a person, written in a way that no style may read."""


def shapes(styles: list[str]) -> list[tuple[str, list[str]]]:
    """Return the patterns of styles, no two of which match one value, with the styles of each."""
    return [
        (pattern, list(names))
        for pattern, names in groupby(styles, key=lambda style: DATES[style].pattern)
    ]


def written_styles(*, births: bool) -> list[str]:
    """Return the styles of texts, with the years of two digits as a column's name wants them."""
    other = YEARS if births else BORN
    return [style for style in DATES if style not in PLAIN and not style.endswith(other)]
