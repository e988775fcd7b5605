"""Numbers as people read them: the same in the report, the message and the command."""

import math

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
