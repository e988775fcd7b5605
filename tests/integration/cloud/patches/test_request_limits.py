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


@pytest.mark.parametrize("left_out", ["Source", "DetailType", "Detail"])
def test_event_without_what_it_must_have_fails_alone(client: Client, left_out: str) -> None:
    entry = {"Source": "s", "DetailType": "d", "Detail": "{}"}
    lacking = {key: value for key, value in entry.items() if key != left_out}
    answer = client("events").put_events(Entries=[entry, lacking, entry])
    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][1]["ErrorCode"] == "InvalidArgument"
    assert left_out in answer["Entries"][1]["ErrorMessage"]
    assert answer["Entries"][0]["EventId"] != answer["Entries"][2]["EventId"]


def test_rule_that_nothing_can_match_is_refused(client: Client) -> None:
    with pytest.raises(ClientError, match="EventPattern or ScheduleExpression must be specified"):
        client("events").put_rule(Name=f"r-{uuid.uuid4().hex}")


def test_rule_with_targets_is_not_deleted(client: Client, queue: tuple[str, str]) -> None:
    events, name = client("events"), f"r-{uuid.uuid4().hex}"
    events.put_rule(Name=name, EventPattern='{"source": ["s"]}')
    events.put_targets(Rule=name, Targets=[{"Id": "q", "Arn": queue[1]}])
    with pytest.raises(ClientError, match="can't be deleted since it has targets"):
        events.delete_rule(Name=name)
    assert events.list_targets_by_rule(Rule=name)["Targets"]
    events.remove_targets(Rule=name, Ids=["q"])
    events.delete_rule(Name=name)


def test_setting_that_sns_or_sqs_does_not_know_is_refused(
    client: Client, queue: tuple[str, str]
) -> None:
    sns, sqs, url = client("sns"), client("sqs"), queue[0]
    topic = sns.create_topic(Name="limits")["TopicArn"]
    with pytest.raises(ClientError, match="protocol string: smoke"):
        sns.subscribe(TopicArn=topic, Protocol="smoke", Endpoint="e")
    with pytest.raises(ClientError, match="AttributeName"):
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Nope", AttributeValue="1")
    for known in ("DisplayName", "SQSSuccessFeedbackSampleRate"):
        sns.set_topic_attributes(TopicArn=topic, AttributeName=known, AttributeValue="1")
    with pytest.raises(ClientError, match="Unknown Attribute Nope"):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Nope": "1"})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "0"})
    with pytest.raises(ClientError, match="901 for parameter DelaySeconds is invalid"):
        sqs.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=901)
    sqs.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=900)


def test_each_message_of_a_batch_is_looked_at(client: Client) -> None:
    sns = client("sns")
    topic = sns.create_topic(Name="of-a-batch")["TopicArn"]
    entries = [
        {"Id": "long", "Message": "m", "Subject": "s" * 101},
        {"Id": "good", "Message": "m", "Subject": "s" * 100},
        {"Id": "none", "Message": "m"},
    ]
    answer = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
    assert [each["Id"] for each in answer["Successful"]] == ["good", "none"]
    assert [(each["Id"], each["Message"]) for each in answer["Failed"]] == [
        ("long", "Invalid parameter: Subject")
    ]


def test_topic_and_queue_are_not_made_with_attributes_that_are_none(
    client: Client,
) -> None:
    named = {"Name": "with-attributes", "Attributes": {"DisplayName": "d", "Nope": "1"}}
    with pytest.raises(ClientError, match="AttributeName"):
        client("sns").create_topic(**named)
    attributes = {"DelaySeconds": "0", "Nope": "1"}
    with pytest.raises(ClientError, match="Unknown Attribute Nope"):
        client("sqs").create_queue(QueueName="with-attributes", Attributes=attributes)
