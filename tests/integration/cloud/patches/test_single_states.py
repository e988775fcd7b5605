"""TestState: a state alone, with the permissions of a role."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from dropforge import cloud as clouds
from tests.integration.cloud.conftest import TRUST

Client = Callable[[str], Any]
INVOKE = "arn:aws:states:::lambda:invoke"
SYNC = "arn:aws:states:::sagemaker:createTrainingJob.sync"


@pytest.fixture(scope="module")
def states(cloud: clouds.Cloud) -> Any:
    """A client that does not put `sync-` before the address."""
    return clouds.session(cloud).client("stepfunctions", config=Config(inject_host_prefix=False))


@pytest.fixture(scope="module")
def roles(client: Client) -> dict[str, str]:
    """A role that may do all, one that may do nothing, and one that is not for Step Functions."""
    iam, made = client("iam"), {}
    for kind in ("all", "none", "foreign"):
        name = f"single-{kind}-{uuid.uuid4().hex[:8]}"
        trust = json.dumps(TRUST)
        trust = trust.replace("states.", "lambda.") if kind == "foreign" else trust
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]
        if kind == "all":
            statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
            policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=policy)
        made[kind] = role["Arn"]
    return made


def outcome(states: Any, definition: Any, **given: Any) -> dict[str, Any]:
    found: dict[str, Any] = states.test_state(definition=json.dumps(definition), **given)
    return found


def test_choice_and_pass_say_where_they_go(states: Any) -> None:
    rule = {"Variable": "$.a", "NumericEquals": 1, "Next": "X"}
    choice = {"Type": "Choice", "Choices": [rule], "Default": "Y"}
    for given, following in (('{"a": 1}', "X"), ('{"a": 2}', "Y")):
        found = outcome(states, choice, input=given)
        assert (found["status"], found["nextState"]) == ("SUCCEEDED", following)
    found = outcome(states, {"Type": "Pass", "Result": {"b": 2}, "End": True})
    assert json.loads(found["output"]) == {"b": 2}


def test_task_has_the_permissions_of_the_role(
    states: Any, roles: dict[str, str], outputs: dict[str, str]
) -> None:
    function = outputs["EchoFunctionArn"]
    task = {
        "Type": "Task",
        "Resource": INVOKE,
        "Parameters": {"FunctionName": function, "Payload": {"a": 1}},
        "End": True,
    }
    found = outcome(states, task, roleArn=roles["all"])
    assert json.loads(found["output"])["Payload"]["event"] == {"a": 1}
    found = outcome(states, task, roleArn=roles["none"])
    assert (found["status"], found["error"]) == ("FAILED", "Lambda.AWSLambdaException")
    assert "lambda:InvokeFunction" in found["cause"]
    machine = {"StartAt": "P", "States": {"P": {"Type": "Pass", "Next": "T"}, "T": task}}
    found = outcome(states, machine, stateName="T", roleArn=roles["none"])
    assert found["status"] == "FAILED"
    with pytest.raises(ClientError, match="needs a role"):
        outcome(states, machine, stateName="T")


def test_permissions_end_with_the_call(states: Any, roles: dict[str, str], client: Client) -> None:
    outcome(states, {"Type": "Pass", "End": True}, roleArn=roles["none"])
    assert client("sts").get_caller_identity()["Arn"].endswith(":root")


@pytest.mark.parametrize(
    ("state", "role", "error", "words"),
    [
        ({"Type": "Task", "Resource": INVOKE, "End": True}, None, "ValidationException", "role"),
        ({"Type": "Pass", "End": True}, "foreign", "AccessDeniedException", "assume"),
        ({"Type": "Task", "Resource": SYNC, "End": True}, "all", "ValidationException", "mock"),
        ({"Type": "Pass", "Nope": 1, "End": True}, None, "InvalidDefinition", "Nope"),
        ({"Type": "Task", "End": True}, "all", "InvalidDefinition", "Resource"),
        (["Pass"], None, "InvalidDefinition", "Invalid State"),
        (
            {
                "Type": "Parallel",
                "Branches": [{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}],
                "End": True,
            },
            None,
            "ValidationException",
            "not supported by the local cloud",
        ),
    ],
)
def test_what_cannot_be_tested_is_refused(
    states: Any, roles: dict[str, str], state: Any, role: str | None, error: str, words: str
) -> None:
    named = {"roleArn": roles[role]} if role else {}
    with pytest.raises(ClientError, match=words) as caught:
        outcome(states, state, **named)
    assert caught.value.response["Error"]["Code"] == error


def test_job_is_tested_with_a_mock(states: Any) -> None:
    state = {"Type": "Task", "Resource": SYNC, "Next": "Elsewhere"}
    found = outcome(states, state, mock={"result": '{"TrainingJobStatus": "Completed"}'})
    assert (found["status"], found["nextState"]) == ("SUCCEEDED", "Elsewhere")
