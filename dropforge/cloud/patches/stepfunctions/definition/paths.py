"""Paths and intrinsic functions in a definition (Amazon States Language, "Paths", "Intrinsics")."""

import re
from typing import Any

from dropforge.cloud.patches.stepfunctions.definition.problems import Problems, schema

# A variable has a name behind the dollar; the context object has a second dollar.
_PATH = re.compile(r"\$(?:\$|[A-Za-z_]\w*)?(?:[.\[].*)?", re.DOTALL)
_NO_REFERENCE = re.compile(r"\.\.|[@*?,:]")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_FUNCTIONS = {
    *("Array", "ArrayContains", "ArrayGetItem", "ArrayLength", "ArrayPartition", "ArrayRange"),
    *("ArrayUnique", "Base64Decode", "Base64Encode", "Format", "Hash", "JsonMerge"),
    *("JsonToString", "MathAdd", "MathRandom", "StringSplit", "StringToJson", "UUID"),
}
_CALL = re.compile(r"\s*States\.(\w+)\s*\(")
_LITERAL = re.compile(r"\s*(?:-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null)\s*")


def is_path(value: Any) -> bool:
    """Whether a value is a JSONPath."""
    if not isinstance(value, str) or not _PATH.fullmatch(value) or value.endswith("."):
        return False
    plain = _QUOTED.sub("", value)
    return plain.count("[") == plain.count("]") and plain.count("(") == plain.count(")")


def is_reference(value: Any) -> bool:
    """Whether a value is a path to one place, which can be written to."""
    return is_path(value) and not _NO_REFERENCE.search(_QUOTED.sub("", value))


def is_result_path(value: Any) -> bool:
    """Whether a value is a place in a state's data, not a variable or the context object."""
    return is_reference(value) and (value == "$" or value[1] in ".[")


def is_call(value: str) -> bool:
    """Whether a text is one call of an intrinsic function."""
    return _after_call(value, 0) == len(value)


def of_template(template: Any, place: str) -> Problems:
    """Yield what is wrong with a payload template: fields that end in `.$` select."""
    if isinstance(template, list):
        for number, each in enumerate(template):
            yield from of_template(each, f"{place}/{number}")
    if not isinstance(template, dict):
        return
    for name, value in template.items():
        if f"{name}.$" in template:
            yield schema(f"The fields '{name}' and '{name}.$' are in conflict", f"{place}/{name}")
        if not name.endswith(".$"):
            yield from of_template(value, f"{place}/{name}")
        elif not (is_path(value) or (isinstance(value, str) and is_call(value))):
            yield schema(
                f"The value for the field '{name}' must be a valid JSONPath or a valid intrinsic "
                "function call",
                f"{place}/{name}",
            )


def _after_call(text: str, start: int) -> int:
    """Return where a call ends, -1 if there is none."""
    call = _CALL.match(text, start)
    if call is None or call[1] not in _FUNCTIONS:
        return -1
    end = call.end()
    empty = re.compile(r"\s*\)\s*").match(text, end)
    if empty:
        return empty.end()
    while True:
        end = _after_argument(text, end)
        if end < 0 or end >= len(text):
            return -1
        if text[end] == ")":
            rest = re.compile(r"\s*").match(text, end + 1)
            return rest.end() if rest else end + 1
        if text[end] != ",":
            return -1
        end += 1


def _after_argument(text: str, start: int) -> int:
    """Return where an argument ends, before a comma or the closing parenthesis."""
    if _CALL.match(text, start):
        return _after_call(text, start)
    quoted = re.compile(r"\s*'(?:[^'\\]|\\.)*'\s*", re.DOTALL).match(text, start)
    found = quoted or _LITERAL.match(text, start)
    if found:
        return found.end()
    # A path: to a comma or parenthesis that is in no bracket.
    depth, end = 0, start
    while end < len(text) and (depth or text[end] not in ",)"):
        depth += {"[": 1, "]": -1, "(": 1, ")": -1}.get(text[end], 0)
        end += 1
    return end if is_path(text[start:end].strip()) else -1
