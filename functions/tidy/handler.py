"""TidyFunction: once a day, deletes the stack's SageMaker models that nothing needs."""

import os
from datetime import UTC, datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.clients import client, make_tracer
from tidy.asked import asked_of
from tidy.models import Stack, check, tidy

logger = Logger()
tracer = make_tracer()
metrics = Metrics()
# Each model takes a call or two, at a rate that nobody states: the client slows down by itself.
sagemaker = client("sagemaker", mode="adaptive")
sfn = client("stepfunctions", mode="adaptive")

NAMED = 100
"""Models that the answer names; the log has all."""


@tracer.capture_lambda_handler
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Delete the models that are old enough.

    Returns
    -------
    ``{"trial": ..., "count": ..., "models": [...], "kept": ...}``: how many were deleted (on
    a trial: would be), the first of them, and how many an endpoint configuration needs.

    Raises
    ------
    TidyError
        Some models were not deleted; all others were.
    """
    asked = asked_of(event, int(os.environ["MODEL_RETENTION_IN_DAYS"]))
    if asked.days is None:
        logger.info("Models are kept for ever")
        return {"trial": asked.trial, "count": 0, "models": [], "kept": 0}
    machines = tuple(os.environ["STATE_MACHINE_ARNS"].split(","))
    tidied = tidy(
        sagemaker,
        sfn,
        Stack(os.environ["STACK_NAME"], machines),
        datetime.now(UTC) - timedelta(days=asked.days),
        lambda: context.get_remaining_time_in_millis() / 1000,
        trial=asked.trial,
    )
    for name in tidied.deleted:
        logger.info("Model to be deleted" if asked.trial else "Model deleted", model=name)
    for name, error in tidied.failed.items():
        logger.error("Model not deleted", model=name, error=str(error))
    if not asked.trial:
        metrics.add_metric("ModelsDeleted", MetricUnit.Count, len(tidied.deleted))
    logger.info(
        "Models tidied",
        trial=asked.trial,
        deleted=len(tidied.deleted),
        kept=tidied.kept,
        failed=len(tidied.failed),
        late=tidied.late,
    )
    check(tidied)
    return {
        "trial": asked.trial,
        "count": len(tidied.deleted),
        "models": tidied.deleted[:NAMED],
        "kept": len(tidied.kept),
    }
