"""PredictFunction: predict and explain a chunk by the champion; look into new models."""

from typing import Any, cast

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.aws_errors import named_errors
from pipeline.clients import client, make_tracer
from pipeline.documents.model_part import ExplainedFacts
from pipeline.documents.run_files import RunFiles
from pipeline.documents.scoring.decision import DecidedFacts
from pipeline.documents.search.facts import TrialFacts
from pipeline.storage.bucket import Bucket

logger = Logger()
tracer = make_tracer()
metrics = Metrics()
s3 = client("s3")
_STATES = {
    "decision": "Choose decision",
    "model": "Explain model",
    "trials": "Predict by trials",
}


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@metrics.log_metrics
def handler(event: dict[str, Any], _context: LambdaContext) -> Any:
    """Do the step that the event names."""
    steps = {
        "chunk": _chunk,
        "decision": _decision,
        "model": _model,
        "holdout": _holdout,
        "trials": _trials,
    }
    with named_errors(_state(event)):
        return steps[event["step"]](event)


def _state(event: dict[str, Any]) -> str:
    if event["step"] in _STATES:
        return _STATES[event["step"]]
    if event["step"] == "holdout":
        return "Predict by champion" if event["champion"] else "Predict by model"
    return "Predict chunks" if event["predict"] else "Explain chunks"


def _chunk(event: dict[str, Any]) -> int:
    # xgboost takes a second to import: what S3 refuses is told before.
    from predict.steps.chunk import ChunkEvent, predict_chunk

    files = RunFiles(Bucket(s3, event["bucket"]), event["prefix"])
    unexplained = predict_chunk(files, cast(ChunkEvent, event))
    if unexplained:
        logger.warning("no reasons", run=event["prefix"], why=unexplained)
    metrics.add_metric(name="ChunksPredicted", unit=MetricUnit.Count, value=1)
    return 1


def _decision(event: dict[str, Any]) -> DecidedFacts:
    from predict.steps.decision import DecisionEvent, choose_decision

    files = RunFiles(Bucket(s3, event["bucket"]), event["prefix"])
    found = choose_decision(files, cast(DecisionEvent, event))
    logger.info("decided", run=event["prefix"], **found)
    return found


def _model(event: dict[str, Any]) -> ExplainedFacts:
    from predict.steps.model import ModelEvent, explain_model

    files = RunFiles(Bucket(s3, event["bucket"]), event["prefix"])
    found = explain_model(files, cast(ModelEvent, event))
    logger.info("explained", run=event["prefix"], **found)
    metrics.add_metric(name="ModelsExplained", unit=MetricUnit.Count, value=1)
    return found


def _trials(event: dict[str, Any]) -> TrialFacts:
    from predict.steps.trials import TrialsEvent, predict_trials

    files = RunFiles(Bucket(s3, event["bucket"]), event["prefix"])
    found = predict_trials(files, cast(TrialsEvent, event))
    logger.info("predicted by trials", run=event["prefix"], **found)
    return found


def _holdout(event: dict[str, Any]) -> int:
    from predict.steps.holdout import HoldoutEvent, predict_holdout

    files = RunFiles(Bucket(s3, event["bucket"]), event["prefix"])
    predict_holdout(files, cast(HoldoutEvent, event))
    logger.info("predicted test rows", run=event["prefix"], champion=event["champion"])
    return 1
