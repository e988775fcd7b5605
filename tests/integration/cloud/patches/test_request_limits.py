"""Requests that AWS refuses for what they hold are refused here."""

import io
import json
import uuid
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.cloud.conftest import TRUST

Client = Callable[[str], Any]
END = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}


@pytest.mark.parametrize("subject", ["x" * 101, "a\nb", "a\tb", "a\u2028b"])
def test_subject_that_sns_refuses_is_refused(client: Client, subject: str) -> None:
    sns = client("sns")
    topic = sns.create_topic(Name="limits")["TopicArn"]
    sns.publish(TopicArn=topic, Subject="è" * 100, Message="m")
    sns.publish(TopicArn=topic, Message="m")
    with pytest.raises(ClientError, match="Invalid parameter: Subject"):
        sns.publish(TopicArn=topic, Subject=subject, Message="m")


def test_event_whose_detail_is_no_object_fails_alone(
    client: Client, queue: tuple[str, str]
) -> None:
    events, (url, arn) = client("events"), queue
    source = uuid.uuid4().hex
    events.put_rule(Name=source, EventPattern=json.dumps({"source": [source]}))
    events.put_targets(Rule=source, Targets=[{"Id": "q", "Arn": arn}])
    entry = {"Source": source, "DetailType": "d"}
    details = ["nope", '{"a": 1}', "[1]", "null", '{"a": 2}']
    answer = events.put_events(Entries=[entry | {"Detail": detail} for detail in details])
    assert answer["FailedEntryCount"] == 3
    codes = [each.get("ErrorCode") for each in answer["Entries"]]
    assert codes == ["MalformedDetail", None, "MalformedDetail", "MalformedDetail", None]
    found = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert sorted(json.loads(each["Body"])["detail"]["a"] for each in found) == [1, 2]


@pytest.mark.parametrize(
    ("given", "error"),
    [("nope", "InvalidExecutionInput"), (json.dumps("a" * 262_143), "ValidationException")],
)
def test_input_that_no_execution_takes_is_refused(
    client: Client, machine: Callable[[dict[str, Any]], str], given: str, error: str
) -> None:
    states, arn = client("stepfunctions"), machine(END)
    with pytest.raises(ClientError, match=error):
        states.start_execution(stateMachineArn=arn, input=given)
    states.start_execution(stateMachineArn=arn, input=json.dumps("a" * 262_142))


def test_answer_over_six_megabytes_is_an_error_of_the_function(client: Client) -> None:
    packed, name = io.BytesIO(), f"large-{uuid.uuid4().hex[:8]}"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("h.py", "def h(event, context): return 'x' * event['size']")
    trust = json.dumps(TRUST).replace("states.", "lambda.")
    role = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    functions = client("lambda")
    functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="h.h",
        Role=role,
        Code={"ZipFile": packed.getvalue()},
    )
    for size, error in ((6_291_554, None), (6_291_555, "Function.ResponseSizeTooLarge")):
        answer = functions.invoke(FunctionName=name, Payload=json.dumps({"size": size}))
        body = json.loads(answer["Payload"].read())
        assert (body["errorType"] if "FunctionError" in answer else None) == error
