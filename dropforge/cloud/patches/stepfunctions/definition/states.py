"""The fields of a state (Amazon States Language, "States"; Step Functions developer guide)."""

import re
from typing import Any

from dropforge.cloud.patches.stepfunctions.definition import paths
from dropforge.cloud.patches.stepfunctions.definition.choices import is_time, of_choices
from dropforge.cloud.patches.stepfunctions.definition.handlers import of_handlers
from dropforge.cloud.patches.stepfunctions.definition.problems import (
    Problems,
    is_integer,
    is_number,
    schema,
)

_ALWAYS = ("Type", "Comment", "QueryLanguage")
_FLOW = ("Next", "End")
_HANDLED = ("Retry", "Catch")
_SELECT = ("InputPath", "OutputPath")
_RESULT = ("ResultPath", "ResultSelector", "Parameters")
_SUB = ("ItemProcessor", "Iterator", "ItemReader", "ItemSelector", "ItemBatcher", "ResultWriter")
_LIMITS = ("MaxConcurrency", "ToleratedFailureCount", "ToleratedFailurePercentage")
_TIMES = ("TimeoutSeconds", "HeartbeatSeconds")
_PLAIN: dict[str, tuple[str, ...]] = {
    "Task": (*_FLOW, *_HANDLED, "Resource", "Credentials", *_TIMES, "Assign"),
    "Parallel": (*_FLOW, *_HANDLED, "Branches", "Assign"),
    "Map": (*_FLOW, *_HANDLED, *_SUB, *_LIMITS, "Label", "Assign"),
    "Pass": (*_FLOW, "Assign"),
    "Wait": (*_FLOW, "Seconds", "Timestamp", "Assign"),
    "Choice": ("Choices", "Default", "Assign"),
    "Succeed": (),
    "Fail": ("Error", "Cause"),
}
_JSONPATH: dict[str, tuple[str, ...]] = {
    "Task": (*_SELECT, *_RESULT, *(f"{name}Path" for name in _TIMES)),
    "Parallel": (*_SELECT, *_RESULT),
    "Map": (*_SELECT, *_RESULT, "ItemsPath", *(f"{name}Path" for name in _LIMITS)),
    "Pass": (*_SELECT, "Result", "ResultPath", "Parameters"),
    "Wait": (*_SELECT, "SecondsPath", "TimestampPath"),
    "Choice": _SELECT,
    "Succeed": _SELECT,
    "Fail": ("ErrorPath", "CausePath"),
}
_JSONATA: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("Task", "Parallel"), ("Arguments", "Output")),
    "Map": ("Items", "Output"),
    **dict.fromkeys(("Pass", "Wait", "Choice", "Succeed"), ("Output",)),
    "Fail": (),
}
_REQUIRED = {"Task": ("Resource",), "Parallel": ("Branches",), "Choice": ("Choices",)}
_NOT_TOGETHER = (
    *(("Error", "ErrorPath"), ("Cause", "CausePath"), ("ItemProcessor", "Iterator")),
    *((name, f"{name}Path") for name in (*_TIMES, *_LIMITS)),
)
_BATCH = ("MaxItemsPerBatch", "MaxInputBytesPerBatch")
_PERCENT = "ToleratedFailurePercentage"
_WAITS = ("Seconds", "SecondsPath", "Timestamp", "TimestampPath")
_RESOURCE = re.compile(
    r"arn:[\w-]+:(?:lambda:[\w-]*:\w*:function:[\w-]+(?::(?:\$LATEST|[\w-]+))?"
    r"|(?!lambda:)[\w-]+:[\w-]*:\w*:.+)",
    re.DOTALL,
)
_LOWEST = {"TimeoutSeconds": 1, "HeartbeatSeconds": 1, "Seconds": 0}
_REFERENCES = (
    *("ResultPath", "SecondsPath", "TimestampPath", "TimeoutSecondsPath", "HeartbeatSecondsPath"),
    *("ItemsPath", *(f"{name}Path" for name in _LIMITS)),
)


def of_state(state: Any, place: str, language: str) -> Problems:
    """Yield what is wrong with a state, but for its targets and the machines within it."""
    if not isinstance(state, dict):
        yield schema("A state must be an object", place)
        return
    kind = state.get("Type")
    if kind not in _PLAIN:
        yield schema(
            f"The field 'Type' must be one of {', '.join(sorted(_PLAIN))}", f"{place}/Type"
        )
        return
    jsonata = state.get("QueryLanguage", language) == "JSONata"
    own = _JSONATA if jsonata else _JSONPATH
    for name in sorted(set(state) - {*_ALWAYS, *_PLAIN[kind], *own[kind]}):
        yield schema(f"The field '{name}' is not supported by a {kind} state", f"{place}/{name}")
    for name in _REQUIRED.get(kind, ()):
        if name not in state:
            yield schema(f"The field '{name}' is required but was missing", place)
    for first, second in _NOT_TOGETHER:
        if first in state and second in state:
            yield schema(f"Only one of '{first}' and '{second}' may be given", place)
    yield from _of_flow(state, kind, place)
    yield from _of_values(state, kind, place, jsonata)
    if kind == "Choice":
        yield from of_choices(state, place, jsonata)
    yield from of_handlers(state, place)


def _of_flow(state: dict[str, Any], kind: str, place: str) -> Problems:
    if "Next" not in _PLAIN[kind]:
        return
    if ("Next" in state) == ("End" in state):
        words = "Both" if "Next" in state else "Neither"
        verb = "are" if "Next" in state else "is"
        yield schema(f"{words} 'Next' and 'End' {verb} provided", place)
    if "End" in state and state["End"] is not True:
        yield schema("The field 'End' must be true", f"{place}/End")


def _of_values(state: dict[str, Any], kind: str, place: str, jsonata: bool) -> Problems:
    for name, lowest in _LOWEST.items():
        value = state.get(name)
        if name in state and not (is_integer(value, lowest) or (jsonata and _is_expression(value))):
            yield schema(f"'{name}' must be a whole number of at least {lowest}", f"{place}/{name}")
    for name in _LIMITS:
        value = state.get(name)
        if name in state and not (
            (is_number(value) and value >= 0) or (jsonata and _is_expression(value))
        ):
            yield schema(f"'{name}' must be a number of at least 0", f"{place}/{name}")
    if is_number(state.get(_PERCENT)) and state[_PERCENT] > 100:
        yield schema(f"'{_PERCENT}' must be at most 100", f"{place}/{_PERCENT}")
    if kind == "Task" and not _RESOURCE.fullmatch(str(state.get("Resource", "arn:a:b:c:d:e"))):
        yield schema(
            f"The resource provided {state['Resource']} is not recognized. The value is not a "
            "valid resource ARN",
            f"{place}/Resource",
        )
    if kind == "Wait":
        given = [name for name in _WAITS if name in state]
        if len(given) != 1:
            yield schema(f"Exactly one of {', '.join(_WAITS)} must be given", place)
        stamp = state.get("Timestamp", "2000-01-01T00:00:00Z")
        if not (is_time(stamp) or (jsonata and _is_expression(stamp))):
            yield schema("'Timestamp' must be a time as in RFC 3339", f"{place}/Timestamp")
    if not jsonata:
        yield from _of_paths(state, place)


def _of_paths(state: dict[str, Any], place: str) -> Problems:
    for name in (*_SELECT, *_REFERENCES):
        value = state.get(name)
        good = paths.is_reference(value) if name in _REFERENCES else paths.is_path(value)
        good = good and (name != "ResultPath" or paths.is_result_path(value))
        nothing = value is None and name in (*_SELECT, "ResultPath")
        if name in state and not good and not nothing:
            yield schema(f"The field '{name}' must be a valid path", f"{place}/{name}")
    for name in ("ErrorPath", "CausePath"):
        value = state.get(name, "$")
        if not (paths.is_path(value) or (isinstance(value, str) and paths.is_call(value))):
            yield schema(f"The field '{name}' must be a valid path or call", f"{place}/{name}")
    for name in ("Parameters", "ItemSelector"):
        yield from paths.of_template(state.get(name), f"{place}/{name}")
    for name in ("ResultSelector", "Assign", "Credentials", "ItemReader", "ItemBatcher"):
        if not isinstance(state.get(name, {}), dict):
            yield schema(f"The field '{name}' must be an object", f"{place}/{name}")
        yield from paths.of_template(state.get(name), f"{place}/{name}")
    for where, field in (("ReaderConfig", "MaxItems"), *(("ItemBatcher", each) for each in _BATCH)):
        reader = state.get("ItemReader")
        given = state if where == "ItemBatcher" else reader if isinstance(reader, dict) else {}
        named = given.get(where)
        if isinstance(named, dict) and field in named and f"{field}Path" in named:
            yield schema(f"Only one of '{field}' and '{field}Path' may be given", place)


def _is_expression(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("{%") and value.endswith("%}")
