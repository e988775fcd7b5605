"""Durations and times of day as text, for people; without polars, which few functions have."""

CLOCK_STYLES = frozenset(("duration", "span", "clock"))
"""Styles of numbers that are no digits alone; `durations.CLOCKED` reads them."""


def as_clock(value: float, style: str) -> str:
    """Write a number of a style as people read it: 1:02:03 of seconds, 14:35 of minutes."""
    sign, whole = "-" if value < 0 else "", round(abs(value))
    hours, rest = divmod(whole, 60 if style == "clock" else 3600)
    if style == "clock":
        return f"{sign}{hours:02d}:{rest:02d}"
    return f"{sign}{hours}:{rest // 60:02d}:{rest % 60:02d}"
