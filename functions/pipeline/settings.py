"""The settings of a dataset: pipeline.json, checked by its schema, defaults filled in."""

import difflib
import json
import math
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Literal, NotRequired, TypedDict

import fastjsonschema

from pipeline.drop_keys import SETTINGS_FILE
from pipeline.errors import SettingsError
from pipeline.tuning.settings import TuningSettings, check_tuning
from pipeline.vocabulary import METRICS, DecimalSign, Promotion, Task

SCHEMA_FILE = Path(__file__).with_name("settings.schema.json")
SETTINGS_LIMIT = 1 << 20
"""Bytes of a pipeline.json; an execution's input, where its settings go, has at most 256 KiB."""


class SplitSettings(TypedDict):
    """Shares of rows, summing to 1, and what divides them if it is not their position."""

    train: float
    validation: float
    test: float
    seed: int
    by: NotRequired[Literal["position", "content"]]
    time_column: NotRequired[str]
    group_column: NotRequired[str]


class Costs(TypedDict):
    """What an error of a binary model costs, in any unit."""

    false_alarm: float
    """A negative row that counts as positive."""
    miss: float
    """A positive row that counts as negative."""


class Settings(TypedDict):
    """A pipeline.json with its defaults filled in; settings.schema.json tells of each."""

    task: str
    distinct_labels: bool
    missing_values: list[str | float] | dict[str, list[str | float]]
    id_columns: list[str]
    drop_columns: list[str]
    keep_columns: list[str]
    split: SplitSettings
    promotion: Promotion
    scoring: Literal["auto", "batch", "function"]
    test_predictions: Literal["auto", "batch"]
    hyperparameters: dict[str, Any]
    instance_count: int
    use_spot: bool
    max_runtime_seconds: int
    target: NotRequired[str]
    positive_label: NotRequired[str | float | bool]
    decimal: NotRequired[DecimalSign]
    metric: NotRequired[str]
    costs: NotRequired[Costs]
    minimum: NotRequired[float]
    instance_type: NotRequired[str]
    keep_alive_seconds: NotRequired[int]
    max_cost_usd: NotRequired[float]
    reasons: NotRequired[int]
    refit: NotRequired[bool]
    tuning: NotRequired[TuningSettings]
    """Not there if nothing is searched for."""


_TYPES = {
    "array": "a list in brackets",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "an object in braces",
    "string": "a text in quotes",
}


@cache
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return schema


@cache
def _validator() -> Callable[[Any], Any]:
    validate: Callable[[Any], Any] = fastjsonschema.compile(_schema(), use_formats=False)
    return validate


def parse_settings(text: str | bytes, source: str) -> Settings:
    """Read settings from the text of a pipeline.json.

    Parameters
    ----------
    source : where the text comes from, for messages.

    Raises
    ------
    SettingsError
        The text is no JSON, or breaks the schema; the message gives the path
        of the bad value.
    """
    try:
        raw = _read(text)
    except (ValueError, RecursionError) as error:
        raise _no_json(source, error) from error
    return resolve_settings(raw, source)


def oversized(source: str) -> SettingsError:
    """Return the error of a pipeline.json over its limit."""
    return SettingsError(
        f"{source} has more than {SETTINGS_LIMIT:,} bytes, the limit of settings; put the data "
        f"into a CSV file, and delete or correct this one"
    )


def resolve_settings(raw: object, source: str = "settings") -> Settings:
    """Check settings against the schema and return them with defaults filled in.

    Raises
    ------
    SettingsError
        A value breaks the schema, the split's fractions do not sum to 1, costs are wanted and
        not told, or what is to be searched for contradicts itself.
    """
    try:
        # The validator fills defaults into what it is given: hand it a copy. Encoding it finds
        # half a surrogate pair, which JSON may spell out but no file can hold.
        copy = _read(json.dumps(raw, ensure_ascii=False).encode())
    except (ValueError, RecursionError) as error:
        raise _no_json(source, error) from error
    if isinstance(copy, dict) and isinstance(copy.get("hyperparameters"), dict):
        copy["hyperparameters"] = _unquoted(copy["hyperparameters"])
    if isinstance(copy, dict) and isinstance(copy.get("tuning"), bool):
        # true is all the defaults; what is not asked for is not there.
        copy |= {"tuning": {}} if copy.pop("tuning") else {}
    try:
        settings: Settings = _validator()(copy)
    except fastjsonschema.JsonSchemaValueException as error:
        raise SettingsError(f"{source}: {_said(error)}") from error
    split = settings["split"]
    total = split["train"] + split["validation"] + split["test"]
    if not math.isclose(total, 1, abs_tol=1e-6):
        raise SettingsError(
            f"{source}: split.train, split.validation and split.test sum to {total:g}; "
            f"they must sum to 1"
        )
    if "tuning" in settings:
        check_tuning(settings["tuning"], source)
    if settings.get("metric") == "cost" and "costs" not in settings:
        raise SettingsError(
            f"{source}: metric is cost, but costs are not set; set costs.false_alarm and "
            f"costs.miss, what the two errors cost"
        )
    return settings


def metric_of(settings: Settings, task: Task) -> str:
    """Return the name of the metric that models are judged by: as set, or the task's default."""
    usual = "cost" if task == "binary" and "costs" in settings else METRICS[task][0]
    return settings.get("metric", usual)


def _read(text: str | bytes) -> Any:
    """Read JSON whose numbers are finite; 50.0 becomes 50, as the services want whole numbers."""
    return json.loads(text, parse_constant=_number, parse_float=_number, parse_int=_number)


def _unquoted(hyperparameters: dict[str, Any]) -> dict[str, Any]:
    """Take "5" for 5: SageMaker's own examples have all hyperparameters as texts."""
    kinds = _schema()["properties"]["hyperparameters"]["properties"]
    values = dict(hyperparameters)
    for name, value in values.items():
        if isinstance(value, str) and kinds.get(name, {}).get("type") in ("integer", "number"):
            with suppress(ValueError):
                values[name] = _number(value)
    return values


def _number(text: str) -> int | float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{_cut(text)} is no number that can be counted with")
    try:
        return int(text)
    except ValueError:
        return int(value) if value.is_integer() else value


def _no_json(source: str, error: Exception) -> SettingsError:
    if isinstance(error, UnicodeDecodeError):
        return SettingsError(f"{source} is no text file; it must be JSON in UTF-8")
    reason = "brackets nested too deeply" if isinstance(error, RecursionError) else error
    return SettingsError(f"{source} is no JSON ({reason}); correct or delete it")


def _said(error: fastjsonschema.JsonSchemaValueException) -> str:
    """Say what breaks the schema in terms of pipeline.json, not of JSON Schema."""
    path = ".".join(str(part) for part in error.path[1:])
    if error.rule == "additionalProperties" and isinstance(error.value, dict):
        allowed = error.definition["properties"]
        known = [name for name in allowed if not name.startswith("$")]
        wrong = sorted(set(error.value) - set(allowed))
        return "; ".join(_unknown(name, path, known) for name in wrong)
    if error.rule == "not":
        both = " and ".join(f"{path}.{name}" for name in error.definition["not"]["required"])
        return f"{both} exclude each other; keep one of them"
    if error.rule == "type":
        kinds = error.definition["type"]
        kinds = [kinds] if isinstance(kinds, str) else kinds
        reason = f"must be {' or '.join(_TYPES[kind] for kind in kinds)}"
    elif error.rule == "enum":
        reason = f"must be one of {', '.join(_short(one) for one in error.definition['enum'])}"
    else:
        reason = str(error.message).removeprefix(str(error.name)).strip()
    return f"{path or SETTINGS_FILE} {reason}, but is {_short(error.value)}; correct it there"


def _unknown(name: str, path: str, known: list[str]) -> str:
    if path == "tuning.ranges" and name in _schema()["properties"]["hyperparameters"]["properties"]:
        return (
            f"{path}.{name} cannot be: SageMaker does not search for {name} of XGBoost. It can for "
            f"{', '.join(known)}; set {name} in hyperparameters, or delete it"
        )
    near = difflib.get_close_matches(name.lower(), known, 1, cutoff=0.7)
    # idcolumns for id_columns, maxCostUsd for max_cost_usd.
    bare = {other.replace("_", ""): other for other in known}
    other = bare.get("".join(c for c in name.lower() if c.isalnum())) or (near[0] if near else "")
    where = f" in {path}" if path else ""
    if other:
        return f"unknown setting {_cut(name)!r}{where}; did you mean '{other}'?"
    return f"unknown setting {_cut(name)!r}{where}; known are {', '.join(known)}: delete it"


def _short(value: object) -> str:
    return _cut(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
