"""Predictions of rows that the model did not learn from: the one place that says where they are.

It did not learn from the validation rows; they told only when to stop.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from pipeline import layout
from pipeline.documents import kinds
from pipeline.documents.encoder import Encoder
from pipeline.documents.run_files import RunFiles
from pipeline.storage.damage import damaged
from predict.summary import parsed
from scoring.booster import Ensemble, Matrix
from scoring.links import Floats

VALIDATION = "data/validation"
MOST_ROWS = 100_000
MOST_CELLS = 10_000_000
"""Features of all rows, times the classes: 40 MB of them."""
LEAST_PARTS = 20
"""Of more parts as many are read, if there are that many rows: a file may be sorted."""
BUDGET_SECONDS = 120.0
"""After which no more rows are read. Batch transform, beside it, takes minutes."""
_BATCH_CELLS = 200_000
_READ = 1 << 20


class NothingHeldOutError(Exception):
    """There are no predictions of rows that the model did not learn from; the message says why."""


@dataclass(frozen=True)
class HeldOut:
    """Rows that the model did not learn from.

    Attributes
    ----------
    truth : (rows,), class indices.
    predicted : (rows,), probabilities of class 1, or (rows, classes).
    """

    truth: Floats
    predicted: Floats


def held_out(files: RunFiles, model: Ensemble, encoder: Encoder) -> HeldOut:
    """Return predictions of rows that the model did not learn from; at most `MOST_ROWS`.

    Raises
    ------
    NothingHeldOutError
    ArtefactError
        A file of them is damaged.
    """
    table = read_rows(files, model.features, model.outputs)
    if not len(table):
        raise NothingHeldOutError("there are no validation rows")
    classes = len(encoder["target"].get("classes") or [])
    truth = table[:, 0].astype(np.float64)
    if not ((truth >= 0) & (truth < classes) & (truth == np.floor(truth))).all():
        uri = files.uri(VALIDATION)
        raise damaged(uri, kinds.VALIDATION.writer, "has a label that is no index of a class")
    return HeldOut(truth, model.predict(table[:, 1:]).astype(np.float64))


def read_rows(files: RunFiles, features: int, outputs: int) -> Matrix:
    """Return validation rows, label first, evenly spread over the file."""
    width = features + 1
    names = files.names(VALIDATION)
    rows = sum(note["validation"] for note in files.read_notes(layout.ROWS_NOTE, kinds.ROWS))
    most = max(1, min(MOST_ROWS, MOST_CELLS // (width * outputs)))
    if not names or not rows:
        return np.zeros((0, width), np.float32)
    keep = min(len(names), max(LEAST_PARTS, len(names) * most // rows))
    kept = [names[number * len(names) // keep] for number in range(keep)]
    step = -(-rows * keep // (len(names) * most))
    lines = islice(_lines(files, kept), 0, most * step, step)
    found = []
    while batch := list(islice(lines, max(1, _BATCH_CELLS // width))):
        try:
            found.append(parsed(batch, width).astype(np.float32))
        except ValueError as error:
            uri, writer = files.uri(VALIDATION), kinds.VALIDATION.writer
            raise damaged(uri, writer, f"is not as expected ({error})") from error
    return np.concatenate(found) if found else np.zeros((0, width), np.float32)


def _lines(files: RunFiles, names: list[str]) -> Iterator[bytes]:
    """Yield the lines of parts, as long as there is time."""
    begin = time.monotonic()
    for name in names:
        rest = b""
        with files.open(VALIDATION, name, kind=kinds.VALIDATION) as stream:
            while block := stream.read(_READ):
                *whole, rest = (rest + block).split(b"\n")
                if len(rest) > kinds.LINE_LIMIT:
                    uri, writer = files.uri(VALIDATION, name), kinds.VALIDATION.writer
                    raise damaged(uri, writer, f"has a line of over {kinds.LINE_LIMIT:,} bytes")
                yield from filter(None, whole)
                if time.monotonic() - begin > BUDGET_SECONDS:
                    return
        if rest:
            yield rest
