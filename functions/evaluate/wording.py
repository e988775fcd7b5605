"""Numbers, names and times as the report and the sentence of the verdict write them."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime

from pipeline.wording import DASH, MINUS, figure

_SMALL = 0.01
"""From here on four decimals tell values apart."""
_LARGE = 10_000
"""Means from here on have their thousands divided."""
_ROUNDING = 1e-12
"""Of the value beside it, a difference that only the order of additions makes."""


def plain(value: float, digits: int = 7) -> str:
    """Write a value of the data as its file does, with at most so many significant digits."""
    if not math.isfinite(value):
        return DASH
    rounded = float(f"{value:.{digits}g}")
    if abs(rounded) >= _SMALL:
        rounded = round(rounded, 4)
    whole = rounded == int(rounded) and abs(rounded) < 1e15
    return (f"{rounded:.0f}" if whole else f"{rounded:.{digits}g}").replace("-", MINUS)


def short(text: str, limit: int = 60) -> str:
    """Cut a name to what a sentence or a plot can carry."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def told_apart(names: Sequence[str], limit: int) -> list[str]:
    """Cut names to a length at which they still differ, if that can be.

    What all long names begin with tells nothing: they are cut at the end if that
    tells them apart, else in the middle.
    """
    ends = [short(name, limit) for name in names]
    if len(set(ends)) == len(set(names)):
        return ends
    tail = (limit - 1) * 2 // 3
    return [
        name if len(name) <= limit else f"{name[: limit - 1 - tail]}…{name[-tail:]}"
        for name in names
    ]


def span(low: float, high: float) -> str:
    """Write an interval's ends, with as few digits as tell them apart."""
    digits = next((n for n in (2, 3, 4) if figure(low, n) != figure(high, n)), 4)
    return f"{figure(low, digits)} to {figure(high, digits)}"


def signed(value: float, beside: float | None = None) -> str:
    """Write a difference with its sign, as exact as the value that it stands beside."""
    decimals = len(figure(beside).partition(".")[2]) if beside is not None else 0
    if beside and abs(value) < _ROUNDING * abs(beside):
        return "0"
    text = f"{abs(value):,.{decimals}f}"
    if beside is None or not float(text.replace(",", "")):
        text = figure(abs(value), 4 if beside is None else 2)
    sign = "+" if value > 0 else MINUS if value < 0 else ""
    return sign + text


def mean(value: float) -> str:
    """Write a mean with five significant digits, all of them whole if it is large."""
    return figure(value, 5) if abs(value) >= _LARGE else plain(value, 5)


def estimated(count: int, most: int) -> str:
    """Write a number that is known to a few percent, of what there are at most so many."""
    return f"\u2248 {min(int(float(f'{count:.2g}')), most):,}"


def percent(share: float, digits: int = 1) -> str:
    """Write a share as a percentage."""
    return f"{share * 100:.{digits}f} %"


def duration(seconds: float) -> str:
    """Write a time span, in the units that suit it."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def size(count: float) -> str:
    """Write a number of bytes."""
    units = ["B", "KiB", "MiB", "GiB", "TiB"]
    step = 0
    while count >= 1024 and step < len(units) - 1:
        count, step = count / 1024, step + 1
    return f"{count:,.{1 if step else 0}f} {units[step]}"


def thousands(count: float | None) -> str:
    """Write a count with its thousands apart; a dash for None."""
    return DASH if count is None else f"{count:,}"


def moment(text: str) -> str:
    """Write an ISO 8601 time as a person does, in UTC."""
    time = datetime.fromisoformat(text).astimezone(UTC)
    return f"{time.day} {time:%b %Y, %H:%M} UTC"
