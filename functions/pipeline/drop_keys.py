"""What the key of a dropped object says: its dataset and its file; which keys are no drops."""

import re
import unicodedata
from dataclasses import dataclass

from pipeline.errors import DropNameError

INBOX = "inbox/"
SCORE = "score/"
"""Where files are dropped that a dataset's approved model is to predict."""
SETTINGS_FILE = "pipeline.json"
CSV_SUFFIXES = (".csv", ".csv.gz")

_DATASET = re.compile(r"[a-z0-9](-?[a-z0-9]){0,30}")


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
    return _checked(parts[-1], _stated_dataset(key), key, INBOX)


def scored_of(key: str) -> Drop:
    """Read dataset and file name from the key of an object that is to be scored.

    Parameters
    ----------
    key : ``score/<dataset>/<file>``, not URL-encoded.

    Raises
    ------
    DropNameError
        The key lies elsewhere, is no CSV file, or its dataset's name is not allowed.
    """
    parts = key.removeprefix(SCORE).split("/")
    if not key.startswith(SCORE) or len(parts) != 2 or not all(parts):
        raise DropNameError(
            f"{key!r} names no dataset to score with; put the file at {SCORE}<dataset>/<file>.csv"
        )
    return _checked(parts[1], parts[0], key, SCORE)


def _checked(file: str, dataset: str, key: str, place: str) -> Drop:
    is_settings = place == INBOX and file == SETTINGS_FILE
    if not is_settings and not file.lower().endswith(CSV_SUFFIXES):
        raise DropNameError(
            f"{key!r} is no CSV file by its name; it must end in {' or '.join(CSV_SUFFIXES)}"
        )
    if not _DATASET.fullmatch(dataset):
        raise DropNameError(
            f"{dataset!r} is no dataset name; use at most 31 lower-case letters and digits, "
            f"with single hyphens between them, as in {place}{dataset_name(dataset)}/{file}"
        )
    return Drop(dataset, file)


def dataset_of(key: str) -> str:
    """Return the dataset that a key stands for, also of one that is no drop.

    Below the inbox and score/ its folder says so, elsewhere its file; what is no dataset
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
    words = re.findall(r"[a-z0-9]+", ascii_of(text).lower())
    return "-".join(words)[:31].strip("-") or "data"


def _stated_dataset(key: str) -> str:
    for place in (INBOX, SCORE):
        folder, slash, _ = key.removeprefix(place).partition("/")
        if slash and key.startswith(place):
            return folder
    return stem_of(key.rpartition("/")[2])


def ascii_of(text: str) -> str:
    """Return a text without accents and other letters than ASCII's."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
