"""Each test fails on ministack as it is; see the patch of its name."""

import importlib.util
import json
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from dropforge.cloud import patches
from dropforge.cloud.access import Cloud
from dropforge.cloud.patches import replacing
from dropforge.errors import PatchError
from tests.integration.cloud.conftest import TRUST, run_machine
from tests.waiting import wait_until

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


def invoke(client: Client, function: str, event: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    answer = client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
    return answer, json.loads(answer["Payload"].read())


@pytest.fixture
def queue(client: Client) -> tuple[str, str]:
    """A queue's URL and ARN."""
    sqs = client("sqs")
    url = sqs.create_queue(QueueName=uuid.uuid4().hex)["QueueUrl"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, answer["Attributes"]["QueueArn"]


def received(client: Client, url: str) -> Any:
    messages = client("sqs").receive_message(QueueUrl=url).get("Messages", [])
    return json.loads(messages[0]["Body"]) if messages else None


def rule_to(client: Client, source: str, target: dict[str, Any]) -> None:
    name = uuid.uuid4().hex
    client("events").put_rule(Name=name, EventPattern=json.dumps({"source": [source]}))
    client("events").put_targets(Rule=name, Targets=[{"Id": "one"} | target])


# --- registry


def test_other_source_is_refused() -> None:
    module = ModuleType("changed")
    module.script = "one"  # type: ignore[attr-defined]
    with pytest.raises(PatchError, match=r"changed\.script has digest .* written for 0{12}"):
        replacing.replace(module, "script", "0" * 12, "two")


def test_line_is_left_out_and_the_rest_runs_in_its_module(tmp_path: Path) -> None:
    source = tmp_path / "changed.py"
    source.write_text("seen = []\ndef run(n=2):\n    seen.append(1)\n    return n * len(seen)\n")
    spec = importlib.util.spec_from_file_location("changed", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    line = "    seen.append(1)\n"
    made = replacing.changed(module, "run", replacing.digest_of(module.run), line, "")
    assert (made(), module.run(), made()) == (0, 2, 2)
    with pytest.raises(PatchError, match=r"changed\.run has digest"):
        replacing.changed(module, "run", "0" * 12, line, "")


def test_other_release_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda _: "9.9.9")
    with pytest.raises(PatchError, match=r"ministack 9\.9\.9 is installed.*ministack==1\.5\.33"):
        patches.apply()


def test_every_patch_is_applied() -> None:
    files = {
        path.stem
        for path in Path(patches.__file__).parent.rglob("*.py")
        if "def apply()" in path.read_text(encoding="utf-8") and path.stem != "__init__"
    }
    assert {module.__name__.rpartition(".")[2] for module in patches._modules()} == files


# --- lambda_worker


def test_error_has_its_class_name_message_and_trace(
    client: Client, outputs: dict[str, str]
) -> None:
    answer, payload = invoke(client, outputs["EchoFunctionArn"], {"raise": "12 degrees"})
    assert answer["FunctionError"] == "Unhandled"
    assert (payload["errorType"], payload["errorMessage"]) == ("TooColdError", "12 degrees")
    assert 'raise TooColdError(event["raise"])' in payload["stackTrace"][-1]


def test_worker_lives_on_after_an_error(client: Client, outputs: dict[str, str]) -> None:
    function = outputs["EchoFunctionArn"]
    before = invoke(client, function, {"pid": True})[1]
    invoke(client, function, {"raise": "x"})
    assert invoke(client, function, {"pid": True})[1] == before


def test_error_is_retried_and_caught_by_name(
    client: Client, outputs: dict[str, str], machine: Callable[[dict[str, Any]], str]
) -> None:
    task = {
        "Type": "Task",
        "Resource": outputs["EchoFunctionArn"],
        "Retry": [{"ErrorEquals": ["OtherError"], "MaxAttempts": 9, "IntervalSeconds": 9}],
        "Catch": [{"ErrorEquals": ["TooColdError"], "Next": "Caught"}],
        "End": True,
    }
    arn = machine({"StartAt": "Do", "States": {"Do": task, "Caught": {"Type": "Succeed"}}})
    ended = run_machine(client("stepfunctions"), arn, "caught", '{"raise": "brr"}')
    output = json.loads(ended["output"])
    assert output["Error"] == "TooColdError"
    cause = json.loads(output["Cause"])
    assert set(cause) >= {"errorMessage", "errorType", "stackTrace"}


def test_childs_output_is_not_taken_for_the_answer(client: Client, outputs: dict[str, str]) -> None:
    for number in range(2):
        event = {"child": True, "number": number}
        assert invoke(client, outputs["EchoFunctionArn"], event)[1]["event"] == event


def test_log_of_an_invocation_is_its_own(client: Client, outputs: dict[str, str]) -> None:
    function = outputs["EchoFunctionArn"].rpartition(":")[2]
    for number in range(3):
        invoke(client, function, {"print": f"unfinished line {number}"})
    group = f"/aws/lambda/{function}"
    logs = client("logs")
    found = set()
    for stream in logs.describe_log_streams(logGroupName=group)["logStreams"]:
        events = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])
        lines = [event["message"] for event in events["events"]]
        found.add(tuple(line for line in lines if line.startswith("unfinished")))
        assert not any("__lambda" in line for line in lines)
    assert {(f"unfinished line {number}",) for number in range(3)} <= found


def test_silent_invocation_costs_no_wait_for_its_log(
    client: Client, outputs: dict[str, str]
) -> None:
    def seconds() -> float:
        started = time.perf_counter()
        invoke(client, outputs["EchoFunctionArn"], {})
        return time.perf_counter() - started

    # ministack waits 50 ms each time in case that something is printed; a machine, rarely.
    assert any(seconds() < 0.045 for _ in range(200))


def test_answer_that_is_no_json_is_named_as_by_lambda(
    client: Client, outputs: dict[str, str]
) -> None:
    payload = invoke(client, outputs["EchoFunctionArn"], {"object": True})[1]
    assert payload["errorType"] == "Runtime.MarshalError"


def test_process_that_dies_is_named_as_by_lambda(client: Client, outputs: dict[str, str]) -> None:
    payload = invoke(client, outputs["EchoFunctionArn"], {"die": True})[1]
    assert payload["errorType"] == "Runtime.ExitError"
    assert "Runtime exited" in payload["errorMessage"]
    assert invoke(client, outputs["EchoFunctionArn"], {})[1]["event"] == {}


def test_import_error_is_named_as_by_lambda(client: Client, outputs: dict[str, str]) -> None:
    function = outputs["EchoFunctionArn"].rpartition(":")[2]
    lambdas = client("lambda")
    lambdas.update_function_configuration(FunctionName=function, Handler="echo.absent.handler")
    try:
        payload = invoke(client, function, {})[1]
        assert payload["errorType"] == "Runtime.ImportModuleError"
        assert "Unable to import module 'echo.absent'" in payload["errorMessage"]
        lambdas.update_function_configuration(FunctionName=function, Handler="echo.handler.no")
        assert invoke(client, function, {})[1]["errorType"] == "Runtime.HandlerNotFound"
    finally:
        lambdas.update_function_configuration(
            FunctionName=function, Handler="echo.handler.lambda_handler"
        )


# --- worker_pool


def test_many_invocations_at_once_share_few_workers(
    client: Client, outputs: dict[str, str]
) -> None:
    seen: list[int] = []

    def call() -> None:
        seen.append(invoke(client, outputs["EchoFunctionArn"], {"pid": True})[1]["pid"])

    threads = [threading.Thread(target=call) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 24
    assert len(set(seen)) <= 8


# --- event_delivery


def test_event_that_fails_is_retried_and_goes_to_the_destination(
    client: Client, outputs: dict[str, str], queue: tuple[str, str]
) -> None:
    function = outputs["EchoFunctionArn"]
    url, arn = queue
    client("lambda").put_function_event_invoke_config(
        FunctionName=function,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": arn}},
    )
    target = {"Arn": function, "Input": json.dumps({"raise": "always"})}
    rule_to(client, "tests.failing", target)
    client("events").put_events(
        Entries=[{"Source": "tests.failing", "DetailType": "t", "Detail": "{}"}]
    )
    failure = wait_until(lambda: received(client, url))
    client("lambda").delete_function_event_invoke_config(FunctionName=function)
    assert failure["requestPayload"] == {"raise": "always"}
    assert failure["responsePayload"]["errorType"] == "TooColdError"


def test_event_for_no_function_goes_to_the_targets_queue(
    client: Client, queue: tuple[str, str]
) -> None:
    url, arn = queue
    absent = "arn:aws:lambda:us-east-1:000000000000:function:absent"
    rule_to(client, "tests.absent", {"Arn": absent, "DeadLetterConfig": {"Arn": arn}})
    client("events").put_events(
        Entries=[{"Source": "tests.absent", "DetailType": "t", "Detail": '{"a": 1}'}]
    )
    assert wait_until(lambda: received(client, url))["detail"] == {"a": 1}


# --- object_version, ranged_reads, secure_transport


def test_object_created_names_the_version(
    client: Client, bucket: str, queue: tuple[str, str]
) -> None:
    url, arn = queue
    rule_to(client, "aws.s3", {"Arn": arn})
    version = client("s3").put_object(Bucket=bucket, Key="versioned", Body=b"x")["VersionId"]

    def event() -> Any:
        found = received(client, url)
        return found if found and found["detail"]["object"]["key"] == "versioned" else None

    assert wait_until(event)["detail"]["object"]["version-id"] == version


def test_range_of_a_version_is_that_range(client: Client, bucket: str) -> None:
    s3 = client("s3")
    old = s3.put_object(Bucket=bucket, Key="ranged", Body=b"0123456789")["VersionId"]
    new = s3.put_object(Bucket=bucket, Key="ranged", Body=b"abcdefghij")["VersionId"]
    for version, expected in ((old, b"234"), (new, b"cde")):
        answer = s3.get_object(Bucket=bucket, Key="ranged", VersionId=version, Range="bytes=2-4")
        assert answer["Body"].read() == expected
        assert answer["ContentRange"] == "bytes 2-4/10"
        assert answer["VersionId"] == version
    with pytest.raises(ClientError, match="InvalidRange"):
        s3.get_object(Bucket=bucket, Key="ranged", VersionId=old, Range="bytes=20-30")


def test_range_of_a_large_object_costs_its_range(client: Client, bucket: str) -> None:
    s3 = client("s3")
    s3.put_object(Bucket=bucket, Key="large", Body=bytes(64 << 20))

    def seconds(span: str) -> float:
        started = time.perf_counter()
        s3.get_object(Bucket=bucket, Key="large", Range=span)["Body"].read()
        return time.perf_counter() - started

    whole = min(seconds("bytes=0-") for _ in range(2))
    quick = any(seconds("bytes=60000000-60000099") < whole / 8 for _ in range(50))
    s3.delete_object(Bucket=bucket, Key="large")
    assert quick


def test_policy_that_refuses_plain_http_lets_local_calls_pass(client: Client) -> None:
    s3 = client("s3")
    name = f"tls-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": f"arn:aws:s3:::{name}/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    s3.put_bucket_policy(
        Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    )
    iam = client("iam")
    iam.create_user(UserName=name)
    allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_user_policy(UserName=name, PolicyName="s3", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    user = boto3.client(
        "s3",
        endpoint_url=s3.meta.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    user.put_object(Bucket=name, Key="k", Body=b"v")
    user.close()


# --- start_execution


def test_start_with_the_same_name_and_input_returns_the_running_execution(
    client: Client, machine: Callable[[dict[str, Any]], str]
) -> None:
    wait = {"Type": "Wait", "Seconds": 2, "End": True}
    arn = machine({"StartAt": "Wait", "States": {"Wait": wait}})
    states = client("stepfunctions")
    first = states.start_execution(stateMachineArn=arn, name="same", input='{"a": 1}')
    second = states.start_execution(stateMachineArn=arn, name="same", input='{"a":1}')
    assert (second["executionArn"], second["startDate"]) == (
        first["executionArn"],
        first["startDate"],
    )
    with pytest.raises(states.exceptions.ExecutionAlreadyExists):
        states.start_execution(stateMachineArn=arn, name="same", input='{"a": 2}')
    wait_until(
        lambda: (
            states.describe_execution(executionArn=first["executionArn"])["status"] == "SUCCEEDED"
        )
    )
    with pytest.raises(states.exceptions.ExecutionAlreadyExists):
        states.start_execution(stateMachineArn=arn, name="same", input='{"a": 1}')


# --- state_machine_role


def test_execution_starts_at_once(client: Client, machine: Callable[[dict[str, Any]], str]) -> None:
    arn = machine({"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": True}}})
    states = client("stepfunctions")

    def seconds(name: str) -> float:
        execution = run_machine(states, arn, name)["executionArn"]
        events = states.get_execution_history(executionArn=execution)["events"]
        return float((events[1]["timestamp"] - events[0]["timestamp"]).total_seconds())

    # ministack sleeps for 0.15 s first, so that none of its starts is quicker.
    assert min(seconds(f"at-once-{number}") for number in range(10)) < 0.15


# --- asl


def test_missing_path_is_a_runtime_error_that_nothing_catches(
    client: Client, machine: Callable[[dict[str, Any]], str], outputs: dict[str, str]
) -> None:
    task = {
        "Type": "Task",
        "Resource": outputs["EchoFunctionArn"],
        "Parameters": {"found.$": "$.absent"},
        "Retry": [{"ErrorEquals": ["States.ALL"]}],
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
        "End": True,
    }
    arn = machine({"StartAt": "Do", "States": {"Do": task, "Caught": {"Type": "Succeed"}}})
    ended = run_machine(client("stepfunctions"), arn, "missing")
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")
    assert "'$.absent' specified for the field 'found.$'" in ended["cause"]


def test_choice_on_a_missing_path_is_a_runtime_error(
    client: Client, machine: Callable[[dict[str, Any]], str]
) -> None:
    choice = {
        "Type": "Choice",
        "Choices": [{"Variable": "$.absent", "StringEquals": "x", "Next": "Done"}],
        "Default": "Done",
    }
    arn = machine({"StartAt": "Which", "States": {"Which": choice, "Done": {"Type": "Succeed"}}})
    ended = run_machine(client("stepfunctions"), arn, "missing")
    assert ended["error"] == "States.Runtime"
    guarded = {"Not": {"Variable": "$.absent", "IsPresent": True}, "Next": "Done"}
    choice["Choices"] = [guarded]
    arn = machine({"StartAt": "Which", "States": {"Which": choice, "Done": {"Type": "Succeed"}}})
    assert run_machine(client("stepfunctions"), arn, "guarded")["status"] == "SUCCEEDED"


def test_retry_waits_no_longer_than_its_longest_delay(
    client: Client, machine: Callable[[dict[str, Any]], str], outputs: dict[str, str]
) -> None:
    retry = {
        "ErrorEquals": ["TooColdError"],
        "IntervalSeconds": 30,
        "MaxDelaySeconds": 1,
        "MaxAttempts": 1,
    }
    task = {
        "Type": "Task",
        "Resource": outputs["EchoFunctionArn"],
        "Retry": [retry],
        "End": True,
    }
    arn = machine({"StartAt": "Do", "States": {"Do": task}})
    started = time.monotonic()
    ended = run_machine(client("stepfunctions"), arn, "bounded", '{"raise": "x"}')
    assert ended["error"] == "TooColdError"
    assert 1 <= time.monotonic() - started < 30


def test_state_machine_has_a_time_limit(
    client: Client, machine: Callable[[dict[str, Any]], str], queue: tuple[str, str]
) -> None:
    url, arn = queue
    rule_to(client, "aws.states", {"Arn": arn})
    wait = {"Type": "Wait", "Seconds": 3, "End": True}
    slow = machine({"StartAt": "Wait", "TimeoutSeconds": 1, "States": {"Wait": wait}})
    ended = run_machine(client("stepfunctions"), slow, "limited")
    assert (ended["status"], ended["error"]) == ("TIMED_OUT", "States.Timeout")

    def told() -> Any:
        found = received(client, url)
        return found if found and found["detail"]["status"] == "TIMED_OUT" else None

    assert wait_until(told)["detail"]["name"] == "limited"


# --- not patched, but relied on


def test_status_change_events_carry_output_or_error(
    client: Client, machine: Callable[[dict[str, Any]], str], queue: tuple[str, str]
) -> None:
    url, arn = queue
    rule_to(client, "aws.states", {"Arn": arn})
    fail = {"Type": "Fail", "ErrorPath": "$.e", "CausePath": "$.c"}
    failing = machine({"StartAt": "Fail", "States": {"Fail": fail}})
    passing = machine({"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": True}}})
    run_machine(client("stepfunctions"), failing, "failing", '{"e": "Own", "c": "why"}')
    run_machine(client("stepfunctions"), passing, "passing", '{"x": 1}')
    details: dict[str, Any] = {}

    def both() -> bool:
        found = received(client, url)
        if found and found["detail"]["status"] != "RUNNING":
            details[found["detail"]["name"]] = found["detail"]
        return {"failing", "passing"} <= set(details)

    wait_until(both)
    assert (details["failing"]["error"], details["failing"]["cause"]) == ("Own", "why")
    assert json.loads(details["passing"]["output"]) == {"x": 1}


def test_put_object_if_none_match_writes_once(client: Client, bucket: str) -> None:
    s3 = client("s3")
    s3.put_object(Bucket=bucket, Key="once", Body=b"1", IfNoneMatch="*")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket=bucket, Key="once", Body=b"2", IfNoneMatch="*")


def test_retry_count_and_intrinsics_reach_the_parameters(
    client: Client, machine: Callable[[dict[str, Any]], str], outputs: dict[str, str]
) -> None:
    task = {
        "Type": "Task",
        "Resource": outputs["EchoFunctionArn"],
        "Parameters": {
            "raise.$": "States.ArrayGetItem($.texts, $$.State.RetryCount)",
        },
        "Retry": [{"ErrorEquals": ["TooColdError"], "IntervalSeconds": 1, "MaxAttempts": 1}],
        "End": True,
    }
    arn = machine({"StartAt": "Do", "States": {"Do": task}})
    ended = run_machine(client("stepfunctions"), arn, "counted", '{"texts": ["first", ""]}')
    assert ended["status"] == "SUCCEEDED", ended.get("cause")


def test_listing_is_allowed_by_prefix(
    client: Client, bucket: str, outputs: dict[str, str], cloud: Cloud
) -> None:
    sts = client("sts")
    iam = client("iam")
    name = f"lister-{uuid.uuid4().hex[:8]}"
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{cloud.account}:root"},
        "Action": "sts:AssumeRole",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    allow = {
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": f"arn:aws:s3:::{bucket}",
        "Condition": {"StringLike": {"s3:prefix": "data/*"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_role_policy(RoleName=name, PolicyName="list", PolicyDocument=policy)
    keys = sts.assume_role(RoleArn=role, RoleSessionName="lister")["Credentials"]
    s3 = boto3.client(
        "s3",
        endpoint_url=cloud.endpoint,
        region_name=cloud.region,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    assert s3.list_objects_v2(Bucket=bucket, Prefix="data/train/")["KeyCount"] == 1
    for prefix in ("secret/", ""):
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.list_objects_v2(Bucket=bucket, Prefix=prefix)
    s3.close()


# --- topic_policy


def test_topic_of_a_stack_lets_nobody_publish_whose_policies_do_not(
    client: Client, cloud: Cloud
) -> None:
    body = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
    formation, iam = client("cloudformation"), client("iam")
    formation.create_stack(StackName="topics", TemplateBody=body)
    formation.get_waiter("stack_create_complete").wait(
        StackName="topics", WaiterConfig={"Delay": 1}
    )
    [resource] = formation.describe_stack_resources(StackName="topics")["StackResources"]
    topic = resource["PhysicalResourceId"]
    iam.create_user(UserName="publisher")
    key = iam.create_access_key(UserName="publisher")["AccessKey"]
    sns = boto3.client(
        "sns",
        endpoint_url=cloud.endpoint,
        region_name=cloud.region,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    with pytest.raises(ClientError, match="AuthorizationError"):
        sns.publish(TopicArn=topic, Message="m")
    allow = {"Effect": "Allow", "Action": "sns:Publish", "Resource": topic}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_user_policy(UserName="publisher", PolicyName="own", PolicyDocument=policy)
    assert sns.publish(TopicArn=topic, Message="m")["MessageId"]
    sns.close()
