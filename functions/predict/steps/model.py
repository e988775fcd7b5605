"""Step model: what the whole of a new model goes by, on some of its test rows."""

import time
from typing import TypedDict

import numpy as np

from pipeline import layout
from pipeline.documents import kinds, reading
from pipeline.documents.encoder import Feature, columns_of
from pipeline.documents.model_part import ExplainedFacts
from pipeline.documents.run_files import RunFiles
from pipeline.storage.damage import damaged
from predict.loading import loaded_model
from predict.summary import Explained, parsed
from scoring.booster import Ensemble
from scoring.contributions import UnexplainedError, by_class
from scoring.decision import Decision
from scoring.links import Floats

MOST_ROWS = 2_000
MOST_CELLS = 4_000_000
"""Features of all rows, times the classes: 32 MB of them, and as much of contributions."""
BUDGET_SECONDS = 60.0
"""After which no more rows are explained. Batch transform, beside it, takes minutes."""
_BLOCK_ROWS = 100
_READ = 1 << 20


class ModelEvent(TypedDict):
    """What the step is given."""

    bucket: str
    prefix: str
    model_data: str
    """s3:// address of the new model's model.tar.gz."""


def explain_model(files: RunFiles, event: ModelEvent) -> ExplainedFacts:
    """Write explanation.json, and say why there is none.

    Raises
    ------
    ArtefactError
        The encoder, the test rows or the model are missing, damaged, or do not belong together.
    """
    encoder = files.read_document(kinds.ENCODER)
    features = encoder["features"]
    model = loaded_model(files.bucket.client, event["model_data"], len(features))
    matrix = read_rows(files, len(features), model.outputs)
    if not len(matrix):
        return {"explained": False, "reason": "there are no test rows"}
    try:
        base, values = _contributions(model, matrix, encoder["features"], _decision(files))
    except UnexplainedError as error:
        return {"explained": False, "reason": str(error)}
    found = Explained(encoder, columns_of(features), base, values, matrix[: len(values)])
    files.write_document(kinds.EXPLANATION, found.summary())
    return {"explained": True, "reason": ""}


def read_rows(files: RunFiles, features: int, outputs: int) -> Floats:
    """Return the first test rows, (rows, features); fewer of very many features or classes.

    Raises
    ------
    ArtefactError
        A line is not as Encode writes it.
    """
    most = max(1, min(MOST_ROWS, MOST_CELLS // (max(1, features) * outputs)))
    found: list[Floats] = []
    for name in files.names(layout.TEST_ROWS):
        rest = most - sum(map(len, found))
        if rest <= 0:
            break
        try:
            lines = _first_lines(files, name, rest)
            if lines:
                found.append(parsed(lines, features))
        except ValueError as error:
            uri, writer = files.uri(layout.TEST_ROWS, name), kinds.TEST.writer
            raise damaged(uri, writer, f"is not as expected ({error})") from error
    return np.concatenate(found) if found else np.zeros((0, features))


def _first_lines(files: RunFiles, name: str, most: int) -> list[bytes]:
    body = b""
    with files.open(layout.TEST_ROWS, name, kind=kinds.TEST) as stream:
        while body.count(b"\n") < most and (block := stream.read(_READ)):
            body += block
            if len(body.rpartition(b"\n")[2]) > kinds.LINE_LIMIT:
                raise ValueError(f"a line of more than {kinds.LINE_LIMIT:,} bytes")
    return [line for line in body.split(b"\n")[:most] if line]


def _decision(files: RunFiles) -> Decision:
    """Return the decision that the state before has chosen, if it could."""
    body = files.read_if_there(layout.DECISION, kind=kinds.DECISION)
    if body is None:
        return Decision()
    uri = files.uri(layout.DECISION)
    return Decision.of_document(reading.checked(kinds.DECISION, body, uri))


def _contributions(
    model: Ensemble, matrix: Floats, features: list[Feature], decision: Decision
) -> tuple[Floats, Floats]:
    begin = time.monotonic()
    bases: list[Floats] = []
    values: list[Floats] = []
    cells = _BLOCK_ROWS * (model.features + 1) * model.outputs
    for outputs in by_class(model, matrix, features, decision, cells=cells):
        bases.append(np.stack([output.base for output in outputs], axis=1))
        values.append(np.stack([output.values for output in outputs], axis=2))
        if time.monotonic() - begin > BUDGET_SECONDS:
            break
    return np.concatenate(bases), np.concatenate(values)
