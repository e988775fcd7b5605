"""Puts a file, and the settings of its dataset, into the inbox."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dropforge.client.stack import Stack
from dropforge.errors import DropFileError
from pipeline import drop_keys, run_names, staged
from pipeline.errors import DropNameError
from pipeline.settings import parse_settings, resolve_settings

_ONE_REQUEST = 64 * 2**20
"""Bytes up to which a file is sent in one request, which returns the version it made."""
_KEY_BYTES = 1024
"""Amazon S3 user guide, Naming Amazon S3 objects."""
_SHEETS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers")
_TEXTS = (".tsv", ".tab", ".txt", ".dat")


@dataclass(frozen=True)
class Dropped:
    """A file in the inbox, and the run that it starts."""

    key: str
    dataset: str
    run: str


def key_of(file: Path, dataset: str | None) -> str:
    """Return the key to drop a file at to train on it, after a look at both.

    Raises
    ------
    DropFileError
        There is no such file, or it cannot be read.
    DropNameError
        The file's or the dataset's name is not allowed.
    """
    _check_file(file)
    chosen = drop_keys.dataset_name(drop_keys.stem_of(file.name)) if dataset is None else dataset
    _check_dataset(chosen)
    key = f"{drop_keys.INBOX}{chosen}/{file.name}"
    drop_keys.drop_of(key)
    _check_length(key)
    return key


def score_key_of(file: Path, dataset: str) -> str:
    """Return the key to drop a file at to have it predicted, after a look at both.

    Raises
    ------
    DropFileError, DropNameError
        As `key_of`.
    """
    _check_file(file)
    _check_dataset(dataset)
    key = f"{drop_keys.SCORE}{dataset}/{file.name}"
    drop_keys.scored_of(key)
    _check_length(key)
    return key


def _check_file(file: Path) -> None:
    if file.is_dir():
        raise DropFileError(f"{file} is a directory; name a CSV file in it")
    try:
        with file.open("rb"):
            pass
    except OSError as error:
        raise DropFileError(f"{file} cannot be read: {error.strerror}") from error
    if not file.name.lower().endswith(drop_keys.CSV_SUFFIXES):
        raise DropNameError(f"{file} is no CSV file by its name; {_remedy(file)}")


def _check_dataset(chosen: str) -> None:
    if "/" in chosen:
        raise DropNameError(
            f"{chosen!r} is no dataset name; use letters, digits and hyphens, as in "
            f"{drop_keys.dataset_name(chosen)!r}"
        )


def _check_length(key: str) -> None:
    try:
        size = len(key.encode())
    except UnicodeEncodeError as error:
        raise DropNameError(
            f"the file's name {key.rsplit('/', 1)[-1]!r} is no UTF-8, as S3's keys are; rename it"
        ) from error
    if size > _KEY_BYTES:
        raise DropNameError(
            f"the file's name makes a key of {size:,} bytes; S3 allows {_KEY_BYTES:,}: shorten it"
        )


def _remedy(file: Path) -> str:
    suffix = file.suffix.lower()
    if suffix in _SHEETS:
        return "save the sheet as CSV, and drop that"
    if suffix in _TEXTS:
        return f"rename it to {file.stem}.csv: tabs between the values are fine"
    return f"its name must end in {' or '.join(drop_keys.CSV_SUFFIXES)}"


def settings_of(
    stack: Stack, dataset: str, file: Path | None, target: str | None
) -> dict[str, Any] | None:
    """Return the settings to drop with a file, None if those in the bucket, or none, are to count.

    A target alone changes the settings in the bucket in that one value.

    Raises
    ------
    SettingsError
        They break the schema.
    DropFileError
        The settings file cannot be read.
    """
    if file is None and target is None:
        return None
    source = str(file) if file else f"{drop_keys.INBOX}{dataset}/{drop_keys.SETTINGS_FILE}"
    if file:
        try:
            text: bytes | None = file.read_bytes()
        except OSError as error:
            raise DropFileError(f"{file} cannot be read: {error.strerror}") from error
    else:
        text = stack.read(source)
    if text is not None:
        parse_settings(text, source)
    settings: dict[str, Any] = {} if text is None else json.loads(text)
    if target is not None:
        settings["target"] = target
    resolve_settings(settings, f"--target {target}" if text is None else source)
    return settings


def stage_settings(stack: Stack, key: str, settings: dict[str, Any]) -> str:
    """Put settings beside a drop; they become its dataset's when its run accepts them.

    Returns
    -------
    The ticket that the dropped object has to carry.
    """
    body = json.dumps(settings, indent=2, ensure_ascii=False).encode()
    ticket = staged.ticket_of(key, body)
    stack.client("s3").put_object(
        Bucket=stack.bucket,
        Key=staged.key_of(drop_keys.drop_of(key).dataset, ticket),
        Body=body,
        ContentType="application/json",
    )
    return ticket


def drop(
    stack: Stack,
    file: Path,
    key: str,
    sent: Callable[[int], None],
    ticket: str | None = None,
) -> Dropped:
    """Upload a file to the inbox, or below score/, which starts a run.

    Parameters
    ----------
    sent : called with the number of bytes sent since the last call, for large files.
    ticket : of the settings that come with it, None for those of the dataset.
    """
    s3 = stack.client("s3")
    where = {"Bucket": stack.bucket, "Key": key}
    carried = {"Metadata": {staged.METADATA: ticket}} if ticket else {}
    if file.stat().st_size <= _ONE_REQUEST:
        with file.open("rb") as body:
            version = s3.put_object(**where, Body=body, **carried).get("VersionId")
    else:
        s3.upload_file(str(file), **where, Callback=sent, ExtraArgs=carried)
        version = None
    stored = s3.head_object(**where, **({"VersionId": version} if version else {}))
    version, modified = stored.get("VersionId"), stored["LastModified"]
    dataset = drop_keys.dataset_of(key)
    return Dropped(key, dataset, run_names.run_name(dataset, modified, stack.bucket, key, version))
