"""What docs/local-cloud.md says of Step Functions, tried; as test_limits_page does."""

import json
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.cloud.limits import Client, refused, says
from tests.waiting import wait_until


def ended(sfn: Any, run: str) -> dict[str, Any]:
    def over() -> Any:
        found = sfn.describe_execution(executionArn=run)
        return found if found["status"] != "RUNNING" else None

    return dict(wait_until(over))


def definition(state: dict[str, Any]) -> str:
    return json.dumps({"StartAt": "Only", "States": {"Only": state}})


@says("JSONPath `Assign`, ItemBatcher, ResultWriter: a machine with one of them is refused")
@pytest.mark.parametrize("field", ["Assign", "ItemBatcher", "ResultWriter"])
@pytest.mark.parametrize("within", [False, True])
def test_field_that_would_be_passed_over(
    client: Client, bare_role: str, field: str, within: bool
) -> None:
    done = {"StartAt": "Done", "States": {"Done": {"Type": "Pass", "End": True}}}
    state: dict[str, Any] = {"Type": "Map", "ItemProcessor": done, "End": True}
    state[field] = {"MaxItemsPerBatch": 1} if field == "ItemBatcher" else {}
    if within:
        inner = {"StartAt": "Each", "States": {"Each": state}}
        state = {"Type": "Parallel", "Branches": [inner], "End": True}
    _, message = refused(
        client("stepfunctions").create_state_machine,
        name=f"limits-{uuid.uuid4().hex[:8]}", definition=definition(state), roleArn=bare_role,
    )  # fmt: skip
    assert f"{field} is not supported by the local cloud" in message


DONE = {"StartAt": "Done", "States": {"Done": {"Type": "Pass", "End": True}}}
CAUGHT = {"ErrorEquals": ["States.ALL"], "Assign": {"a": 1}, "Next": "End"}
CHOSEN = {"Variable": "$.a", "IsPresent": True, "Assign": {"a": 1}, "Next": "End"}


@pytest.mark.parametrize(
    "state",
    [
        {"Type": "Map", "ItemProcessor": DONE, "Catch": [CAUGHT], "Next": "End"},
        {"Type": "Choice", "Choices": [CHOSEN], "Default": "End"},
    ],
)
def test_assign_of_a_rule_would_be_passed_over(
    client: Client, bare_role: str, state: dict[str, Any]
) -> None:
    states = {"Only": state, "End": {"Type": "Succeed"}}
    _, message = refused(
        client("stepfunctions").create_state_machine,
        name=f"limits-{uuid.uuid4().hex[:8]}", roleArn=bare_role,
        definition=json.dumps({"StartAt": "Only", "States": states}),
    )  # fmt: skip
    assert "Assign is not supported" in message


@says("paths with filters, slices, unions, negative indexes or deep scans")
@pytest.mark.parametrize("path", ["$.a[?(@.b)]", "$.a[0:1]", "$.a[0,1]", "$.a[-1]", "$..a"])
def test_path_that_needs_more_than_names(client: Client, bare_role: str, path: str) -> None:
    state = {"Type": "Pass", "InputPath": path, "End": True}
    assert refused_or_failed(client("stepfunctions"), bare_role, state)


def refused_or_failed(sfn: Any, role: str, state: dict[str, Any]) -> bool:
    name = f"limits-{uuid.uuid4().hex[:8]}"
    try:
        arn = sfn.create_state_machine(name=name, definition=definition(state), roleArn=role)
    except ClientError:
        return True
    text = json.dumps({"a": [{"b": 1}]})
    run = sfn.start_execution(stateMachineArn=arn["stateMachineArn"], input=text)["executionArn"]
    found = ended(sfn, run)
    return bool(found["status"] == "FAILED" and found["cause"])


@says("unreachable states, doubled names")
def test_unreachable_state_is_refused(client: Client, bare_role: str) -> None:
    states = {name: {"Type": "Succeed"} for name in ("Only", "Never")}
    code, _ = refused(
        client("stepfunctions").create_state_machine,
        name="limits-unreachable", roleArn=bare_role,
        definition=json.dumps({"StartAt": "Only", "States": states}),
    )  # fmt: skip
    assert code == "InvalidDefinition"


@says("whether a `.sync` or `aws-sdk` action exists")
def test_action_that_does_not_exist_is_not_noticed(client: Client, bare_role: str) -> None:
    resource = "arn:aws:states:::aws-sdk:sagemaker:brewCoffee"
    state = {"Type": "Task", "Resource": resource, "Parameters": {}, "End": True}
    client("stepfunctions").create_state_machine(
        name=f"limits-{uuid.uuid4().hex[:8]}", definition=definition(state), roleArn=bare_role
    )


@says("| RedriveExecution | is not supported |")
def test_redrive(client: Client) -> None:
    arn = "arn:aws:states:us-east-1:000000000000:execution:any:any"
    _, message = refused(client("stepfunctions").redrive_execution, executionArn=arn)
    assert "not supported by the local cloud" in message


@says("of an execution that has ended is refused with ValidationException")
def test_stop_of_an_ended_execution(client: Client, bare_role: str) -> None:
    sfn, name = client("stepfunctions"), f"limits-{uuid.uuid4().hex[:8]}"
    text = definition({"Type": "Pass", "End": True})
    machine = sfn.create_state_machine(name=name, definition=text, roleArn=bare_role)
    run = sfn.start_execution(stateMachineArn=machine["stateMachineArn"])["executionArn"]
    ended(sfn, run)
    assert refused(sfn.stop_execution, executionArn=run)[0] == "ValidationException"
