"""The settings of a dataset: pipeline.json, checked by its schema, defaults filled in."""

import json
import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import fastjsonschema

from pipeline.errors import SettingsError

SCHEMA_FILE = Path(__file__).with_name("settings.schema.json")

Settings = dict[str, Any]


@cache
def _validator() -> Callable[[Any], Any]:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    validate: Callable[[Any], Any] = fastjsonschema.compile(schema, use_formats=False)
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
        raw = json.loads(text)
    except ValueError as error:
        raise SettingsError(f"{source} is no JSON ({error}); correct or delete it") from error
    return resolve_settings(raw, source)


def resolve_settings(raw: object, source: str = SCHEMA_FILE.name) -> Settings:
    """Check settings against the schema and return them with defaults filled in.

    Raises
    ------
    SettingsError
        A value breaks the schema, or the split's fractions do not sum to 1.
    """
    try:
        # The validator fills defaults into what it is given: hand it a copy.
        settings: Settings = _validator()(json.loads(json.dumps(raw)))
    except fastjsonschema.JsonSchemaValueException as error:
        path = ".".join(str(part) for part in error.path[1:]) or "the whole"
        reason = str(error.message).removeprefix(str(error.name)).strip()
        raise SettingsError(
            f"{source}: {path} {reason}, but is {_short(error.value)}; correct it there"
        ) from error
    split = settings["split"]
    total = split["train"] + split["validation"] + split["test"]
    if not math.isclose(total, 1, abs_tol=1e-6):
        raise SettingsError(
            f"{source}: split.train, split.validation and split.test sum to {total:g}; "
            f"they must sum to 1"
        )
    return settings


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
