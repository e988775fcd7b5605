"""Numbers and names as people read them: the same in the report, the message and the command."""

import math
from collections.abc import Sequence

MINUS = "\u2212"
DASH = "\u2013"


def figure(value: float | None, digits: int = 4, missing: str = DASH) -> str:
    """Write a number with so many significant digits.

    Trailing zeros are kept, thousands are divided, and an exponent is for extremes only.

    Parameters
    ----------
    missing : what stands for None and for what is not finite.
    """
    if value is None or not math.isfinite(value):
        return missing
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


def probability(value: float, digits: int = 3) -> str:
    """Write a probability with so many significant digits of the nearer of it and its complement.

    What is neither 0 nor 1 is never written as either: 0.9998 of 0.99980004.
    """
    if value <= 0.5 or value >= 1:
        return f"{value:.{digits}g}"
    places = digits - 1 - math.floor(math.log10(1 - value))
    return f"{value:.{places}f}".rstrip("0")


def plain_figure(value: float | None) -> str:
    """Write a figure in ASCII, as a subject must be.

    A metric may not exist, as AUC of a single class.
    """
    return figure(value, missing="undefined").replace(MINUS, "-")


def printable(text: str) -> str:
    r"""Show line breaks, control characters and the like as Python writes them: ``\n``."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def shorten(text: str, limit: int = 60) -> str:
    """Cut a text for a message and make control characters in it visible."""
    text = printable(text[: limit + 1])
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def quoted(name: str, limit: int = 60) -> str:
    """Quote a column's name or a value for a message."""
    return f"'{shorten(name, limit)}'"


def listed(names: Sequence[str], limit: int = 8) -> str:
    """List names for a message; say how many more there are."""
    shown = ", ".join(quoted(name) for name in names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"


def counted(number: int, noun: str) -> str:
    """Say how many there are: 1 row, 2,000 rows."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
