"""Retriers and catchers (Amazon States Language, "Errors")."""

from typing import Any

from dropforge.cloud.patches.stepfunctions.definition.paths import is_result_path
from dropforge.cloud.patches.stepfunctions.definition.problems import (
    Problems,
    is_integer,
    is_number,
    is_text_list,
    schema,
)

_ALL = "States.ALL"
_FIELDS = {
    "Retry": {
        *("ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds"),
        *("JitterStrategy", "Comment"),
    },
    "Catch": {"ErrorEquals", "Next", "ResultPath", "Assign", "Output", "Comment"},
}


def of_handlers(state: dict[str, Any], place: str) -> Problems:
    """Yield what is wrong with a state's Retry and Catch; targets are checked elsewhere."""
    for kind, known in _FIELDS.items():
        rules = state.get(kind, [])
        if not isinstance(rules, list):
            yield schema(f"The field '{kind}' must be a list", f"{place}/{kind}")
            continue
        for number, rule in enumerate(rules):
            own = f"{place}/{kind}/{number}"
            if not isinstance(rule, dict):
                yield schema("A rule must be an object", own)
                continue
            for name in sorted(set(rule) - known):
                yield schema(f"The field '{name}' is not supported", f"{own}/{name}")
            yield from _of_errors(rule, own, last=number == len(rules) - 1)
            yield from _of_retrier(rule, own) if kind == "Retry" else _of_catcher(rule, own)


def _of_errors(rule: dict[str, Any], place: str, *, last: bool) -> Problems:
    names = rule.get("ErrorEquals")
    if not is_text_list(names):
        yield schema(
            "The field 'ErrorEquals' must be a list of at least one name", f"{place}/ErrorEquals"
        )
    elif names and _ALL in names and (len(names) > 1 or not last):
        yield schema(f"{_ALL} must appear alone and in the last rule", f"{place}/ErrorEquals")


def _of_retrier(rule: dict[str, Any], place: str) -> Problems:
    for name, lowest in (("IntervalSeconds", 1), ("MaxAttempts", 0), ("MaxDelaySeconds", 1)):
        if name in rule and not is_integer(rule[name], lowest):
            yield schema(f"'{name}' must be a whole number of at least {lowest}", f"{place}/{name}")
    rate = rule.get("BackoffRate", 2)
    if not is_number(rate) or rate < 1:
        yield schema("'BackoffRate' must be a number of at least 1", f"{place}/BackoffRate")
    if rule.get("JitterStrategy", "NONE") not in ("NONE", "FULL"):
        yield schema("'JitterStrategy' must be FULL or NONE", f"{place}/JitterStrategy")


def _of_catcher(rule: dict[str, Any], place: str) -> Problems:
    if "Next" not in rule:
        yield schema("The field 'Next' is required but was missing", place)
    # null drops the error.
    if not (rule.get("ResultPath") is None or is_result_path(rule["ResultPath"])):
        yield schema("The field 'ResultPath' must be a valid path", f"{place}/ResultPath")
