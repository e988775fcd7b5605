"""NotifyFunction names the step that failed, from a history that moto's Step Functions wrote."""

import json
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from tests.integration.channels import Event, Load, Sent


def task(table: str, **fields: Any) -> dict[str, Any]:
    key = {"id": {"S": "a"}}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::dynamodb:getItem",
        "Parameters": {"TableName": table, "Key": key},
        **fields,
    }


# One branch fails while the other waits; a step that tidies up comes after it.
MACHINE = {
    "StartAt": "Predict",
    "States": {
        "Predict": {
            "Type": "Parallel",
            "Branches": [
                {"StartAt": "Own", "States": {"Own": task("missing", End=True)}},
                {"StartAt": "Other", "States": {"Other": task("there", End=True)}},
            ],
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Tidy"}],
            "End": True,
        },
        "Tidy": task("there", ResultPath=None, Next="Step failed"),
        "Step failed": {
            "Type": "Fail",
            "ErrorPath": "$.error.Error",
            "CausePath": "$.error.Cause",
        },
    },
}


@pytest.fixture
def ended(aws: None, event: Event) -> Iterator[dict[str, Any]]:
    """Run a machine that fails, and return the event of its end."""
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        boto3.client("dynamodb").create_table(
            TableName="there",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        role = boto3.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")
        sfn = boto3.client("stepfunctions")
        machine = sfn.create_state_machine(
            name="train", definition=json.dumps(MACHINE), roleArn=role["Role"]["Arn"]
        )["stateMachineArn"]
        given = json.dumps({"dataset": "churn", "bucket": "b", "key": "inbox/churn/a.csv"})
        arn = sfn.start_execution(stateMachineArn=machine, name="churn-1", input=given)
        document = event("notify-failed")
        for _ in range(200):
            description = sfn.describe_execution(executionArn=arn["executionArn"])
            if description["status"] != "RUNNING":
                break
            time.sleep(0.05)
        document["detail"].update(
            executionArn=arn["executionArn"],
            error=description["error"],
            cause=description["cause"],
        )
        yield document


def test_notify_of_a_failed_execution_names_the_branch_that_failed(
    ended: dict[str, Any], load: Load, context: Any, sent: Sent
) -> None:
    load("notify").handler(ended, context)
    [text] = sent()
    assert "\nStep: Own\n" in text
    assert "Error: DynamoDB.ResourceNotFoundException" in text


class Denied:
    @staticmethod
    def get_execution_history(**_names: Any) -> dict[str, Any]:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetExecutionHistory")


class Odd:
    @staticmethod
    def get_execution_history(**_names: Any) -> dict[str, Any]:
        return {"events": [{"id": 1, "type": "TaskStateEntered"}]}


@pytest.mark.parametrize("history", [Denied, Odd])
def test_notify_of_a_history_that_cannot_be_read_goes_without_the_step(
    ended: dict[str, Any], load: Load, context: Any, sent: Sent, history: Any
) -> None:
    notify = load("notify")
    notify.history = history
    notify.handler(ended, context)
    [text] = sent()
    assert "Step:" not in text
    assert "What to do: " in text


def test_notify_asks_for_the_newest_events_without_their_data(
    ended: dict[str, Any], load: Load, context: Any, sent: Sent
) -> None:
    notify, asked = load("notify"), []

    class History:
        @staticmethod
        def get_execution_history(**names: Any) -> dict[str, Any]:
            asked.append(names)
            return {"events": []}

    notify.history = History
    notify.handler(ended, context)
    assert asked == [
        {
            "executionArn": ended["detail"]["executionArn"],
            "reverseOrder": True,
            "maxResults": 1000,
            "includeExecutionData": False,
        }
    ]
