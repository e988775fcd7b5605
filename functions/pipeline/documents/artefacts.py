"""The files that one step writes and another reads: who writes them, and what they must be.

Each is read with a limit, since a file that is not as it was written may be anything. JSON takes
up to 25 bytes of memory a byte ("[]," is a list of its own), so that its values are counted
before it is parsed: docs/adr/0034 has what was measured.
"""

import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import fastjsonschema
from botocore.exceptions import BotoCoreError, ClientError

from pipeline.aws_errors import ABSENT, DENIED, code_of
from pipeline.errors import ArtefactError, PipelineError, SettingsError
from pipeline.settings import Settings, resolve_settings
from pipeline.storage.objects import read_object

SCHEMA_FILE = Path(__file__).with_name("artefacts.schema.json")
MIB = 1 << 20
MOST_VALUES = 3_000_000
"""Of one JSON file; as empty lists, 200 MB."""
_SHOWN = 200
_AGAIN = "drop the file again"


@dataclass(frozen=True)
class Artefact:
    """A kind of file: the state that writes it, most bytes, and its name in the schema."""

    writer: str
    limit: int
    schema: str = ""
    values: int = MOST_VALUES


REQUEST = Artefact("Plan data", 2 * MIB, "request")
"""Settings are at most 1 MiB (pipeline.settings), all else is names."""
PLAN = Artefact("Plan data", 32 * MIB, "plan")
"""Names of columns, from a header of at most 16 MiB."""
MANIFEST = Artefact("Plan data", 32 * MIB, "manifest")
"""45 bytes a chunk: 32 MiB are 40 TB in chunks of 64 MiB; S3's objects end at 50 TB."""
ENCODER = Artefact("Fit encoder", 48 * MIB, "encoder")
"""Up to 64 KiB of categories a column; 2,400 columns with 1,000 of ten letters each."""
FIT = Artefact("Fit encoder", 4 * MIB, "fit")
"""Rows of at most 500 classes, and at most 1,000 groups of 64 KiB in all."""
PROFILE = Artefact("Fit encoder", 48 * MIB, "profile")
"""Ten values of at most 100 letters for each of at most 16,384 columns."""
ROWS = Artefact("Encode chunks", 64 * 1024, "rows")
"""Five counts."""
NOTE = Artefact("Encode chunks", 4 * MIB, "note")
"""Some 100 bytes a part; a chunk has at most 10,000."""
TRUTH = Artefact("Encode chunks", 192 * MIB)
"""Row numbers, labels and id columns of a chunk's test rows; a chunk has at most 128 MiB."""
TEST = Artefact("Encode chunks", 4096 * MIB)
"""Features of a chunk's test rows, read in blocks: up to 25 bytes a feature."""
LINE_LIMIT = 16 * MIB
"""Of a line of features: 16,384 columns as thirteen numbers of 25 bytes have 5 MiB."""
SEEN = Artefact("Encode chunks", 16 * MIB)
"""Eight bytes a digest; of a file about a million are kept, of a chunk no more."""
MODEL = Artefact("Train model (XGBoost)", 0)
"""Read as a stream, with limits of its own (evaluate.model.trees)."""
RANGE = Artefact("Plan data", 64 * 1024, "range")
"""An item of manifest.json, as the Map hands it on."""
CHUNK = Artefact("Fit encoder", 64 * 1024, "chunk")
"""An item of chunks.json, as the Map hands it on."""
_PROFILE_MOST = 256 * MIB


def chunk_profile(columns: int) -> Artefact:
    """Return the kind of a chunk's profile, whose size goes with the number of columns.

    A column has at most 1,000 values of 64 KiB in all, in each of three pieces, and the one that
    divides the rows has them twice; the timelines of ten styles are 4,096 counts each.
    """
    limit = min(4 * MIB + columns * MIB, _PROFILE_MOST)
    return Artefact("Profile chunks", limit, "chunk_profile", 1_000_000 + 7_000 * columns)


def read_json(client: Any, bucket: str, key: str, kind: Artefact) -> Any:
    """Read a file of JSON and check it.

    Raises
    ------
    ArtefactError
        It is not there, or is not as its writer writes it; the message names it.
    """
    return checked(kind, read_bytes(client, bucket, key, kind), f"s3://{bucket}/{key}")


def read_bytes(client: Any, bucket: str, key: str, kind: Artefact) -> bytes:
    """Read a file; raise ArtefactError with its name if it is not there, or over its limit."""
    with present(f"s3://{bucket}/{key}", kind.writer):
        return read_object(client, bucket, key, kind.limit, writer=kind.writer)


def predictions(rows: int, width: int) -> Artefact:
    """Return the kind of a part's predictions: a number has at most 24 letters and two marks."""
    return Artefact("Batch transform", 64 * 1024 + rows * (8 + 64 * width))


def tested(rows: int) -> Artefact:
    """Return the kind of the digests of a part's test rows."""
    return Artefact("Encode chunks", 8 * rows)


@contextmanager
def present(uri: str, writer: str) -> Iterator[None]:
    """Name the file that S3 says is not there, or must not be read."""
    try:
        yield
    except ClientError as error:
        code = code_of(error)
        if code in ABSENT:
            raise damaged(uri, writer, f"is not there any more ({code})") from error
        if code in ("InvalidRange", "416"):
            raise damaged(uri, writer, "has become shorter since") from error
        if code in DENIED:
            raise damaged(
                uri,
                writer,
                f"is not there any more, or this step's role may not read it ({code})",
                f"{_AGAIN}; if that ends alike, deploy the stack again, which restores its roles",
            ) from error
        raise


def damaged(uri: str, writer: str, what: str, remedy: str = _AGAIN) -> ArtefactError:
    """Return the error of a file that is not as it was written."""
    return ArtefactError(f"{uri}, which {writer} wrote, {what}: {remedy}")


def checked(kind: Artefact, body: bytes, uri: str) -> Any:
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


def fitting(kind: Artefact, value: Any, uri: str) -> Any:
    """Hold a parsed value against the kind's schema."""
    try:
        _validator(kind.schema)(value)
    except fastjsonschema.JsonSchemaValueException as error:
        said = error.message.replace("data", "it", 1)[:_SHOWN]
        raise damaged(uri, kind.writer, f"is not as expected: {said}") from error
    return value


def settings_of(request: dict[str, Any], uri: str) -> Settings:
    """Return a request's settings, checked as those that a person gives."""
    try:
        return resolve_settings(request["settings"], "its settings")
    except SettingsError as error:
        raise damaged(uri, REQUEST.writer, f"is not as expected: {error}") from error


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


def _parsed(body: bytes, kind: Artefact) -> Any:
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
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    validate: Callable[[Any], Any] = fastjsonschema.compile(
        {"$ref": f"#/definitions/{name}"} | schema, use_default=False, use_formats=False
    )
    return validate
