"""What a state machine logs, and which logging configurations and names are refused."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from dropforge import cloud as clouds
from tests.integration.cloud.conftest import TRUST, run_machine

Client = Callable[[str], Any]
LOGS = [
    f"logs:{action}"
    for action in (
        "CreateLogDelivery",
        "GetLogDelivery",
        "UpdateLogDelivery",
        "DeleteLogDelivery",
        "ListLogDeliveries",
        "PutResourcePolicy",
        "DescribeResourcePolicies",
        "DescribeLogGroups",
    )
]
PASS = {"Type": "Pass", "End": True}
CAUGHT = {
    "Type": "Map",
    "ItemsPath": "$.items",
    "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Fails",
        "States": {"Fails": {"Type": "Fail", "Error": "Own", "Cause": "why"}},
    },
    "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "After"}],
    "Next": "After",
}
RECOVERS = {"StartAt": "Caught", "States": {"Caught": CAUGHT, "After": PASS}}
TEMPLATE = """
Resources:
  Group: {{Type: AWS::Logs::LogGroup}}
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: {role}
      DefinitionString: '{definition}'
      LoggingConfiguration:
        Level: {level}
        IncludeExecutionData: true
        Destinations: [{{CloudWatchLogsLogGroup: {{LogGroupArn: !GetAtt Group.Arn}}}}]
Outputs:
  Group: {{Value: !Ref Group}}
  Machine: {{Value: !Ref Machine}}
"""


@pytest.fixture(scope="module")
def states(cloud: clouds.Cloud) -> Any:
    """A client that does not look at requests itself."""
    return clouds.session(cloud).client("stepfunctions", config=Config(parameter_validation=False))


@pytest.fixture(scope="module")
def roles(client: Client) -> Callable[[list[str]], str]:
    def make(actions: list[str]) -> str:
        name, iam = f"logs-{uuid.uuid4().hex[:12]}", client("iam")
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
        statement = {"Effect": "Allow", "Action": [*actions, "states:*"], "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=policy)
        return str(arn["Arn"])

    return make


@pytest.fixture(scope="module")
def role(roles: Callable[[list[str]], str]) -> str:
    return roles(LOGS)


@pytest.fixture
def group(client: Client) -> str:
    name = f"/states/{uuid.uuid4().hex}"
    client("logs").create_log_group(logGroupName=name)
    return name


def logging(group: str, level: str, *, data: bool = True) -> dict[str, Any]:
    arn = f"arn:aws:logs:us-east-1:000000000000:log-group:{group}:*"
    destination = {"cloudWatchLogsLogGroup": {"logGroupArn": arn}}
    return {"level": level, "includeExecutionData": data, "destinations": [destination]}


def make(states: Any, role: str, **more: Any) -> str:
    given: dict[str, Any] = {
        "name": f"logs-{uuid.uuid4().hex[:12]}",
        "definition": json.dumps({"StartAt": "A", "States": {"A": PASS}}),
        "roleArn": role,
    }
    return str(states.create_state_machine(**given | more)["stateMachineArn"])


def lines(client: Client, group: str, execution: str) -> list[dict[str, Any]]:
    found = client("logs").filter_log_events(logGroupName=group)["events"]
    told = [json.loads(event["message"]) for event in found]
    return sorted(
        (line for line in told if line["execution_arn"] == execution),
        key=lambda line: int(line["id"]),
    )


def test_level_all_logs_the_history(states: Any, client: Client, role: str, group: str) -> None:
    arn = make(states, role, loggingConfiguration=logging(group, "ALL"))
    ended = run_machine(states, arn, "first", '{"a": 1}')
    told = lines(client, group, ended["executionArn"])
    history = states.get_execution_history(executionArn=ended["executionArn"])["events"]
    assert [line["type"] for line in told] == [event["type"] for event in history]
    assert [line["previous_event_id"] for line in told] == ["0", "1", "2", "3"]
    assert json.loads(told[0]["details"]["input"]) == {"a": 1}
    assert int(told[0]["event_timestamp"]) == int(history[0]["timestamp"].timestamp() * 1000)
    [stream] = client("logs").describe_log_streams(logGroupName=group)["logStreams"]
    assert stream["logStreamName"].startswith(f"states/{arn.rpartition(':')[2]}/")


def test_input_and_output_are_logged_only_if_asked_for(
    states: Any, client: Client, role: str, group: str
) -> None:
    arn = make(states, role, loggingConfiguration=logging(group, "ALL", data=False))
    ended = run_machine(states, arn, "first", '{"secret": 1}')
    told = lines(client, group, ended["executionArn"])
    assert len(told) == 4
    assert "secret" not in json.dumps(told)
    assert told[1]["details"]["name"] == "A"


@pytest.mark.parametrize(
    ("level", "kinds"),
    [("ERROR", ["MapRunFailed"]), ("FATAL", []), ("OFF", [])],
)
def test_level_takes_what_its_name_says(
    states: Any, client: Client, role: str, group: str, level: str, kinds: list[str]
) -> None:
    configuration = logging(group, level)
    arn = make(states, role, loggingConfiguration=configuration, definition=json.dumps(RECOVERS))
    ended = run_machine(states, arn, "first", '{"items": [1]}')
    assert ended["status"] == "SUCCEEDED"
    told = lines(client, group, ended["executionArn"])
    assert [line["type"] for line in told] == kinds
    # The child of the Map Run logs too, once.
    children = client("logs").filter_log_events(logGroupName=group)["events"]
    assert len(children) == (2 if level == "ERROR" else 0)


def test_each_event_of_a_map_runs_child_is_logged_once(
    states: Any, client: Client, role: str, group: str
) -> None:
    processor = CAUGHT["ItemProcessor"] | {"StartAt": "P", "States": {"P": PASS}}
    caught = CAUGHT | {"ItemProcessor": processor}
    definition = json.dumps({"StartAt": "Caught", "States": {"Caught": caught, "After": PASS}})
    configuration = logging(group, "ALL")
    arn = make(states, role, loggingConfiguration=configuration, definition=definition)
    ended = run_machine(states, arn, "first", '{"items": [1, 2]}')
    found = client("logs").filter_log_events(logGroupName=group)["events"]
    told = [json.loads(event["message"]) for event in found]
    keys = [(line["execution_arn"], line["id"]) for line in told]
    assert len(set(keys)) == len(keys)
    assert len({arn for arn, _ in keys} - {ended["executionArn"]}) == 2


def test_end_of_a_failed_execution_is_fatal(
    states: Any, client: Client, role: str, group: str
) -> None:
    fail = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Own", "Cause": "why"}}}
    arn = make(
        states, role, loggingConfiguration=logging(group, "FATAL"), definition=json.dumps(fail)
    )
    ended = run_machine(states, arn, "first")
    [told] = lines(client, group, ended["executionArn"])
    assert (told["type"], told["details"]["error"]) == ("ExecutionFailed", "Own")


def test_stack_logs_from_then_on_as_its_template_says(
    client: Client, states: Any, role: str
) -> None:
    stacks, name = client("cloudformation"), f"logs-{uuid.uuid4().hex[:8]}"
    definition = json.dumps({"StartAt": "A", "States": {"A": PASS}})
    body = TEMPLATE.format(role=role, definition=definition, level="ALL")
    stacks.create_stack(StackName=name, TemplateBody=body)
    quick = {"Delay": 1, "MaxAttempts": 20}
    stacks.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=quick)
    outputs = {
        each["OutputKey"]: each["OutputValue"]
        for each in stacks.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    }
    found = states.describe_state_machine(stateMachineArn=outputs["Machine"])
    assert found["loggingConfiguration"]["level"] == "ALL"
    ended = run_machine(states, outputs["Machine"], "first")
    assert len(lines(client, outputs["Group"], ended["executionArn"])) == 4
    stacks.update_stack(StackName=name, TemplateBody=body.replace("Level: ALL", "Level: FATAL"))
    stacks.get_waiter("stack_update_complete").wait(StackName=name, WaiterConfig=quick)
    found = states.describe_state_machine(stateMachineArn=outputs["Machine"])
    assert found["loggingConfiguration"]["level"] == "FATAL"
    ended = run_machine(states, outputs["Machine"], "second")
    assert lines(client, outputs["Group"], ended["executionArn"]) == []


@pytest.mark.parametrize("missing", LOGS)
def test_role_that_may_not_deliver_logs_is_refused(
    states: Any, roles: Callable[[list[str]], str], role: str, group: str, missing: str
) -> None:
    narrow = roles([action for action in LOGS if action != missing])
    words = "not authorized to access the Log Destination"
    with pytest.raises(ClientError, match=words):
        make(states, narrow, loggingConfiguration=logging(group, "ERROR"))
    arn = make(states, narrow)
    with pytest.raises(ClientError, match=words):
        states.update_state_machine(
            stateMachineArn=arn, loggingConfiguration=logging(group, "ERROR")
        )
    states.update_state_machine(
        stateMachineArn=arn, roleArn=role, loggingConfiguration=logging(group, "ERROR")
    )


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"level": "LOUD"}, "ValidationException", "'LOUD' at 'loggingConfiguration.level'"),
        ({"destinations": []}, "InvalidLoggingConfiguration", "exactly one Log Destination"),
        (logging("/absent", "ALL"), "InvalidLoggingConfiguration", "/absent:.* does not exist"),
    ],
)
def test_logging_configuration_that_cannot_be_is_refused(
    states: Any, role: str, group: str, change: dict[str, Any], error: str, words: str
) -> None:
    with pytest.raises(ClientError, match=words) as caught:
        make(states, role, loggingConfiguration=logging(group, "ALL") | change)
    assert caught.value.response["Error"]["Code"] == error


def test_destination_without_its_end_is_refused(states: Any, role: str, group: str) -> None:
    configuration = logging(group, "ALL")
    named = configuration["destinations"][0]["cloudWatchLogsLogGroup"]
    named["logGroupArn"] = named["logGroupArn"].removesuffix(":*")
    with pytest.raises(ClientError, match="ends with"):
        make(states, role, loggingConfiguration=configuration)


@pytest.mark.parametrize("name", ["two words", "a/b", "a:b", "a*", "a\u0080", ""])
def test_name_with_a_sign_that_may_not_be_is_refused(states: Any, role: str, name: str) -> None:
    if name:
        with pytest.raises(states.exceptions.InvalidName):
            make(states, role, name=name)
    with pytest.raises(states.exceptions.InvalidName):
        states.start_execution(stateMachineArn=make(states, role), name=name)


def test_name_may_have_eighty_letters_of_any_language(states: Any, role: str) -> None:
    arn = make(states, role)
    states.start_execution(stateMachineArn=arn, name="ä.+!@(=)-_'" + "x" * 69)
    with pytest.raises(ClientError, match="less than or equal to 80"):
        states.start_execution(stateMachineArn=arn, name="x" * 81)
