"""The rules of a Choice (Amazon States Language, "Choice State")."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from dropforge.cloud.patches.stepfunctions.definition.paths import is_path
from dropforge.cloud.patches.stepfunctions.definition.problems import (
    Problems,
    is_number,
    schema,
)

_ORDERS = ("Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def is_time(value: Any) -> bool:
    """Whether a value is a time as RFC 3339 writes it, with a capital T and a zone."""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(re.sub(r"\.\d+", "", value))
    except ValueError:
        return False
    return True


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)


_KINDS: dict[str, Callable[[Any], bool]] = {
    **{f"String{order}": _is_text for order in _ORDERS},
    **{f"Numeric{order}": is_number for order in _ORDERS},
    **{f"Timestamp{order}": is_time for order in _ORDERS},
    "BooleanEquals": _is_truth,
}
COMPARISONS: dict[str, Callable[[Any], bool]] = {
    **_KINDS,
    **{f"{name}Path": is_path for name in _KINDS},
    "StringMatches": _is_text,
    **{f"Is{kind}": _is_truth for kind in ("Null", "Present", "Numeric", "String", "Boolean")},
    "IsTimestamp": _is_truth,
}
_JOINED = ("And", "Or")


def of_choices(state: dict[str, Any], place: str, jsonata: bool) -> Problems:
    """Yield what is wrong with the rules of a Choice; their targets are checked elsewhere."""
    rules = state.get("Choices")
    if not isinstance(rules, list) or not rules:
        yield schema("The field 'Choices' must be a list of at least one rule", f"{place}/Choices")
        return
    for number, rule in enumerate(rules):
        own = f"{place}/Choices/{number}"
        if not isinstance(rule, dict):
            yield schema("A rule must be an object", own)
            continue
        if "Next" not in rule:
            yield schema("The field 'Next' is required but was missing", own)
        if jsonata:
            if "Condition" not in rule:
                yield schema("The field 'Condition' is required but was missing", own)
        else:
            plain = {k: v for k, v in rule.items() if k not in ("Next", "Comment", "Assign")}
            yield from _of_rule(plain, own)


def _of_rule(rule: Any, place: str) -> Problems:
    if not isinstance(rule, dict):
        yield schema("A rule must be an object", place)
        return
    named = {key: value for key, value in rule.items() if key != "Comment"}
    joined = [name for name in (*_JOINED, "Not") if name in named]
    if joined:
        if len(named) > 1:
            yield schema(f"A rule with '{joined[0]}' may have no other field", place)
        yield from _of_joined(joined[0], named[joined[0]], f"{place}/{joined[0]}")
        return
    comparisons = [name for name in named if name in COMPARISONS]
    unknown = sorted(set(named) - set(comparisons) - {"Variable"})
    if unknown:
        yield schema(f"The field '{unknown[0]}' is not supported", f"{place}/{unknown[0]}")
    if len(comparisons) != 1:
        yield schema("A rule must have exactly one comparison operator", place)
    if not is_path(named.get("Variable")):
        yield schema("The field 'Variable' must be a valid JSONPath", f"{place}/Variable")
    for name in comparisons:
        if not COMPARISONS[name](named[name]):
            yield schema(f"The value of '{name}' is of a wrong kind", f"{place}/{name}")


def _of_joined(name: str, value: Any, place: str) -> Problems:
    if name == "Not":
        yield from _of_rule(value, place)
    elif not isinstance(value, list) or not value:
        yield schema(f"The field '{name}' must be a list of at least one rule", place)
    else:
        for number, each in enumerate(value):
            yield from _of_rule(each, f"{place}/{number}")
