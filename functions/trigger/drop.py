"""What a drop starts: the execution's name and input, or a refusal."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline import drop_keys, run_names, staged
from pipeline.documents.state import RunInput
from pipeline.errors import DropNameError, InputError, SettingsError
from pipeline.settings import Settings, parse_settings

Read = Callable[[str], bytes | None]


@dataclass(frozen=True)
class StoredObject:
    """An object of the bucket; ``last_modified`` has a time zone."""

    bucket: str
    key: str
    version_id: str | None
    last_modified: datetime
    etag: str | None = None
    """Without quotes; None if it was not looked up."""
    ticket: str | None = None
    """Names the settings that came with it; None if none did, or it was not looked up."""


@dataclass(frozen=True)
class Start:
    """An execution to start: its name, which is the run's, and its input."""

    run: str
    input: RunInput
    scores: bool = False
    """Whether the file is to be predicted rather than trained on."""


@dataclass(frozen=True)
class Refusal:
    """A drop that starts nothing, and why."""

    run: str
    dataset: str
    key: str
    error: str
    cause: str


Outcome = Start | Refusal | None


def decide(stored: StoredObject, trigger: str, read_text: Read) -> Outcome:
    """Decide what an object in the inbox, or below score/, starts.

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
    if stored.key.startswith(drop_keys.SCORE):
        return _scored(stored, trigger)
    try:
        drop = drop_keys.drop_of(stored.key)
    except DropNameError as error:
        return _refusal(stored, drop_keys.dataset_of(stored.key), error)
    try:
        staged_key = _staged_key(stored, drop.dataset)
        settings = _settings(stored.key, drop, staged_key, read_text)
    except InputError as error:
        return _refusal(stored, drop.dataset, error)
    if drop.is_settings:
        return None
    return Start(
        run_of(stored, drop.dataset),
        {
            "bucket": stored.bucket,
            "key": stored.key,
            "version_id": stored.version_id,
            "dataset": drop.dataset,
            "trigger": trigger,
            "settings": settings,
            # Accepted by the run, they become the dataset's.
            "keep_settings": staged_key,
        },
    )


def _scored(stored: StoredObject, trigger: str) -> Outcome:
    """Start the prediction of a file; which settings apply, its plan looks up."""
    try:
        drop = drop_keys.scored_of(stored.key)
    except DropNameError as error:
        return _refusal(stored, drop_keys.dataset_of(stored.key), error)
    run_input: RunInput = {
        "bucket": stored.bucket,
        "key": stored.key,
        "version_id": stored.version_id,
        "dataset": drop.dataset,
        "trigger": trigger,
    }
    return Start(run_of(stored, drop.dataset), run_input, scores=True)


def newest_of_each_dataset(objects: Iterable[StoredObject]) -> list[StoredObject]:
    """Return each dataset's newest CSV file; what is no drop is passed over."""
    newest: dict[str, StoredObject] = {}
    for stored in objects:
        try:
            drop = drop_keys.drop_of(stored.key)
        except DropNameError:
            continue
        if drop.is_settings:
            continue
        known = newest.get(drop.dataset)
        if known is None or (stored.last_modified, stored.key) > (known.last_modified, known.key):
            newest[drop.dataset] = stored
    return [newest[dataset] for dataset in sorted(newest)]


def run_of(stored: StoredObject, dataset: str) -> str:
    """Name the run of an object."""
    return run_names.run_name(
        dataset, stored.last_modified, stored.bucket, stored.key, stored.version_id
    )


def _staged_key(stored: StoredObject, dataset: str) -> str | None:
    if stored.ticket is None or not staged.belongs(stored.key, stored.ticket):
        return None
    return staged.key_of(dataset, stored.ticket)


def _settings(
    key: str, drop: drop_keys.Drop, staged_key: str | None, read_text: Read
) -> Settings | dict[str, Any]:
    """Return the settings that a drop is or comes with, else the dataset's, else none."""
    own = drop_keys.settings_key(drop.dataset)
    text = read_text(key if drop.is_settings else staged_key or own)
    if text is None and staged_key:
        raise SettingsError(
            f"the settings that were dropped with {key} are not in the bucket any "
            f"more; drop the file again with them"
        )
    return {} if text is None else parse_settings(text, own)


def _refusal(stored: StoredObject, dataset: str, error: InputError) -> Refusal:
    return Refusal(run_of(stored, dataset), dataset, stored.key, type(error).__name__, str(error))
