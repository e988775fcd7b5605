"""State machines that may do everything, and queues that hear of it."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.cloud.conftest import TRUST

Client = Callable[[str], Any]


@pytest.fixture
def machine(client: Client) -> Callable[[dict[str, Any]], str]:
    """Make a state machine that may do everything."""

    def make(definition: dict[str, Any]) -> str:
        name = f"free-{uuid.uuid4().hex[:12]}"
        iam = client("iam")
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
        allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=policy)
        made = client("stepfunctions").create_state_machine(
            name=name, definition=json.dumps(definition), roleArn=role["Arn"]
        )
        return str(made["stateMachineArn"])

    return make


@pytest.fixture
def queue(client: Client) -> tuple[str, str]:
    """A queue's URL and ARN."""
    sqs = client("sqs")
    url = sqs.create_queue(QueueName=uuid.uuid4().hex)["QueueUrl"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, answer["Attributes"]["QueueArn"]
