"""Definitions, schedules and roles that AWS refuses are refused by every call and by stacks."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.cloud.conftest import TRUST
from tests.waiting import wait_until

Client = Callable[[str], Any]
GOOD = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
BAD = {"StartAt": "A", "States": {"A": {"Type": "Pass"}}}
NEITHER = (
    "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Neither 'Next' and 'End' is "
    "provided at /States/A'"
)


@pytest.fixture
def role(client: Client) -> str:
    return role_of(client, TRUST)


def role_of(client: Client, trust: dict[str, Any]) -> str:
    answer = client("iam").create_role(
        RoleName=f"for-{uuid.uuid4().hex}", AssumeRolePolicyDocument=json.dumps(trust)
    )
    return str(answer["Role"]["Arn"])


def trust_of(service: str) -> dict[str, Any]:
    [statement] = TRUST["Statement"]
    return TRUST | {"Statement": [statement | {"Principal": {"Service": service}}]}


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        (json.dumps(BAD), NEITHER),
        ("{oops", "INVALID_JSON_DESCRIPTION"),
        ("[]", "must be an object"),
    ],
)
def test_definition_is_refused_when_it_is_made_and_changed(
    client: Client, role: str, definition: str, message: str
) -> None:
    states = client("stepfunctions")
    name = uuid.uuid4().hex
    with pytest.raises(ClientError, match="InvalidDefinition") as refusal:
        states.create_state_machine(name=name, definition=definition, roleArn=role)
    assert message in str(refusal.value)
    arn = states.create_state_machine(name=name, definition=json.dumps(GOOD), roleArn=role)[
        "stateMachineArn"
    ]
    with pytest.raises(ClientError, match="InvalidDefinition"):
        states.update_state_machine(stateMachineArn=arn, definition=definition)
    kept = states.describe_state_machine(stateMachineArn=arn)["definition"]
    assert json.loads(kept) == GOOD


def test_definition_is_looked_at_without_being_made(client: Client) -> None:
    states = client("stepfunctions")
    good = states.validate_state_machine_definition(definition=json.dumps(GOOD))
    assert (good["result"], good["diagnostics"]) == ("OK", [])
    bad = states.validate_state_machine_definition(definition=json.dumps(BAD))
    assert bad["result"] == "FAIL"
    [found] = bad["diagnostics"]
    assert (found["code"], found["location"]) == ("SCHEMA_VALIDATION_FAILED", "/States/A")


@pytest.mark.parametrize("trusted", [None, "lambda.amazonaws.com"])
def test_role_that_may_not_be_assumed_is_refused(
    client: Client, role: str, trusted: str | None
) -> None:
    states = client("stepfunctions")
    other = role_of(client, trust_of(trusted)) if trusted else f"{role}-gone"
    made = {"name": uuid.uuid4().hex, "definition": json.dumps(GOOD)}
    with pytest.raises(ClientError, match=r"AccessDenied.*authorized to assume the provided role"):
        states.create_state_machine(roleArn=other, **made)
    arn = states.create_state_machine(roleArn=role, **made)["stateMachineArn"]
    with pytest.raises(ClientError, match="AccessDenied"):
        states.update_state_machine(stateMachineArn=arn, roleArn=other)
    target = {"Arn": arn, "RoleArn": other}
    with pytest.raises(ClientError, match="must allow AWS EventBridge Scheduler to assume"):
        client("scheduler").create_schedule(
            Name=uuid.uuid4().hex,
            ScheduleExpression="rate(1 day)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target=target,
        )


@pytest.mark.parametrize("expression", ["rate(7 dayz)", "cron(0 3 * * *)", "rate(0 days)"])
def test_schedule_that_cannot_exist_is_refused(client: Client, expression: str) -> None:
    scheduler, name = client("scheduler"), uuid.uuid4().hex
    trusting = role_of(client, trust_of("scheduler.amazonaws.com"))
    made = {
        "Name": name,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": "arn:aws:sqs:us-east-1:000000000000:q", "RoleArn": trusting},
    }
    with pytest.raises(ClientError, match="Invalid Schedule Expression"):
        scheduler.create_schedule(ScheduleExpression=expression, **made)
    scheduler.create_schedule(ScheduleExpression="rate(7 days)", **made)
    with pytest.raises(ClientError, match="Invalid Schedule Expression"):
        scheduler.update_schedule(ScheduleExpression=expression, **made)
    with pytest.raises(ClientError, match="ScheduleExpression is not valid"):
        client("events").put_rule(Name=name, ScheduleExpression=expression)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ScheduleExpressionTimezone": "Mars/Olympus"}, "Timezone Mars/Olympus"),
        ({"ScheduleExpressionTimezone": "../etc/passwd"}, "Timezone ../etc/passwd"),
        ({"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}}, "needs MaximumWindowInMinutes"),
        (
            {"FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 1_441}},
            "from 1 to 1440",
        ),
        ({"Target": {"Arn": "nope", "RoleArn": "r"}}, "not in correct format"),
    ],
)
def test_schedule_with_a_setting_that_cannot_be_is_refused(
    client: Client, change: dict[str, Any], words: str
) -> None:
    trusting = role_of(client, trust_of("scheduler.amazonaws.com"))
    made: dict[str, Any] = {
        "Name": uuid.uuid4().hex,
        "ScheduleExpression": "rate(7 days)",
        "ScheduleExpressionTimezone": "Europe/Vienna",
        "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 1_440},
        "Target": {"Arn": "arn:aws:sqs:us-east-1:000000000000:q", "RoleArn": trusting},
    }
    scheduler = client("scheduler")
    with pytest.raises(ClientError, match=words):
        scheduler.create_schedule(**made | change)
    scheduler.create_schedule(**made)
    with pytest.raises(ClientError, match=words):
        scheduler.update_schedule(**made | change)


def machine(role: str, **properties: Any) -> dict[str, Any]:
    given = {"RoleArn": role, "DefinitionString": json.dumps(GOOD)} | properties
    return {"Type": "AWS::StepFunctions::StateMachine", "Properties": given}


def schedule(role: str, expression: str) -> dict[str, Any]:
    return {
        "Type": "AWS::Scheduler::Schedule",
        "Properties": {
            "ScheduleExpression": expression,
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": "arn:aws:sqs:us-east-1:000000000000:q", "RoleArn": role},
        },
    }


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (lambda r: machine(r, DefinitionString=json.dumps(BAD)), "Neither 'Next' and 'End'"),
        (lambda r: machine(f"{r}-gone"), "assume the provided role"),
        (lambda r: schedule(r, "rate(7 dayz)"), "Invalid Schedule Expression rate(7 dayz)."),
        (lambda r: schedule(r, "rate(7 days)"), "must allow AWS EventBridge Scheduler"),
        (
            lambda _: {
                "Type": "AWS::Events::Rule",
                "Properties": {"ScheduleExpression": "rate(2 day)"},
            },
            "ScheduleExpression is not valid",
        ),
    ],
)
def test_stack_with_what_aws_refuses_is_rolled_back(
    client: Client, role: str, made: Callable[[str], dict[str, Any]], reason: str
) -> None:
    stacks, name = client("cloudformation"), f"refused-{uuid.uuid4().hex[:8]}"
    template = {"Resources": {"Refused": made(role)}}
    stacks.create_stack(StackName=name, TemplateBody=json.dumps(template))

    def status() -> str:
        [found] = stacks.describe_stacks(StackName=name)["Stacks"]
        return str(found["StackStatus"])

    wait_until(lambda: status() == "ROLLBACK_COMPLETE")
    events = stacks.describe_stack_events(StackName=name)["StackEvents"]
    assert any(reason in event.get("ResourceStatusReason", "") for event in events)
