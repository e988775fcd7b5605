"""Functions that Lambda would not make or call are refused, by its API and in a template."""

import io
import json
import uuid
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from dropforge import cloud as clouds
from tests.integration.cloud.conftest import TRUST

RUNTIME = "python3.13"
TEMPLATE = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {{Effect: Allow, Principal: {{Service: lambda.amazonaws.com}}, Action: sts:AssumeRole}}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      Role: !GetAtt Role.Arn
      Runtime: {runtime}
      Handler: index.h
      MemorySize: {memory}
      Code: {{ZipFile: "def h(e, c): return 1"}}
"""


def packed() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("h.py", "def h(event, context): return len(str(event))")
    return file.getvalue()


@pytest.fixture(scope="module")
def functions(cloud: clouds.Cloud) -> Any:
    """A client that does not look at requests itself."""
    return clouds.session(cloud).client("lambda", config=Config(parameter_validation=False))


@pytest.fixture(scope="module")
def role(client: Callable[[str], Any]) -> str:
    trust = json.dumps(TRUST).replace("states.", "lambda.")
    name = f"limits-{uuid.uuid4().hex[:8]}"
    made = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    return str(made["Role"]["Arn"])


@pytest.fixture(scope="module")
def function(functions: Any, role: str) -> str:
    return make(functions, role)


def make(functions: Any, role: str, **changes: Any) -> str:
    name = f"limits-{uuid.uuid4().hex[:8]}"
    given = {"Runtime": RUNTIME, "Handler": "h.h", "Role": role, "Code": {"ZipFile": packed()}}
    functions.create_function(FunctionName=name, **given | changes)
    return name


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Runtime": "python9"}, "Value python9 at 'runtime' failed"),
        ({"MemorySize": 127}, "'127' at 'memorySize'.*greater than or equal to 128"),
        ({"MemorySize": 10_241}, "'10241' at 'memorySize'.*less than or equal to 10240"),
        ({"Timeout": 0}, "'0' at 'timeout'.*greater than or equal to 1"),
        ({"Timeout": 901}, "'901' at 'timeout'.*less than or equal to 900"),
        ({"Handler": ""}, "Value '' at 'handler'"),
        ({"Handler": "two words"}, "Value 'two words' at 'handler'"),
        ({"Handler": "h." + "h" * 127}, "at 'handler'.*length less than or equal to 128"),
        ({"EphemeralStorage": {"Size": 511}}, "'511' at 'ephemeralStorage.size'"),
        ({"EphemeralStorage": {"Size": 10_241}}, "'10241' at 'ephemeralStorage.size'"),
        ({"Environment": {"Variables": {"AWS_REGION": "r"}}}, "reserved keys.*: AWS_REGION"),
        ({"Environment": {"Variables": {"A": "é" * 2_045}}}, "exceeded the 4KB limit"),
        ({"Role": "arn:aws:iam::000000000000:role/absent"}, "absent"),
    ],
)
def test_configuration_that_lambda_refuses_is_refused_when_made_and_changed(
    functions: Any, role: str, function: str, change: dict[str, Any], words: str
) -> None:
    before = functions.get_function_configuration(FunctionName=function)
    with pytest.raises(ClientError, match=words):
        make(functions, role, **change)
    with pytest.raises(ClientError, match=words):
        functions.update_function_configuration(FunctionName=function, **change)
    after = functions.get_function_configuration(FunctionName=function)
    assert before["RevisionId"] == after["RevisionId"]


@pytest.mark.parametrize(
    "change",
    [
        {"Runtime": "python3.7"},
        {"Runtime": "nodejs22.x", "Handler": "h" * 128},
        {"MemorySize": 128, "Timeout": 900, "EphemeralStorage": {"Size": 512}},
        {"MemorySize": 10_240, "Timeout": 1, "EphemeralStorage": {"Size": 10_240}},
        # As JSON, 8 bytes more than the value.
        {"Environment": {"Variables": {"A": "é" * 2_044}}},
        {"Environment": {"Variables": {"AWS_ENDPOINT_URL": ""}}},
    ],
)
def test_configuration_at_the_limit_is_taken(
    functions: Any, role: str, change: dict[str, Any]
) -> None:
    name = make(functions, role, **change)
    functions.update_function_configuration(FunctionName=name, **change)


@pytest.mark.parametrize(
    ("runtime", "memory", "words"),
    [("python9", 128, "Value python9"), (RUNTIME, 20_000, "'20000' at 'memorySize'")],
)
def test_template_whose_function_lambda_refuses_fails_the_stack(
    client: Callable[[str], Any], runtime: str, memory: int, words: str
) -> None:
    stacks, name = client("cloudformation"), f"limits-{uuid.uuid4().hex[:8]}"
    body = TEMPLATE.format(runtime=runtime, memory=memory)
    stacks.create_stack(StackName=name, TemplateBody=body, Capabilities=["CAPABILITY_IAM"])
    with pytest.raises(Exception, match="ROLLBACK_COMPLETE"):
        stacks.get_waiter("stack_create_complete").wait(
            StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 20}
        )
    events = stacks.describe_stack_events(StackName=name)["StackEvents"]
    assert any(words in each.get("ResourceStatusReason", "") for each in events)


@pytest.mark.parametrize(("kind", "most"), [("RequestResponse", 6_291_456), ("Event", 1_048_576)])
def test_payload_over_the_limit_is_refused(
    functions: Any, function: str, kind: str, most: int
) -> None:
    payload = json.dumps("x" * (most - 2)).encode()
    assert len(payload) == most
    functions.invoke(FunctionName=function, InvocationType=kind, Payload=payload)
    with pytest.raises(functions.exceptions.RequestTooLargeException, match=str(most)):
        functions.invoke(FunctionName=function, InvocationType=kind, Payload=payload + b" ")


def test_payload_that_is_no_json_is_refused(functions: Any, function: str) -> None:
    with pytest.raises(functions.exceptions.InvalidRequestContentException, match="parse payload"):
        functions.invoke(FunctionName=function, Payload=b"no json")
    assert "FunctionError" not in functions.invoke(FunctionName=function, Payload=b"")


def test_function_without_a_policy_has_none_to_show(functions: Any, role: str) -> None:
    name = make(functions, role)
    with pytest.raises(functions.exceptions.ResourceNotFoundException):
        functions.get_policy(FunctionName=name)
    functions.add_permission(
        FunctionName=name,
        StatementId="s",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
    )
    assert '"Sid": "s"' in functions.get_policy(FunctionName=name)["Policy"]


def test_more_than_two_retries_of_an_event_are_refused(functions: Any, function: str) -> None:
    functions.put_function_event_invoke_config(FunctionName=function, MaximumRetryAttempts=2)
    with pytest.raises(ClientError, match="'3' at 'maximumRetryAttempts'"):
        functions.put_function_event_invoke_config(FunctionName=function, MaximumRetryAttempts=3)
