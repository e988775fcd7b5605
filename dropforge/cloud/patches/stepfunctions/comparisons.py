"""What a rule of a Choice says of a value (Amazon States Language, "Choice State").

ministack takes null for absent, true for a number and for 1, and knows half of the comparisons
with another path.
"""

import operator
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from dropforge.cloud.patches.stepfunctions.definition.choices import COMPARISONS, is_time
from dropforge.cloud.patches.stepfunctions.definition.problems import is_number

_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "LessThanEquals": operator.le,
    "GreaterThanEquals": operator.ge,
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "GreaterThan": operator.gt,
}
_KINDS: dict[str, Callable[[Any], bool]] = {
    "String": lambda value: isinstance(value, str),
    "Numeric": is_number,
    "Boolean": lambda value: isinstance(value, bool),
    "Timestamp": is_time,
    "Null": lambda value: value is None,
}


def holds(rule: dict[str, Any], value: Any, present: bool, read: Callable[[str], Any]) -> bool:
    """Tell whether a rule without And, Or and Not holds.

    Parameters
    ----------
    present : whether the variable's path finds something, be it null.
    read : returns what another path finds.
    """
    [name] = [each for each in rule if each in COMPARISONS]
    wanted = rule[name]
    if name == "IsPresent":
        return bool(present == wanted)
    if name == "StringMatches":
        return isinstance(value, str) and bool(_pattern(wanted).fullmatch(value))
    if name.startswith("Is"):
        return bool(_KINDS[name.removeprefix("Is")](value) == wanted)
    if name.endswith("Path"):
        name, wanted = name.removesuffix("Path"), read(wanted)
    kind = next(each for each in _KINDS if name.startswith(each))
    if not (_KINDS[kind](value) and _KINDS[kind](wanted)):
        return False
    if kind == "Timestamp":
        value, wanted = _time(value), _time(wanted)
    return bool(_ORDERS[name.removeprefix(kind)](value, wanted))


def _pattern(text: str) -> re.Pattern[str]:
    r"""Compile a pattern in which `*` is any text, and `\*` a star."""
    parts = re.split(r"(\\.|\*)", text, flags=re.DOTALL)
    regex = "".join(
        ".*" if part == "*" else re.escape(part[1:] if part.startswith("\\") else part)
        for part in parts
    )
    return re.compile(regex, re.DOTALL)


def _time(text: str) -> datetime:
    """Read a time to the microsecond."""
    return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
