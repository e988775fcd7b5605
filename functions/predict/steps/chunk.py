"""Step chunk: one chunk's rows, predicted in the container's words, and the reasons."""

import time
from collections.abc import Iterator
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from pipeline import layout
from pipeline.documents import kinds, reading
from pipeline.documents.encoder import Encoder
from pipeline.documents.run_files import CHUNKS, RunFiles
from pipeline.documents.scoring.chunk import Scored
from pipeline.storage.damage import damaged
from predict.loading import loaded_model
from scoring.booster import Ensemble, lines
from scoring.contributions import Contributions, UnexplainedError, explained
from scoring.decision import Decision

BLOCK_CELLS = 4_000_000
"""Features that are turned from columns into rows at once: 16 MB, and twice that of text."""
BUDGET_SECONDS = 600.0
"""After which no more rows of a chunk get reasons: the function has 900, and a run that asked for
too many reasons still gets its predictions."""
_FLOAT = np.dtype("<f4")


class ChunkEvent(TypedDict):
    """What the step is given."""

    bucket: str
    prefix: str
    chunk: Scored
    model_data: str
    """s3:// address of the champion's model.tar.gz."""
    predict: bool
    """False if a batch transform job has predicted."""
    reasons: int
    """Most that a row gets."""


def predict_chunk(files: RunFiles, event: ChunkEvent) -> str | None:
    """Write a chunk's predictions and reasons; none for a chunk without rows.

    Returns
    -------
    Why rows have no reasons, though some are asked for.

    Raises
    ------
    ArtefactError
        The encoder, the features or the model are missing, damaged, or do not belong together.
    """
    chunk = reading.fitting(kinds.SCORED, event["chunk"], files.uri(layout.CHUNKS))
    index = chunk["index"]
    note = files.read_json(
        CHUNKS, layout.note_name(layout.SCORE_NOTE, index), kind=kinds.SCORE_NOTE
    )
    if not note["rows"]:
        return None
    encoder = files.read_document(kinds.ENCODER)
    columns = _read_features(files, index, len(encoder["features"]), note["rows"])
    model = loaded_model(files.bucket.client, event["model_data"], len(encoder["features"]))
    if event["predict"]:
        body = b"".join(lines(model.predict(block)) for block in _blocks(columns))
        name = files.key(layout.PREDICTIONS, layout.prediction_part(index))
        files.bucket.put(name, body, "text/plain")
    if not event["reasons"]:
        return None
    decision = Decision.of_document(files.read_document(kinds.SCORING).get("decision"))
    begin, rows, found = time.monotonic(), 0, []
    try:
        for block in _explained(model, columns, encoder, decision):
            found.append(_text(block, encoder, event["reasons"]))
            rows += len(block.base)
            if time.monotonic() - begin > BUDGET_SECONDS:
                break
    except UnexplainedError as error:
        return str(error)
    text = "".join(found) + "\n" * (note["rows"] - rows)
    files.bucket.put(files.key(layout.REASONS, layout.part_name(index)), text.encode())
    if rows < note["rows"]:
        return f"{note['rows'] - rows:,} of {note['rows']:,} rows would have taken too long"
    return None


def _read_features(files: RunFiles, index: int, features: int, rows: int) -> NDArray[np.float32]:
    """Return the features of a chunk's rows, (features, rows).

    They are written feature after feature, so that rows would be told wrong from a file that lacks
    some.
    """
    part, kind = (layout.FEATURES, layout.feature_part(index)), kinds.FEATURES
    body = files.read(*part, kind=kind)
    wanted = features * rows * _FLOAT.itemsize
    if len(body) != wanted:
        raise damaged(
            files.uri(*part),
            kind.writer,
            f"has {len(body):,} bytes, and {rows:,} rows of {features:,} features have {wanted:,}",
        )
    return np.frombuffer(body, _FLOAT).reshape(features, rows)


def _blocks(columns: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    """Yield blocks of rows, (rows, features), as the processor has its floats."""
    step = max(1, BLOCK_CELLS // len(columns))
    for start in range(0, columns.shape[1], step):
        yield np.ascontiguousarray(columns[:, start : start + step].T, np.float32)


def _explained(
    model: Ensemble, columns: NDArray[np.float32], encoder: Encoder, decision: Decision
) -> Iterator[Contributions]:
    for block in _blocks(columns):
        yield from explained(model, block, encoder["features"], encoder["target"]["task"], decision)


def _text(found: Contributions, encoder: Encoder, most: int) -> str:
    """Write the contributions that are most important, a line a row; equal ones as they stand."""
    position = {name: number for number, name in enumerate(encoder["columns"])}
    positions = [position[name] for name in found.columns]
    order = np.argsort(-np.abs(found.values), axis=1, kind="stable")[:, :most]
    values = np.take_along_axis(found.values, order, axis=1).tolist()
    places = np.asarray(positions)[order].tolist()
    return "".join(
        ",".join(f"{place},{value!r}" for place, value in zip(*row, strict=True) if value) + "\n"
        for row in zip(places, values, strict=True)
    )
