"""What a drop starts: the execution's name and input, or a refusal."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline import layout
from pipeline.errors import DropNameError, InputError
from pipeline.settings import parse_settings


@dataclass(frozen=True)
class StoredObject:
    """An object of the bucket; ``last_modified`` has a time zone."""

    bucket: str
    key: str
    version_id: str | None
    last_modified: datetime


@dataclass(frozen=True)
class Start:
    """An execution to start: its name, which is the run's, and its input."""

    run: str
    input: dict[str, Any]


@dataclass(frozen=True)
class Refusal:
    """A drop that starts nothing, and why."""

    run: str
    dataset: str
    key: str
    error: str
    cause: str


Outcome = Start | Refusal | None


def decide(stored: StoredObject, trigger: str, read_text: Callable[[str], bytes | None]) -> Outcome:
    """Decide what an object in the inbox starts.

    Parameters
    ----------
    trigger : "object" or "schedule", kept in the execution's input.
    read_text : returns an object's bytes by key, None if there is no such object.

    Returns
    -------
    None for a settings file that is valid, which takes effect with the next drop,
    and for the empty object that the S3 console makes of a folder.
    """
    if stored.key.endswith("/"):
        return None
    try:
        drop = layout.drop_of(stored.key)
    except DropNameError as error:
        return _refusal(stored, layout.dataset_of(stored.key), error)
    settings_key = f"{layout.INBOX}{drop.dataset}/{layout.SETTINGS_FILE}"
    try:
        text = read_text(stored.key if drop.is_settings else settings_key)
        settings = parse_settings(text, settings_key) if text is not None else {}
    except InputError as error:
        return _refusal(stored, drop.dataset, error)
    if drop.is_settings:
        return None
    run = _run(stored, drop.dataset)
    return Start(
        run,
        {
            "bucket": stored.bucket,
            "key": stored.key,
            "version_id": stored.version_id,
            "dataset": drop.dataset,
            "trigger": trigger,
            "settings": settings,
        },
    )


def newest_of_each_dataset(objects: Iterable[StoredObject]) -> list[StoredObject]:
    """Return each dataset's newest CSV file; what is no drop is passed over."""
    newest: dict[str, StoredObject] = {}
    for stored in objects:
        try:
            drop = layout.drop_of(stored.key)
        except DropNameError:
            continue
        if drop.is_settings:
            continue
        known = newest.get(drop.dataset)
        if known is None or (stored.last_modified, stored.key) > (known.last_modified, known.key):
            newest[drop.dataset] = stored
    return [newest[dataset] for dataset in sorted(newest)]


def _refusal(stored: StoredObject, dataset: str, error: InputError) -> Refusal:
    return Refusal(_run(stored, dataset), dataset, stored.key, type(error).__name__, str(error))


def _run(stored: StoredObject, dataset: str) -> str:
    return layout.run_name(
        dataset, stored.last_modified, stored.bucket, stored.key, stored.version_id
    )
