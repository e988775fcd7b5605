"""Step trials: the test rows, as two models of a search predict them."""

import time
from collections.abc import Callable
from typing import TypedDict

from pipeline import layout
from pipeline.documents import kinds
from pipeline.documents.run_files import RunFiles
from pipeline.documents.search.facts import ToCompare, TrialFacts
from predict.loading import loaded_model
from predict.parts import predict_parts

BUDGET_SECONDS = 600.0
"""After which there are none: the function has 900, and the model is judged without them."""


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
        if not predict_parts(
            files,
            layout.TEST_ROWS,
            model["folder"],
            booster,
            lambda: clock() - began > BUDGET_SECONDS,
        ):
            reason = f"so many test rows take longer than {BUDGET_SECONDS:.0f} seconds"
            return {"predicted": False, "reason": reason}
    return {"predicted": True, "reason": ""}
