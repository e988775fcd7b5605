"""Numbers and causes as people read them."""

import math
import re

from pipeline import errors

_MINUS = "\u2212"
_CLASS = re.compile(r" \((\w+)\)$", re.MULTILINE)


def number(value: float | None, digits: int = 4) -> str:
    """Write a number as the report's sentence does, with so many significant digits.

    The functions are no part of the installed command, so their rule stands here once more:
    trailing zeros are kept, thousands are divided, and an exponent is for extremes only.
    """
    if value is None or not math.isfinite(value):
        return "unknown"
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
    return _MINUS + text if value < 0 else text


def error_name(name: str | None) -> str:
    """Return an error's name if it tells a person something: AWS's own, but no class here."""
    return "" if name is None or _is_class(name) else name


def without_class(text: str) -> str:
    """Return a message without the class that it names behind its sentence, for alarms."""
    return _CLASS.sub(lambda found: "" if _is_class(found[1]) else found[0], text)


def _is_class(name: str) -> bool:
    kind = getattr(errors, name, None)
    return isinstance(kind, type) and issubclass(kind, errors.PipelineError)
