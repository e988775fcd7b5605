"""What evaluation.json says of the model itself, or why it does not."""

from typing import Any

from evaluate.model.importance import importance_of
from evaluate.model.learning_curve import (
    NoLearningCurveError,
    read_learning_curve,
    watched_metric,
)
from evaluate.model.trees import Model, ModelFormatError, read_model
from evaluate.output.refit import early_of
from pipeline.documents import kinds
from pipeline.documents.encoder import Encoder
from pipeline.documents.model_part import ExplainedFacts, Explanation, ModelPart
from pipeline.documents.run_files import RunFiles
from pipeline.documents.state import Judged
from pipeline.errors import ArtefactError
from pipeline.storage.damage import damaged, present
from pipeline.storage.objects import ObjectStream
from scoring.archive import ModelArchiveError


class _UnexplainedError(Exception):
    """There are no contributions; the message says why."""


def model_part(
    files: RunFiles, logs: Any, event: Judged, encoder: Encoder
) -> tuple[ModelPart, str | None]:
    """Return importance and learning curve, or a note why each is not there; XGBoost's version."""
    part: ModelPart = {
        "importance": None,
        "explanation": None,
        "learning_curve": None,
        "notes": [],
    }
    training, xgboost = event["training"], None
    try:
        model = _model(files, training["model_data"])
        part["importance"], xgboost = importance_of(model, encoder["features"]), model.version
        if model.models > 1:
            part["notes"].append(
                f"The prediction is the mean of {model.models} models. Feature importance is of "
                f"all, the learning curve of the first, and they have seen validation rows, too."
            )
    except ModelFormatError as error:
        part["notes"].append(f"Feature importance is left out: {error}.")
    try:
        part["explanation"] = _explanation(files, event["explanation"])
    except _UnexplainedError as error:
        part["notes"].append(f"What each column adds is left out: {error}.")
    try:
        part["learning_curve"] = read_learning_curve(
            logs, early_of(event)["job"], watched_metric(event["fit"]["hyperparameters"])
        )
    except NoLearningCurveError as error:
        part["notes"].append(f"The learning curve is left out: {error}.")
    return part, xgboost


def _explanation(files: RunFiles, facts: ExplainedFacts) -> Explanation:
    """Read explanation.json; a model can be judged without it, whatever it is for want of it."""
    # An answer that is none says nothing of the file.
    if isinstance(facts, dict) and facts.get("explained") is False:
        raise _UnexplainedError(str(facts.get("reason")))
    try:
        return files.read_document(kinds.EXPLANATION)
    except ArtefactError as error:
        raise _UnexplainedError(str(error)) from error


def _model(files: RunFiles, uri: str) -> Model:
    """Read the model; one that nothing can load must not be registered.

    Raises
    ------
    ArtefactError
        The archive is not there, or damaged.
    ModelFormatError
        The model is sound as far as is known, but its trees are not read here.
    """
    bucket, key = uri.removeprefix("s3://").split("/", 1)
    writer = kinds.MODEL.writer
    with present(uri, writer), ObjectStream(files.bucket.client, bucket, key) as archive:
        try:
            return read_model(archive)
        except ModelArchiveError as error:
            raise damaged(uri, writer, f"is no archive of a model: {error}") from error
