"""JoinFunction: put predictions beside the rows of a dropped file, and its parts together."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from join.assemble import assemble
from join.chunk import join_chunk
from pipeline import layout
from pipeline.aws_errors import named_errors
from pipeline.clients import client, make_tracer
from pipeline.documents.scoring.result import ScoringOutput

logger = Logger()
tracer = make_tracer()
metrics = Metrics()
s3 = client("s3")

STATES = {"join": "Join chunks", "assemble": "Assemble result"}


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@metrics.log_metrics
def handler(event: dict[str, Any], _context: LambdaContext) -> Any:
    """Do the step that the event names."""
    steps = {"join": _join, "assemble": _assemble}
    with named_errors(STATES[event["step"]]):
        return steps[event["step"]](event)


def _join(event: dict[str, Any]) -> int:
    folder = layout.result_prefix(event["dataset"], event["run"])
    join_chunk(s3, event["bucket"], event["prefix"], folder, event["chunk"])
    metrics.add_metric(name="ChunksJoined", unit=MetricUnit.Count, value=1)
    return 1


def _assemble(event: dict[str, Any]) -> ScoringOutput:
    result = assemble(s3, event["bucket"], event, event["measured"])
    metrics.add_metric(name="RowsScored", unit=MetricUnit.Count, value=result["rows"])
    logger.info("Scored", run=event["run"], rows=result["rows"], marked=result["marked"])
    return result
