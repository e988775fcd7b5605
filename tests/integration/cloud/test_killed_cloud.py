"""What a cloud that was killed leaves behind, and what the next one has of it."""

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from dropforge import cloud as clouds
from dropforge.cloud.patches.stepfunctions.turns import LIMIT
from dropforge.errors import DeployError
from tests.integration.cloud.conftest import PROJECT, TRUST, run_machine
from tests.waiting import alive, wait_until


@dataclass(frozen=True)
class Killed:
    """The second cloud of a directory, and what the first had."""

    client: Callable[[str], Any]
    cloud: clouds.Cloud
    outputs: dict[str, str]
    first: int
    worker: int


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killed]:
    """Kill a cloud with a stack, an object, a group, a worker and an execution; start the next.

    The one in between is up for a moment only, as one that a command starts for itself.
    """
    directory = tmp_path_factory.mktemp("killed")
    first = clouds.up(directory)
    client = clouds.session(first).client
    outputs = clouds.deploy(first, PROJECT, "killed", {})
    client("s3").put_object(Bucket=outputs["BucketName"], Key="kept", Body=b"kept")
    client("sagemaker").create_model_package_group(ModelPackageGroupName="kept")
    answer = client("lambda").invoke(
        FunctionName=outputs["EchoFunctionArn"], Payload=b'{"pid": true}'
    )
    worker = json.loads(answer["Payload"].read())["pid"]
    leave_execution(client, outputs["EchoFunctionArn"], {"sleep": 1, "print": "heard"})
    kill(first)
    for _ in range(2):
        clouds.down(clouds.up(directory))
    last = clouds.up(directory)
    yield Killed(clouds.session(last).client, last, outputs, first.pid, worker)
    clouds.down(last)


def leave_execution(client: Callable[[str], Any], function: str, payload: dict[str, Any]) -> None:
    """Start an execution that outlives the cloud; a queue and a function hear of failed ones."""
    url = client("sqs").create_queue(QueueName="told")["QueueUrl"]
    answer = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    pattern = {"source": ["aws.states"], "detail": {"status": ["FAILED"]}}
    client("events").put_rule(Name="told", EventPattern=json.dumps(pattern))
    targets = [
        {"Id": "queue", "Arn": answer["Attributes"]["QueueArn"]},
        {"Id": "function", "Arn": function, "Input": json.dumps(payload)},
    ]
    client("events").put_targets(Rule="told", Targets=targets)
    wait = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": True}}}
    role = client("iam").create_role(RoleName="any", AssumeRolePolicyDocument=json.dumps(TRUST))
    machine = client("stepfunctions").create_state_machine(
        name="waits", definition=json.dumps(wait), roleArn=role["Role"]["Arn"]
    )
    left = client("stepfunctions").start_execution(
        stateMachineArn=machine["stateMachineArn"], name="left"
    )
    # One that has entered no state would begin in the next cloud.
    wait_until(lambda: len(history(client, left["executionArn"])) > 1)


def history(client: Callable[[str], Any], execution: str) -> list[dict[str, Any]]:
    """Return an execution's events."""
    events: list[dict[str, Any]] = client("stepfunctions").get_execution_history(
        executionArn=execution
    )["events"]
    return events


def test_killed_cloud_leaves_no_worker(killed: Killed) -> None:
    wait_until(lambda: not alive(killed.worker), 5)


def test_next_cloud_leaves_no_zombie_of_the_killed_one(killed: Killed) -> None:
    with pytest.raises(ProcessLookupError):
        os.kill(killed.first, 0)


def test_next_cloud_has_the_stack_as_it_was(killed: Killed) -> None:
    assert clouds.deploy(killed.cloud, PROJECT, "killed", {}) == killed.outputs
    answer = killed.client("lambda").invoke(
        FunctionName=killed.outputs["EchoFunctionArn"], Payload=b'{"a": 1}'
    )
    assert json.loads(answer["Payload"].read())["event"] == {"a": 1}


def test_next_cloud_has_objects_and_packages(killed: Killed) -> None:
    s3 = killed.client("s3")
    assert s3.get_object(Bucket=killed.outputs["BucketName"], Key="kept")["Body"].read() == b"kept"
    groups = killed.client("sagemaker").list_model_package_groups()["ModelPackageGroupSummaryList"]
    assert [group["ModelPackageGroupName"] for group in groups] == ["kept"]


def test_execution_that_was_left_has_failed_and_is_told(killed: Killed) -> None:
    sqs = killed.client("sqs")
    url = sqs.get_queue_url(QueueName="told")["QueueUrl"]
    assert told(killed.cloud) == 1
    message = sqs.receive_message(QueueUrl=url)["Messages"][0]
    detail = json.loads(message["Body"])["detail"]
    assert (detail["name"], detail["status"]) == ("left", "FAILED")
    assert "local cloud ended" in detail["cause"]
    history = killed.client("stepfunctions").get_execution_history(
        executionArn=detail["executionArn"]
    )
    assert [event["type"] for event in history["events"]].count("ExecutionFailed") == 1


def test_cloud_of_a_moment_lets_the_function_that_is_told_end(killed: Killed) -> None:
    assert heard(killed.client, killed.outputs["EchoFunctionArn"]) == 1


def kill(cloud: clouds.Cloud) -> None:
    os.kill(cloud.pid, signal.SIGKILL)
    wait_until(lambda: clouds.running(cloud.state_dir) is None)


def test_execution_and_model_that_were_told_of_are_there_after_a_kill(tmp_path: Path) -> None:
    first = clouds.up(tmp_path)
    client = clouds.session(first).client
    role = client("iam").create_role(RoleName="any", AssumeRolePolicyDocument=json.dumps(TRUST))
    definition = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
    machine = client("stepfunctions").create_state_machine(
        name="passes", definition=json.dumps(definition), roleArn=role["Role"]["Arn"]
    )["stateMachineArn"]
    url = client("sqs").create_queue(QueueName="told")["QueueUrl"]
    arn = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    client("events").put_rule(Name="told", EventPattern=json.dumps({"source": ["aws.states"]}))
    target = {"Id": "queue", "Arn": arn["Attributes"]["QueueArn"]}
    client("events").put_targets(Rule="told", Targets=[target])
    ended = run_machine(client("stepfunctions"), machine, "ended", '{"a": 1}')
    group = client("sagemaker").create_model_package_group(ModelPackageGroupName="g")
    kill(first)
    second = clouds.up(tmp_path)
    try:
        client = clouds.session(second).client
        states, sqs = client("stepfunctions"), client("sqs")
        again = states.describe_execution(executionArn=ended["executionArn"])
        assert (again["status"], again["output"]) == ("SUCCEEDED", '{"a": 1}')
        history = states.get_execution_history(executionArn=ended["executionArn"])["events"]
        assert history[-1]["type"] == "ExecutionSucceeded"
        found = client("sagemaker").describe_model_package_group(ModelPackageGroupName="g")
        assert found["ModelPackageGroupArn"] == group["ModelPackageGroupArn"]
        url = sqs.get_queue_url(QueueName="told")["QueueUrl"]
        heard = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
        statuses = [json.loads(each["Body"])["detail"]["status"] for each in heard]
        assert sorted(statuses) == ["RUNNING", "SUCCEEDED"]
    finally:
        clouds.down(second)


def test_execution_that_had_not_begun_begins_in_the_next_cloud(tmp_path: Path) -> None:
    first = clouds.up(tmp_path)
    outputs = clouds.deploy(first, PROJECT, "turns", {})
    states, iam = (clouds.session(first).client(each) for each in ("stepfunctions", "iam"))
    role = iam.create_role(RoleName="calls", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    allow = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [allow]}
    iam.put_role_policy(RoleName="calls", PolicyName="p", PolicyDocument=json.dumps(policy))
    call = {"Type": "Task", "Resource": outputs["EchoFunctionArn"], "End": True}
    machine = states.create_state_machine(
        name="calls",
        definition=json.dumps({"StartAt": "C", "States": {"C": call}}),
        roleArn=role["Arn"],
    )["stateMachineArn"]
    for number in range(LIMIT + 3):
        given = json.dumps({"sleep": 3 if number < LIMIT else 0})
        states.start_execution(stateMachineArn=machine, name=f"e{number:02d}", input=given)
    kill(first)
    second = clouds.up(tmp_path)
    try:
        states = clouds.session(second).client("stepfunctions")

        def ends() -> dict[str, str] | None:
            found = states.list_executions(stateMachineArn=machine)["executions"]
            known = {each["name"]: each["status"] for each in found}
            return None if "RUNNING" in known.values() else known

        known = wait_until(ends)
        assert [known[f"e{number:02d}"] for number in range(LIMIT)] == ["FAILED"] * LIMIT
        assert {known[f"e{number:02d}"] for number in range(LIMIT, LIMIT + 3)} == {"SUCCEEDED"}
    finally:
        clouds.down(second)


def test_event_that_a_kill_cut_off_is_handled_again(tmp_path: Path) -> None:
    """The second cloud has told of the execution's end, and is killed while the function runs."""
    first = clouds.up(tmp_path)
    outputs = clouds.deploy(first, PROJECT, "again", {})
    echo = outputs["EchoFunctionArn"]
    begun, until = tmp_path / "begun", tmp_path / "until"
    given = {"begun": str(begun), "until": str(until), "print": "heard"}
    leave_execution(clouds.session(first).client, echo, given)
    kill(first)
    second = clouds.up(tmp_path)
    wait_until(lambda: told(second) == 1 and begun.exists())
    kill(second)
    until.touch()
    third = clouds.up(tmp_path)
    try:
        assert told(third) == 1
        wait_until(lambda: heard(clouds.session(third).client, echo) == 1)
    finally:
        clouds.down(third)


def heard(client: Callable[[str], Any], function: str) -> int:
    """How often the function has ended that was to say so."""
    group = f"/aws/lambda/{function.rpartition(':')[2]}"
    try:
        events = client("logs").filter_log_events(logGroupName=group)["events"]
    except ClientError:
        return 0
    return sum("heard" in event["message"] for event in events)


def told(cloud: clouds.Cloud) -> int:
    """How many events the queue has had; none is taken from it."""
    sqs = clouds.session(cloud).client("sqs")
    url = sqs.get_queue_url(QueueName="told")["QueueUrl"]
    names = ["ApproximateNumberOfMessages"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)
    return int(found["Attributes"][names[0]])


def test_bucket_of_a_deployment_outlives_a_kill_right_after_it(tmp_path: Path) -> None:
    first = clouds.up(tmp_path)
    outputs = clouds.deploy(first, PROJECT, "early", {})
    key = {"Bucket": outputs["BucketName"], "Key": "runs/r/message.json"}
    clouds.session(first).client("s3").put_object(**key, Body=b"{}")
    kill(first)
    second = clouds.up(tmp_path)
    assert clouds.deploy(second, PROJECT, "early", {}) == outputs
    changed = clouds.deploy(second, PROJECT, "early", {"Greeting": "servus"})
    assert changed == outputs
    kill(second)
    third = clouds.up(tmp_path)
    try:
        assert clouds.deploy(third, PROJECT, "early", {"Greeting": "servus"}) == outputs
        assert clouds.session(third).client("s3").get_object(**key)["Body"].read() == b"{}"
    finally:
        clouds.down(third)


@pytest.mark.parametrize("end", [clouds.down, kill])
def test_deployment_that_an_end_cuts_off_is_made_anew_and_then_kept(
    tmp_path: Path, end: Callable[[clouds.Cloud], None]
) -> None:
    """The end comes when the stack is begun: SIGTERM waits for it, SIGKILL leaves none of it."""
    first = clouds.up(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        # It would ask the cloud that has gone again for many seconds.
        patch.setenv("AWS_MAX_ATTEMPTS", "1")
        request = [first, PROJECT, "cut", {}]
        deployment = threading.Thread(target=lambda: suppressed(lambda: clouds.deploy(*request)))
        deployment.start()
        stacks = clouds.session(first).client("cloudformation")
        wait_until(lambda: suppressed(lambda: stacks.describe_stacks(StackName="cut")))
        end(first)
        deployment.join()
    second = clouds.up(tmp_path)
    outputs = clouds.deploy(second, PROJECT, "cut", {})
    kill(second)
    third = clouds.up(tmp_path)
    try:
        assert clouds.deploy(third, PROJECT, "cut", {}) == outputs
    finally:
        clouds.down(third)


def suppressed(call: Callable[[], Any]) -> Any:
    """Return what a call gives, None if the cloud does not know, or has gone."""
    try:
        return call()
    except (BotoCoreError, ClientError, DeployError):
        return None
