"""Reads and changes the settings of a dataset: its pipeline.json in the bucket."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from dropforge.client.stack import Stack
from dropforge.errors import DropFileError, SettingUnknownError
from pipeline import drop_keys
from pipeline.aws_errors import ABSENT, code_of
from pipeline.errors import DropNameError, SettingsError
from pipeline.settings import Settings as Resolved
from pipeline.settings import resolve_settings
from pipeline.storage.conditional import put_if_unchanged

_TRIES = 5
Given = dict[str, Any]


@dataclass(frozen=True)
class Settings:
    """What is set for a dataset, and what that and the defaults come to."""

    dataset: str
    source: str
    """Where they lie, as an s3:// address."""
    given: Given
    effective: Resolved
    changed: bool


@dataclass(frozen=True)
class Edit:
    """What to change: all of it, then single settings by their path, as ``split.seed``."""

    file: Path | None = None
    values: Mapping[str, Any] | None = None
    unset: Sequence[str] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to change."""
        return self.file is None and not self.values and not self.unset


def value_of(text: str) -> Any:
    """Read a value as JSON, or take it as the text that it is."""
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return text


def _no_constant(name: str) -> None:
    # Python reads NaN and Infinity, JSON has neither.
    raise ValueError(name)


def settings_of_dataset(stack: Stack, dataset: str, edit: Edit) -> Settings:
    """Return a dataset's settings, changed if that is asked for.

    A change is written only if all of the result fits the schema, and upon what
    it was made from: two at once both count.

    Raises
    ------
    DropNameError
        The dataset's name is not allowed.
    SettingsError
        A value breaks the schema, or what is there is no settings file.
    SettingUnknownError
        What is to be unset is not set.
    DropFileError
        The settings file cannot be read.
    """
    key = _key(dataset)
    for _ in range(_TRIES):
        text, etag = _read(stack, key)
        before = {} if text is None else _document(text, key, edit)
        given = _edited(before, edit)
        effective = resolve_settings(given, key if edit.is_empty else f"settings of {dataset}")
        changed = not edit.is_empty and (text is None or given != before or edit.file is not None)
        if not changed or _write(stack, key, given, etag):
            return Settings(dataset, f"s3://{stack.bucket}/{key}", given, effective, changed)
    raise SettingsError(f"{key} was changed by others {_TRIES} times meanwhile; try again")


def _key(dataset: str) -> str:
    if "/" in dataset:
        raise DropNameError(
            f"{dataset!r} is no dataset name; use letters, digits and hyphens, as in "
            f"{drop_keys.dataset_name(dataset)!r}"
        )
    key = drop_keys.settings_key(dataset)
    drop_keys.drop_of(key)
    return key


def _read(stack: Stack, key: str) -> tuple[str | None, str | None]:
    try:
        found = stack.client("s3").get_object(Bucket=stack.bucket, Key=key)
    except ClientError as error:
        if code_of(error) not in ABSENT:
            raise
        return None, None
    return found["Body"].read().decode(errors="replace"), found["ETag"]


def _document(text: str, key: str, edit: Edit) -> Given:
    """Return what a pipeline.json holds; one that is no JSON object can only be replaced."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if isinstance(document, dict):
        return document
    if edit.file is None:
        raise SettingsError(
            f"{key} is no JSON object; replace it with `dropforge settings DATASET --file FILE`"
        )
    return {}


def _edited(before: Given, edit: Edit) -> Given:
    given: Given = json.loads(json.dumps(before)) if edit.file is None else _of_file(edit.file)
    for path in edit.unset:
        _unset(given, path)
    for path, value in (edit.values or {}).items():
        *folders, name = path.split(".")
        place = given
        for folder in folders:
            inner = place.setdefault(folder, {})
            if not isinstance(inner, dict):
                raise SettingUnknownError(f"{path} cannot be set: {folder} holds no settings")
            place = inner
        place[name] = value
    return given


def _of_file(file: Path) -> Given:
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise DropFileError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file} is no text file; it must be JSON in UTF-8") from error
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{file} is no JSON ({error}); correct it") from error
    if not isinstance(document, dict):
        resolve_settings(document, str(file))
    return dict(document)


def _unset(given: Given, path: str) -> None:
    *folders, name = path.split(".")
    place: Any = given
    for folder in folders:
        place = place.get(folder) if isinstance(place, dict) else None
    if not isinstance(place, dict) or name not in place:
        known = ", ".join(given) or "nothing"
        raise SettingUnknownError(f"{path} is not set, so it cannot be unset; set is {known}")
    del place[name]


def _write(stack: Stack, key: str, given: Given, etag: str | None) -> bool:
    written = put_if_unchanged(
        stack.client("s3"),
        etag,
        Bucket=stack.bucket,
        Key=key,
        Body=json.dumps(given, indent=2, ensure_ascii=False).encode(),
        ContentType="application/json",
    )
    return written is not None
