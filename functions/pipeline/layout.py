"""Keys of the inbox, names of runs and of their jobs, and names of parts below a run's prefix.

Not all keys: those of settings that came with a drop are in pipeline.staged, those of turns in
pipeline.turns, and a run's single files are named where they are written.

Names bound by others: a SageMaker job or model name is at most 63 letters,
digits and hyphens (SageMaker API, CreateTrainingJob, TrainingJobName); an
execution name is at most 80 characters and may hold nearly any letter (Step
Functions API, StartExecution, name).
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from pipeline.errors import DropNameError

INBOX = "inbox/"
SETTINGS_FILE = "pipeline.json"
CSV_SUFFIXES = (".csv", ".csv.gz")

# What the chunks' notes are called, of their rows and their parts, and the folders below data/
# that the latter tell of.
ROWS_NOTE, PARTS_NOTE, CHAMPION_NOTE = "encode-", "parts-", "champion-"
PART_FOLDERS = ("train", "validation", "test", "truth")
CHAMPION_FOLDERS = ("champion",)

_DATASET = re.compile(r"[a-z0-9](-?[a-z0-9]){0,30}")
_JOB_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9])*")
_JOB_NAME_LIMIT = 63
_ATTEMPTS = 30
# The longest name of a run: that of the last attempt of the champion's transform job.
_RUN_LIMIT = _JOB_NAME_LIMIT - len("-r29-c")
_COMPARISONS = "cdefghijklmnopqrstuv"
COMPARISON_LIMIT = len(_COMPARISONS)
"""How often a run compares itself with a champion that changes meanwhile."""
_DIGEST = 8
_STAMP = len("-yyyymmdd-hhmmss-") + _DIGEST


@dataclass(frozen=True)
class Drop:
    """What the key of an object in the inbox says: its dataset and its file name."""

    dataset: str
    file: str

    @property
    def is_settings(self) -> bool:
        """Whether the object is the dataset's settings file, which starts nothing."""
        return self.file == SETTINGS_FILE


def drop_of(key: str) -> Drop:
    """Read dataset and file name from an object key.

    Parameters
    ----------
    key : ``inbox/<dataset>/<file>`` or ``inbox/<file>``, not URL-encoded.

    Raises
    ------
    DropNameError
        The key lies elsewhere, is no CSV or settings file, or its dataset's
        name is not allowed.
    """
    parts = key.removeprefix(INBOX).split("/")
    if not key.startswith(INBOX) or len(parts) > 2 or not parts[-1]:
        raise DropNameError(
            f"{key!r} is not a drop; put the file at {INBOX}<dataset>/<file>.csv "
            f"or {INBOX}<file>.csv"
        )
    file, dataset = parts[-1], _stated_dataset(key)
    if file != SETTINGS_FILE and not file.lower().endswith(CSV_SUFFIXES):
        raise DropNameError(
            f"{key!r} is no CSV file by its name; it must end in {' or '.join(CSV_SUFFIXES)}"
        )
    if not _DATASET.fullmatch(dataset):
        raise DropNameError(
            f"{dataset!r} is no dataset name; use at most 31 lower-case letters and digits, "
            f"with single hyphens between them, as in {INBOX}{dataset_name(dataset)}/{file}"
        )
    return Drop(dataset, file)


def dataset_of(key: str) -> str:
    """Return the dataset that a key stands for, also of one that is no drop.

    Below the inbox its folder says so, elsewhere its file; what is no dataset
    name is made into one.
    """
    stated = _stated_dataset(key)
    return stated if _DATASET.fullmatch(stated) else dataset_name(stated)


def settings_key(dataset: str) -> str:
    """Return the key of a dataset's settings."""
    return f"{INBOX}{dataset}/{SETTINGS_FILE}"


def stem_of(file: str) -> str:
    """Return a file's name without its CSV suffix."""
    return re.sub(r"\.csv(\.gz)?$", "", file, flags=re.IGNORECASE)


def dataset_name(text: str) -> str:
    """Turn any text into a name that a dataset may carry, ``data`` if nothing is left."""
    words = re.findall(r"[a-z0-9]+", _ascii(text).lower())
    return "-".join(words)[:31].strip("-") or "data"


def run_stem(dataset: str) -> str:
    """Return what the names of a dataset's runs begin with, up to the hyphen before the time.

    A long dataset name is cut, so that the longest retry suffix still fits a
    SageMaker job name; runs of datasets that begin alike may share a stem.
    """
    return dataset[: _RUN_LIMIT - _STAMP].rstrip("-")


def run_name(
    dataset: str, last_modified: datetime, bucket: str, key: str, version_id: str | None
) -> str:
    """Name the run that an object starts; the same object always gives the same name.

    Parameters
    ----------
    last_modified : the object's LastModified, with a time zone.
    version_id : of the object; None or "null" in a bucket without versions.

    Returns
    -------
    ``<run_stem>-<yyyymmdd-hhmmss, UTC>-<8 hex>``
    """
    stamp = last_modified.astimezone(UTC).strftime("%Y%m%d-%H%M%S")
    version = "" if version_id in (None, "null") else version_id
    digest = _digest(f"{bucket}\n{key}\n{version}")
    return f"{run_stem(dataset)}-{stamp}-{digest}"


def run_of_execution(name: str) -> str:
    """Derive a run's name from an execution's, which may hold any letter.

    A name that already is a valid stem for SageMaker jobs stays as it is;
    any other is reduced to letters, digits and hyphens and made unique by a
    digest of the whole.
    """
    if len(name) <= _RUN_LIMIT and _JOB_NAME.fullmatch(name):
        return name
    words = "-".join(re.findall(r"[a-zA-Z0-9]+", _ascii(name)))
    stem = words[: _RUN_LIMIT - _DIGEST - 1].strip("-") or "run"
    return f"{stem}-{_digest(name)}"


def attempts_of(run: str) -> list[str]:
    """Return the job names of a run's attempts; index 0 is the run's own name.

    SageMaker never lets go of a training job's name, so each retry needs its own.
    """
    return [run] + [f"{run}-r{n}" for n in range(1, _ATTEMPTS)]


def job_pattern(run: str) -> str:
    """Return a regular expression of the names of a run's jobs, those of champions among them."""
    return rf"{re.escape(run)}(?:-r\d+)?(?:-[{_COMPARISONS}])?"


def comparisons() -> dict[str, Any]:
    """Return the count of comparisons with a champion, and what each adds to job names.

    The champion may change while a run compares itself with it; each new comparison needs
    names of its own, no longer than the first one's.
    """
    return {"count": 0, "suffixes": list(_COMPARISONS)}


def package_group(stack: str, dataset: str) -> str:
    """Name the model package group of a stack's dataset.

    Two hyphens, which no dataset has, keep the stacks ``a`` and ``a-b`` of one
    account apart. A name over SageMaker's 63 characters is cut in its dataset
    and made unique by a digest; the stack's may have 50 characters.
    """
    group = f"{stack}--{dataset}"
    if len(group) <= _JOB_NAME_LIMIT:
        return group
    return f"{group[: _JOB_NAME_LIMIT - _DIGEST - 1].rstrip('-')}-{_digest(dataset)}"


def prefix_of(run: str) -> str:
    """Return the prefix, without a slash at its end, of all that a run writes."""
    return f"runs/{run}"


def join(prefix: str, *parts: str) -> str:
    """Join the parts of a key."""
    return str(PurePosixPath(prefix, *parts))


def part_name(index: int) -> str:
    """Return the file name of a part, the same below data/train, data/test and data/truth."""
    return f"part-{index:05d}.csv"


def note_name(note: str, index: int) -> str:
    """Return the file name, below chunks/, of what a chunk notes of the rows or parts it wrote."""
    return f"{note}{index:05d}.json"


def digest_part(part: str) -> str:
    """Return the file name of a part's digests, below data/seen and data/tested."""
    return f"{part.removesuffix('.csv')}.u64"


def _stated_dataset(key: str) -> str:
    folder, slash, _ = key.removeprefix(INBOX).partition("/")
    if slash and key.startswith(INBOX):
        return folder
    return stem_of(key.rpartition("/")[2])


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST]
