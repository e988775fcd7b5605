"""State machines of one state, with a role that allows what a test says."""

import uuid
from collections.abc import Callable
from typing import Any

from tests.integration.cloud.conftest import run_machine

Client = Callable[[str], Any]
JOBS = [
    {"Effect": "Allow", "Action": ["sagemaker:*", "iam:PassRole"], "Resource": "*"},
]


def task(resource: str, parameters: Any, **fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True} | fields


def run(client: Client, machine: str, data: str = "{}") -> dict[str, Any]:
    return run_machine(client("stepfunctions"), machine, uuid.uuid4().hex, data)


def sync(statements: list[Any]) -> list[Any]:
    """Add what .sync needs in order to wait."""
    rules = "arn:aws:events:us-east-1:000000000000:rule/StepFunctionsGetEventsForSageMaker*"
    actions = ["events:PutTargets", "events:PutRule", "events:DescribeRule"]
    return [*statements, {"Effect": "Allow", "Action": actions, "Resource": rules}]
