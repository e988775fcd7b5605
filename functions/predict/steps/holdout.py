"""Step holdout: the test rows as the new model, or the one in use, predicts them."""

import time
from collections.abc import Callable
from typing import TypedDict

from pipeline import layout
from pipeline.documents import kinds
from pipeline.documents.run_files import RunFiles
from pipeline.errors import PredictionTimeError
from predict.loading import loaded_model
from predict.parts import predict_parts

BUDGET_SECONDS = 600.0
"""After which a batch transform job has to predict them: the function has 900."""


class HoldoutEvent(TypedDict):
    """What the step is given."""

    bucket: str
    prefix: str
    champion: bool
    """Whether the model in use predicts, of whose features the rows have files of their own."""
    model_data: str
    """s3:// address of the model's model.tar.gz."""


def predict_holdout(
    files: RunFiles, event: HoldoutEvent, clock: Callable[[], float] = time.monotonic
) -> None:
    """Write what a batch transform job would, where it would.

    Raises
    ------
    ArtefactError
        The encoder, the test rows or the model are missing, damaged, or do not belong together.
    PredictionTimeError
    """
    began = clock()
    kind = kinds.CHAMPION_ENCODER if event["champion"] else kinds.ENCODER
    source, target = (
        (layout.CHAMPION_ROWS, layout.CHAMPION_PREDICTIONS)
        if event["champion"]
        else (layout.TEST_ROWS, layout.PREDICTIONS)
    )
    features = len(files.read_document(kind)["features"])
    model = loaded_model(files.bucket.client, event["model_data"], features)
    if not predict_parts(files, source, target, model, lambda: clock() - began > BUDGET_SECONDS):
        raise PredictionTimeError(
            f"the rows of {files.uri(source)}/ take longer than {BUDGET_SECONDS:.0f} seconds; a "
            f"batch transform job predicts them"
        )
