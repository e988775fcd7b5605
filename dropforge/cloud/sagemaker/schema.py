"""Check requests against SageMaker's own service model, which botocore ships.

The wording is the one that AWS's JSON services share; the shapes' limits and
patterns are in botocore/data/sagemaker/2017-07-24/service-2.json.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from botocore.model import ServiceModel, Shape

from dropforge.cloud import service_models
from dropforge.cloud.api_errors import ApiError, invalid

# The service model's patterns are Java's; these are its Unicode classes.
_JAVA_CLASS = re.compile(r"\\p\{(\w+)\}")
_REPEATED_END = re.compile(r"\$\{[\d,]+\}")
_BASIC_PLANE = 0x10000
_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "list": (list,),
    "map": (dict,),
    "structure": (dict,),
    "timestamp": (int, float, str),
}
_JAVA_TYPES = {"integer": "an Integer", "long": "a Long", "boolean": "a Boolean"}


@functools.cache
def model() -> ServiceModel:
    """Return SageMaker's service model; loading it takes a twentieth of a second."""
    return service_models.session().get_service_model("sagemaker")


def check(operation: str, request: dict[str, Any]) -> None:
    """Refuse a request that the service model does not allow.

    Raises
    ------
    ApiError
        SerializationException for a wrong type; ValidationException that names
        every other fault.
    """
    shape = model().operation_model(operation).input_shape
    if shape is None:
        return
    faults = list(_faults(request, shape, ""))
    if faults:
        plural = "s" if len(faults) > 1 else ""
        raise invalid(f"{len(faults)} validation error{plural} detected: {'; '.join(faults)}")


def known_members(operation: str) -> set[str]:
    """Return the names of an operation's parameters."""
    shape = model().operation_model(operation).input_shape
    return set(shape.members) if shape is not None else set()


def _faults(value: Any, shape: Shape, path: str) -> Iterator[str]:
    if not _has_type(value, shape.type_name):
        kind = _JAVA_TYPES.get(shape.type_name, "a String")
        raise ApiError(
            "SerializationException", f"{type(value).__name__} can not be converted to {kind}"
        )
    yield from _limits(value, shape, path)
    if shape.type_name == "structure":
        yield from _members(value, shape, path)
    elif shape.type_name == "list":
        for number, each in enumerate(value, 1):
            yield from _faults(each, shape.member, f"{path}.{number}.member")
    elif shape.type_name == "map":
        for key, each in value.items():
            yield from _faults(each, shape.value, f"{path}.{key}.member")


def _members(value: dict[str, Any], shape: Any, path: str) -> Iterator[str]:
    for name in shape.required_members:
        if value.get(name) is None:
            where = _join(path, name)
            yield f"Value null at '{where}' failed to satisfy constraint: Member must not be null"
    for name, member in shape.members.items():
        if value.get(name) is not None:
            yield from _faults(value[name], member, _join(path, name))


def _limits(value: Any, shape: Shape, path: str) -> Iterator[str]:
    data = shape.metadata
    failed = f"Value '{_shown(value)}' at '{path}' failed to satisfy constraint: Member must"
    options = getattr(shape, "enum", None)
    if options and value not in options:
        yield f"{failed} satisfy enum value set: [{', '.join(options)}]"
    if shape.type_name in ("string", "list", "map"):
        if len(value) > data.get("max", len(value)):
            yield f"{failed} have length less than or equal to {data['max']}"
        if len(value) < data.get("min", 0):
            yield f"{failed} have length greater than or equal to {data['min']}"
        pattern = data.get("pattern")
        if pattern and not _compiled(pattern).fullmatch(value):
            yield f"{failed} satisfy regular expression pattern: {pattern}"
    elif shape.type_name in ("integer", "long", "float", "double"):
        if value > data.get("max", value):
            yield f"{failed} have value less than or equal to {data['max']}"
        if value < data.get("min", value):
            yield f"{failed} have value greater than or equal to {data['min']}"


def _has_type(value: Any, kind: str) -> bool:
    if isinstance(value, bool) and kind != "boolean":
        return False
    return isinstance(value, _PYTHON_TYPES.get(kind, (object,)))


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # Java repeats an end of line without complaint; Python does not.
    pattern = _REPEATED_END.sub("$", pattern)
    return re.compile(_JAVA_CLASS.sub(lambda found: _characters_of(found[1]), pattern))


@functools.cache
def _characters_of(name: str) -> str:
    r"""Return the inside of a character class for a class of Java's, as \p{L} or \p{Alnum}."""
    if name == "Alnum":
        return "a-zA-Z0-9"
    ranges: list[list[int]] = []
    for code in range(_BASIC_PLANE):
        if unicodedata.category(chr(code))[0] != name:
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    text = "".join(f"\\u{first:04x}-\\u{last:04x}" for first, last in ranges)
    # Beyond the basic plane nearly all are letters, or symbols as emoji are.
    return text + "\U00010000-\U0010ffff" if name in "LS" else text


def _join(path: str, name: str) -> str:
    lower = name[0].lower() + name[1:]
    return f"{path}.{lower}" if path else lower


def _shown(value: Any) -> str:
    return str(value)
