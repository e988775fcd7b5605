"""Reading documents: whole, within their limits, and as their schemas say.

Each is read with a limit, since a file that is not as it was written may be anything. JSON takes
up to 25 bytes of memory a byte ("[]," is a list of its own), so that its values are counted
before it is parsed: docs/adr/0034 has what was measured.
"""

import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import fastjsonschema
from botocore.exceptions import BotoCoreError, ClientError

from pipeline.documents import kinds
from pipeline.documents.kinds import Kind, T
from pipeline.documents.plan import Request
from pipeline.errors import ArtefactError, PipelineError, SettingsError
from pipeline.settings import Settings, resolve_settings
from pipeline.storage.bucket import Bucket
from pipeline.storage.damage import damaged, present
from pipeline.storage.objects import read_object

SCHEMA_FILE = Path(__file__).with_name("documents.schema.json")
_SHOWN = 200
_WHOLE = "whole"


def read_json(bucket: Bucket, key: str, kind: Kind[T]) -> T:
    """Read a file of JSON and check it.

    Raises
    ------
    ArtefactError
        It is not there, or is not as its writer writes it; the message names it.
    """
    return checked(kind, read_bytes(bucket, key, kind), bucket.uri(key))


def read_bytes(bucket: Bucket, key: str, kind: Kind[Any]) -> bytes:
    """Read a file; raise ArtefactError with its name if it is not there, or over its limit."""
    with present(bucket.uri(key), kind.writer):
        return read_object(bucket.client, bucket.name, key, kind.limit, writer=kind.writer)


def checked(kind: Kind[T], body: bytes, uri: str) -> T:
    """Parse JSON and hold it against the kind's schema."""
    try:
        value = _parsed(body, kind)
    except UnicodeDecodeError as error:
        raise damaged(uri, kind.writer, f"is no text in UTF-8 (byte {error.start:,})") from error
    except RecursionError as error:
        raise damaged(uri, kind.writer, "is no such file: brackets nested too deeply") from error
    except ValueError as error:
        raise damaged(uri, kind.writer, f"is no JSON as it was written ({error})") from error
    return fitting(kind, value, uri)


def fitting(kind: Kind[T], value: Any, uri: str) -> T:
    """Hold a parsed value against the kind's schema, if it has one."""
    try:
        if kind.schema:
            _validator(kind.schema)(value)
    except fastjsonschema.JsonSchemaValueException as error:
        said = error.message.replace("data", "it", 1)[:_SHOWN]
        raise damaged(uri, kind.writer, f"is not as expected: {said}") from error
    found: T = value
    return found


def settings_of(request: Request, uri: str) -> Settings:
    """Return a request's settings, checked as those that a person gives."""
    try:
        return resolve_settings(request["settings"], "its settings")
    except SettingsError as error:
        raise damaged(uri, kinds.REQUEST.writer, f"is not as expected: {error}") from error


@contextmanager
def belonging(*uris: str) -> Iterator[None]:
    """Blame files that are sound one by one, if what is made of them together fails."""
    try:
        yield
    except (PipelineError, BotoCoreError, ClientError, MemoryError):
        raise
    except Exception as error:
        said = f"{type(error).__name__}: {error}"[:_SHOWN]
        raise ArtefactError(
            f"{', '.join(uris)}: {'they do' if len(uris) > 1 else 'it does'} not fit what the "
            f"other steps of the run wrote ({said}); drop the file again, and if that fails as "
            f"well report it as a defect"
        ) from error


def _parsed(body: bytes, kind: Kind[Any]) -> Any:
    values = 1 + sum(body.count(mark) for mark in (b",", b"[", b"{"))
    if values > kind.values:
        raise ValueError(f"{values:,} values or more, at most {kind.values:,} were expected")
    return json.loads(body.decode(), parse_constant=_refused, parse_float=_finite)


def _refused(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _refused(text[:20])


@cache
def _validator(name: str) -> Callable[[Any], Any]:
    schema = _spelled_out(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))
    validate: Callable[[Any], Any] = fastjsonschema.compile(
        {"$ref": f"#/definitions/{name}"} | schema, use_default=False, use_formats=False
    )
    return validate


def _spelled_out(schema: dict[str, Any]) -> dict[str, Any]:
    """Put the schema of a whole number in the place of references to it.

    fastjsonschema calls a function for each reference, and makes a name for it of all variables: of
    arrays of numbers that takes ten times as long as the check itself.
    """
    whole = schema["definitions"][_WHOLE]

    def of(part: Any) -> Any:
        if isinstance(part, list):
            return [of(one) for one in part]
        if not isinstance(part, dict):
            return part
        if part == {"$ref": f"#/definitions/{_WHOLE}"}:
            return whole
        return {name: of(value) for name, value in part.items()}

    found: dict[str, Any] = of(schema)
    return found
