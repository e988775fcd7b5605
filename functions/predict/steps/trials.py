"""Step trials: the test rows, as two models of a search predict them."""

import time
from collections.abc import Callable, Iterator
from typing import TypedDict

from pipeline.documents import kinds
from pipeline.documents.run_files import RunFiles
from pipeline.documents.search.facts import ToCompare, TrialFacts
from pipeline.storage.damage import damaged
from predict.loading import loaded_model
from predict.steps.model import TEST
from predict.summary import parsed
from scoring.booster import Ensemble, lines

BUDGET_SECONDS = 600.0
"""After which there are none: the function has 900, and the model is judged without them."""
_BLOCK_CELLS = 2_000_000
"""Features that are read at once: as Python's texts some 200 MB."""
_READ = 1 << 20


class TrialsEvent(TypedDict):
    """What the step is given."""

    bucket: str
    prefix: str
    models: list[ToCompare]
    """None if the search's first model is its best."""


def predict_trials(
    files: RunFiles, event: TrialsEvent, clock: Callable[[], float] = time.monotonic
) -> TrialFacts:
    """Write the predictions of each model in its folder, and say why they are not there.

    Raises
    ------
    ArtefactError
        The encoder, the test rows or a model are missing, damaged, or do not belong together.
    """
    if not event["models"]:
        return {"predicted": False, "reason": ""}
    features, began = len(files.read_document(kinds.ENCODER)["features"]), clock()
    for model in event["models"]:
        # One after another: a model may have as much memory as there is for it.
        booster = loaded_model(files.bucket.client, model["model_data"], features)
        for name in files.names(TEST):
            body = []
            for block in _blocks(files, name, features):
                body.append(_predicted(files, name, booster, block, features))
                if clock() - began > BUDGET_SECONDS:
                    reason = f"so many test rows take longer than {BUDGET_SECONDS:.0f} seconds"
                    return {"predicted": False, "reason": reason}
            files.bucket.put(
                files.key(model["folder"], f"{name}.out"), b"".join(body), "text/plain"
            )
    return {"predicted": True, "reason": ""}


def _blocks(files: RunFiles, name: str, features: int) -> Iterator[list[bytes]]:
    """Yield some lines of a part at a time."""
    most, rest = max(1, _BLOCK_CELLS // max(features, 1)), b""
    kept: list[bytes] = []
    with files.open(TEST, name, kind=kinds.TEST) as stream:
        while read := stream.read(_READ):
            *found, rest = (rest + read).split(b"\n")
            if len(rest) > kinds.LINE_LIMIT:
                uri, writer = files.uri(TEST, name), kinds.TEST.writer
                raise damaged(uri, writer, f"has a line of more than {kinds.LINE_LIMIT:,} bytes")
            kept += found
            while len(kept) >= most:
                yield kept[:most]
                kept = kept[most:]
    kept += [rest] if rest else []
    if kept:
        yield kept


def _predicted(
    files: RunFiles, name: str, booster: Ensemble, block: list[bytes], features: int
) -> bytes:
    try:
        return lines(booster.predict(parsed(block, features)))
    except ValueError as error:
        uri, writer = files.uri(TEST, name), kinds.TEST.writer
        raise damaged(uri, writer, f"is not as expected ({error})") from error
