"""Scales and ticks."""

import math
from dataclasses import dataclass
from itertools import count

from pipeline.wording import MINUS

_UNITS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))


@dataclass(frozen=True)
class Axis:
    """A linear scale, in the data's unit."""

    low: float
    high: float
    label: str
    is_share: bool = False
    """Whether ticks read as percentages."""

    def at(self, value: float) -> float:
        """Return where a value lies, 0 at the low end and 1 at the high end."""
        return (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5

    def ticks(self, wanted: int = 5) -> list[float]:
        """Return round values within the axis."""
        return round_values(self.low, self.high, wanted)

    def text(self, value: float) -> str:
        """Write a tick's value."""
        if self.is_share:
            return f"{value * 100:.0f} %"
        return compact(value, self.high - self.low)


def round_values(low: float, high: float, wanted: int) -> list[float]:
    """Return about `wanted` multiples of 1, 2 or 5 times a power of ten within a range."""
    span = high - low
    if not span > 0 or not math.isfinite(span):
        return [low]
    power = 10.0 ** math.floor(math.log10(span / wanted))
    step = min((f * power for f in (1, 2, 5, 10)), key=lambda s: abs(span / s - wanted))
    first = math.ceil(low / step - 1e-9)
    values: list[float] = []
    for k in count(first):
        if k * step > high + step * 1e-9 or len(values) > 20:
            return values
        values.append(k * step)
    return values


def compact(value: float, span: float) -> str:
    """Write a value shortly (250k, 1.5M), with the digits that a range needs."""
    reach = max(abs(value), span)
    for unit, suffix in _UNITS:
        if reach >= unit * (10 if suffix == "k" else 1):
            return _plain(value / unit, span / unit) + (suffix if value else "")
    return _plain(value, span)


def _plain(value: float, span: float) -> str:
    digits = 0 if span <= 0 else max(0, min(6, math.ceil(-math.log10(span / 4))))
    text = f"{abs(value):,.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{MINUS}{text}" if value < 0 and text != "0" else text
