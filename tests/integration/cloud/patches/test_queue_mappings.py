"""Which queues a function may work off."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.cloud.conftest import TRUST
from tests.integration.cloud.patches.test_function_limits import make

Client = Callable[[str], Any]
ACTIONS = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"]
TEMPLATE = """
Resources:
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {{FunctionName: {function}, EventSourceArn: "{queue}"}}
"""


@pytest.fixture
def function(client: Client, queue: tuple[str, str]) -> Callable[..., str]:
    """Make a function whose role may do some things with the queue."""

    def with_role(actions: list[str], **more: Any) -> str:
        name, iam = f"maps-{uuid.uuid4().hex[:8]}", client("iam")
        trust = json.dumps(TRUST).replace("states.", "lambda.")
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        allowed = [f"sqs:{action}" for action in actions]
        statement = {"Effect": "Allow", "Action": allowed, "Resource": queue[1]}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=policy)
        return make(client("lambda"), role, **more)

    return with_role


def test_queue_that_the_role_may_read_is_worked_off(
    client: Client, queue: tuple[str, str], function: Callable[..., str]
) -> None:
    name = function(ACTIONS, Timeout=30)
    made = client("lambda").create_event_source_mapping(
        FunctionName=name, EventSourceArn=queue[1], Enabled=False
    )
    assert made["EventSourceArn"] == queue[1]


@pytest.mark.parametrize("missing", ACTIONS)
def test_role_that_may_not_read_the_queue_is_refused(
    client: Client, queue: tuple[str, str], function: Callable[..., str], missing: str
) -> None:
    name = function([action for action in ACTIONS if action != missing])
    with pytest.raises(ClientError, match=f"permissions to call {missing} on SQS"):
        client("lambda").create_event_source_mapping(FunctionName=name, EventSourceArn=queue[1])


def test_queue_that_is_absent_is_refused(
    client: Client, queue: tuple[str, str], function: Callable[..., str]
) -> None:
    client("sqs").delete_queue(QueueUrl=queue[0])
    with pytest.raises(ClientError, match="NonExistentQueue"):
        client("lambda").create_event_source_mapping(
            FunctionName=function(ACTIONS), EventSourceArn=queue[1]
        )


def test_queue_that_shows_a_message_again_too_soon_is_refused(
    client: Client, queue: tuple[str, str], function: Callable[..., str]
) -> None:
    words = "visibility timeout: 30 seconds is less than Function timeout: 31 seconds"
    with pytest.raises(ClientError, match=words):
        client("lambda").create_event_source_mapping(
            FunctionName=function(ACTIONS, Timeout=31), EventSourceArn=queue[1]
        )


def test_template_whose_mapping_lambda_refuses_fails_the_stack(
    client: Client, queue: tuple[str, str], function: Callable[..., str]
) -> None:
    stacks, name = client("cloudformation"), f"maps-{uuid.uuid4().hex[:8]}"
    body = TEMPLATE.format(function=function(ACTIONS[:2]), queue=queue[1])
    stacks.create_stack(StackName=name, TemplateBody=body)
    with pytest.raises(Exception, match="ROLLBACK_COMPLETE"):
        stacks.get_waiter("stack_create_complete").wait(
            StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 20}
        )
    events = stacks.describe_stack_events(StackName=name)["StackEvents"]
    assert any(
        "GetQueueAttributes on SQS" in each.get("ResourceStatusReason", "") for each in events
    )
