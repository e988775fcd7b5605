"""Predictions of rows that the model did not learn from: the one place that says where they are.

A single booster did not learn from the validation rows; they told only when to stop. Boosters of
k-fold training (``_kfold``) have learned from them all but one each. For each row the container
writes what the booster said that had not seen it (sagemaker-xgboost-container,
prediction_utils.py), into output.tar.gz beside model.tar.gz. Which rows those are the container
draws anew each time, so that it cannot be told otherwise.
"""

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from pipeline import layout
from pipeline.documents import kinds
from pipeline.documents.encoder import Encoder
from pipeline.documents.run_files import RunFiles
from pipeline.errors import ArtefactError
from pipeline.storage.damage import damaged, present
from pipeline.storage.objects import ObjectStream
from predict.summary import parsed
from scoring.archive import ModelArchiveError, ModelTooLargeError, read_files
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
OUTPUT = "output.tar.gz"
_PREDICTIONS = "predictions.csv"
_RECORDED = 3
"""Its columns: label, probability, predicted class."""
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
    of_whole : whether the whole model predicted them, and not one of its boosters each. The
        probabilities of one are farther from the middle than those of the mean.
    """

    truth: Floats
    predicted: Floats
    of_whole: bool = True


def held_out(files: RunFiles, model: Ensemble, model_data: str, encoder: Encoder) -> HeldOut:
    """Return predictions of rows that the model did not learn from; at most `MOST_ROWS`.

    Parameters
    ----------
    model_data : s3:// address of the model's model.tar.gz.

    Raises
    ------
    NothingHeldOutError
    ArtefactError
        A file of them is damaged.
    """
    if len(model.boosters) > 1:
        return _out_of_fold(files, model_data, encoder["target"]["task"] == "multiclass")
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


def _out_of_fold(files: RunFiles, model_data: str, many: bool) -> HeldOut:
    """Read what the container recorded: label, probability, and the class that it means."""
    if many:
        raise NothingHeldOutError(
            "of several boosters only the probability of the predicted class is recorded"
        )
    uri = f"{model_data.rpartition('/')[0]}/{OUTPUT}"
    bucket, key = uri.removeprefix("s3://").split("/", 1)
    writer = kinds.MODEL.writer
    try:
        with present(uri, writer), ObjectStream(files.bucket.client, bucket, key) as archive:
            found = read_files(archive, lambda name: name.endswith(_PREDICTIONS))
        body = next(iter(found.values()), b"")
        if not body.strip():
            raise ValueError("it records no predictions")
        table = np.loadtxt(io.BytesIO(body), delimiter=",", ndmin=2)
    except ArtefactError as error:
        raise NothingHeldOutError(
            f"the model is the mean of several boosters, and {uri} is not there"
        ) from error
    except (ModelArchiveError, ModelTooLargeError, ValueError) as error:
        raise NothingHeldOutError(f"{uri} cannot be read ({error})") from error
    if table.ndim != 2 or table.shape[1] != _RECORDED or not _are_probabilities(table):
        raise NothingHeldOutError(f"{uri} holds no {_PREDICTIONS} of two classes")
    kept = np.linspace(0, len(table) - 1, min(len(table), MOST_ROWS)).astype(np.intp)
    return HeldOut(table[kept, 0], table[kept, 1], of_whole=False)


def _are_probabilities(table: Floats) -> bool:
    truth, predicted = table[:, 0], table[:, 1]
    return bool(
        len(table) and np.isin(truth, (0, 1)).all() and ((predicted >= 0) & (predicted <= 1)).all()
    )
