"""EvaluateFunction: find the champion; judge a run."""

import os
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from evaluate.registry import find_champion
from pipeline import layout
from pipeline.clients import client
from pipeline.services import named_errors

logger = Logger()
tracer = Tracer()
metrics = Metrics()

STATES = {"champion": "Find champion", "evaluate": "Evaluate"}


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@metrics.log_metrics
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Do the step that the event names."""
    steps = {"champion": _champion, "evaluate": _evaluate}
    with named_errors(STATES[event["step"]]):
        return steps[event["step"]](event)


def _champion(event: dict[str, Any]) -> dict[str, Any]:
    group = layout.package_group(os.environ["MODEL_PACKAGE_GROUP_PREFIX"], event["dataset"])
    champion = find_champion(client("sagemaker"), group)
    logger.info(
        "looked for the champion", group=group, model_package=champion.get("model_package_arn")
    )
    return champion


def _evaluate(event: dict[str, Any]) -> dict[str, Any]:
    # Only this step needs numpy and jinja2; the champion step stays light.
    from evaluate.evaluation import evaluate_run
    from evaluate.run_files import RunFiles

    files = RunFiles(client("s3"), event["bucket"], event["prefix"])
    result = evaluate_run(
        files,
        client("logs"),
        event,
        os.environ["MODEL_PACKAGE_GROUP_PREFIX"],
        os.environ["CODE_VERSION"],
    )
    metric = result["metric"]
    logger.info(
        "judged",
        run=event["prefix"],
        verdict=result["verdict"],
        metric=metric["name"],
        value=metric["value"],
    )
    metrics.add_metric(name="ModelsJudged", unit=MetricUnit.Count, value=1)
    return result
