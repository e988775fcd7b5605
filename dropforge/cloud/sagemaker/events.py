"""SageMaker's state change events on the default event bus.

Their form is in the SageMaker developer guide, "Events that SageMaker sends to
Amazon EventBridge": the detail is the Describe response, times in milliseconds.
"""

import json
import logging
from typing import Any

from ministack.services import eventbridge

logger = logging.getLogger("dropforge.cloud.sagemaker")

_TIMES = {
    "CreationTime",
    "LastModifiedTime",
    "TrainingStartTime",
    "TrainingEndTime",
    "TransformStartTime",
    "TransformEndTime",
    "HyperParameterTuningEndTime",
    "StartTime",
    "EndTime",
    "Timestamp",
}


def emit(kind: str, arn: str, detail: dict[str, Any]) -> None:
    """Publish a change.

    Parameters
    ----------
    kind : "Training Job", "Transform Job", "HyperParameter Tuning Job", "Model Package" or "Model".
    """
    entry = {
        "Source": "aws.sagemaker",
        "DetailType": f"SageMaker {kind} State Change",
        "Detail": json.dumps(in_milliseconds(detail)),
        "Resources": [arn],
    }
    try:
        eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
    except Exception:
        logger.exception("the event of %s was not published", arn)


def in_milliseconds(value: Any, key: str = "") -> Any:
    """Return a Describe response with its times as whole milliseconds."""
    if isinstance(value, dict):
        return {name: in_milliseconds(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [in_milliseconds(each, key) for each in value]
    if key in _TIMES and isinstance(value, (int, float)):
        return int(value * 1000)
    return value
