"""What predicts: a function, in seconds, or a batch transform job, which waits for an instance."""

from pipeline.documents.encoder import Encoder
from pipeline.documents.scoring.check import Engine
from pipeline.settings import Settings
from prepare.training.job import encoded_bytes
from table.limits import MIB

FUNCTION_BYTES = 256 * MIB
"""Size of the text up to which a function predicts, if the settings do not say (ADR 49, 77)."""
FEATURE_BYTES = 1024 * MIB
"""Features of a chunk up to which a function predicts: short rows of categories have many."""
_FLOAT_BYTES = 4
_NUMBER_BYTES = 24
"""Of a predicted number as text, and the mark behind it, at most."""


def engine_to_score(asked: object, size: int, chunk_rows: int, features: int) -> Engine:
    """Return what predicts a file below score/.

    Parameters
    ----------
    asked : the setting scoring.
    size : of the file's text, in bytes.
    chunk_rows : about how many rows a chunk has.
    """
    too_large = size > FUNCTION_BYTES or chunk_rows * features * _FLOAT_BYTES > FEATURE_BYTES
    return "batch" if asked == "batch" or (asked == "auto" and too_large) else "function"


def engine_to_test(settings: Settings, encoder: Encoder, rows: int, size: int) -> Engine:
    """Return what predicts the test rows of a run that trains.

    One invocation does so, so that what it reads and what it writes are limited: features, and a
    number for each class.

    Parameters
    ----------
    rows, size : of the plain CSV; of its rows as many test as the settings ask for.
    """
    if settings["test_predictions"] == "batch":
        return "batch"
    share = settings["split"]["test"]
    tested = round(share * rows)
    target = encoder["target"]
    numbers = len(target.get("classes") or []) if target["task"] == "multiclass" else 1
    read = encoded_bytes(encoder, tested, round(share * size))
    return "batch" if max(read, tested * numbers * _NUMBER_BYTES) > FUNCTION_BYTES else "function"
