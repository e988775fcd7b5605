"""Which style a column's dates are written in, where several read them."""

from dataclasses import dataclass

from pipeline.documents.chunk_profile import ColumnProfile, Dates
from table.values.date_styles import BORN, DATES, PLAIN, YEARS

# Where day and month could change places in every value, this order is taken.
_PREFERRED = {"slash": "mdy", "dash": "dmy"}
# Days taken for years spread over 31 years: of spans so far apart the shorter one is right.
_SPREAD = 1.25
_ZEROS = {"0", "0.0", "00000000"}
_EARLIER, _LATER = 946_684_800_000_000, 1_893_456_000_000_000
"""1 January 2000 and 2030, in microseconds since 1970."""


@dataclass(frozen=True)
class Written:
    """How a column's dates are written.

    Attributes
    ----------
    other : the style that reads as many, if nothing tells which is right; else empty.
    unread : examples of what the style does not read.
    """

    style: str
    dates: Dates
    other: str = ""
    unread: tuple[str, ...] = ()


def written_dates(found: ColumnProfile) -> Written | None:
    """Choose how the column's dates are written: as most of them can be read."""
    styles = {style: dates for style, dates in found["dates"].items() if style not in PLAIN}
    if not styles:
        return None
    most = max(dates["count"] for dates in styles.values())
    equal = sorted(style for style in styles if styles[style]["count"] == most)
    style, other = equal[0], ""
    turned = [style for style in equal if DATES[style].pattern == DATES[equal[0]].pattern]
    if len(turned) > 1:
        style, other = _preferred(turned, styles)
    return Written(style, styles[style], other, _unread(found, style))


def _preferred(equal: list[str], styles: dict[str, Dates]) -> tuple[str, str]:
    """Choose among the orders of one shape; name another one if that is a guess."""
    by_order = {style.split("_")[0]: style for style in equal}
    shape = equal[0].split("_")[1]
    days = [by_order[order] for order in ("dmy", "mdy") if order in by_order]
    style = by_order[_PREFERRED[shape]] if len(days) > 1 else days[0]
    other = next((turned for turned in days if turned != style), "")
    years = by_order.get("ymd")
    if years is None:
        return style, other
    # Years of the wrong order are days of the right one, and spread as days do.
    near, far = sorted((style, years), key=lambda s: _span(styles[s]))
    if _span(styles[far]) < _SPREAD * _span(styles[near]):
        return style, years
    return near, other if near == style else ""


def _span(dates: Dates) -> int:
    return dates["max"] - dates["min"]


def _unread(found: ColumnProfile, style: str) -> tuple[str, ...]:
    spellings = found.get("date_spellings", {})
    texts = {
        text["unread"] for of, text in spellings.items() if "unread" in text and of in ("", style)
    }
    others = {
        text["read"]
        for of, text in spellings.items()
        if "read" in text and of and DATES[of].pattern != DATES[style].pattern
    }
    return tuple(sorted(texts | others)[:3])


def no_days(found: ColumnProfile) -> dict[str, int]:
    """Return what stands for a day that is not known, with its counts: 00000000, 0000-00-00."""
    plain, known = found["numbers"].get("plain"), found.get("no_days", {})
    if plain and plain["min"] == plain["max"] == 0 and not known.keys() & _ZEROS:
        # A zero beside dates that are written with signs.
        return {**known, "0": plain["count"]}
    return known


def plain_dates(found: ColumnProfile, least: float) -> Written | None:
    """Return the dates of plain numbers, such as 20240131, if so many of them are some."""
    for style in PLAIN:
        dates = found["dates"].get(style)
        if dates is not None and dates["count"] >= least:
            return Written(style, dates)
    return None


def centuries(style: str, dates: Dates) -> bool:
    """Tell whether years of two digits were read as ones far apart, so that some may be wrong."""
    short = style.endswith((YEARS, BORN))
    return short and dates["min"] < _EARLIER and dates["max"] >= _LATER
