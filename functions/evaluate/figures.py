"""Numbers as people read them."""

import math

MINUS = "\u2212"
DASH = "\u2013"


def figure(value: float | None, digits: int = 4) -> str:
    """Write a number with so many significant digits, trailing zeros kept; a dash for None."""
    if value is None or not math.isfinite(value):
        return DASH
    if value == 0:
        return "0"
    size = math.floor(math.log10(abs(value)))
    if not -4 <= size < 9:
        mantissa, exponent = f"{abs(value):.{digits - 1}e}".split("e")
        text = f"{mantissa}e{int(exponent)}"
    elif size >= digits - 1:
        text = f"{abs(value):,.0f}"
    else:
        text = f"{abs(value):,.{digits - 1 - size}f}"
    return MINUS + text if value < 0 else text


def signed(value: float, digits: int = 3) -> str:
    """Write a difference with its sign."""
    return figure(value, digits) if value <= 0 else f"+{figure(value, digits)}"


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
