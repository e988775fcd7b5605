"""Nothing that the cloud has taken is lost by a slow start, a full disk or a clean end."""

import json
import os
import resource
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from dropforge import cloud as clouds
from dropforge.cloud.journal import Journal
from dropforge.errors import DamagedStateError
from tests.integration.cloud.conftest import PROJECT
from tests.integration.cloud.test_killed_cloud import kill, leave_execution
from tests.waiting import wait_until

_ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
_ONCE = Config(retries={"total_max_attempts": 1})


@contextmanager
def largest_file(cloud: clouds.Cloud, size: int) -> Iterator[None]:
    """Let the cloud write no file larger than this: it meets an error as of a full disk."""
    before = resource.prlimit(cloud.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(cloud.pid, resource.RLIMIT_FSIZE, before)


def test_object_that_the_disk_does_not_take_is_an_error_and_leaves_what_was(
    cloud: clouds.Cloud, bucket: str
) -> None:
    s3 = clouds.session(cloud).client("s3", config=_ONCE)
    place = {"Bucket": bucket, "Key": "full/a.csv"}
    first = s3.put_object(**place, Body=b"first")["VersionId"]
    with largest_file(cloud, 100_000):
        for key in ("full/a.csv", "full/new.csv"):
            with pytest.raises(ClientError, match=r"InternalError.*not stored"):
                s3.put_object(Bucket=bucket, Key=key, Body=b"x" * 200_000)
        assert s3.get_object(**place)["Body"].read() == b"first"
        assert s3.head_object(**place)["VersionId"] == first
        with pytest.raises(ClientError, match="NoSuchKey"):
            s3.get_object(Bucket=bucket, Key="full/new.csv")
        assert s3.put_object(**place, Body=b"small")["VersionId"] != first
    assert s3.get_object(**place)["Body"].read() == b"small"
    assert s3.get_object(**place, VersionId=first)["Body"].read() == b"first"
    versions = s3.list_object_versions(Bucket=bucket, Prefix="full/")["Versions"]
    assert [version["Key"] for version in versions] == ["full/a.csv", "full/a.csv"]


def test_object_whose_file_is_gone_is_an_error(cloud: clouds.Cloud, bucket: str) -> None:
    s3 = clouds.session(cloud).client("s3", config=_ONCE)
    place = {"Bucket": bucket, "Key": "gone/a.csv"}
    s3.put_object(**place, Body=b"bytes")
    (file,) = (cloud.state_dir / "s3").rglob("gone/a.csv")
    file.unlink()
    with pytest.raises(ClientError, match="InternalError"):
        s3.get_object(**place)


def test_state_that_is_slow_to_load_is_not_written_over(tmp_path: Path) -> None:
    first = clouds.up(tmp_path)
    clouds.deploy(first, PROJECT, "slow", {})
    clouds.session(first).client("sagemaker").create_model_package_group(
        ModelPackageGroupName="kept"
    )
    clouds.down(first)
    files = sorted((tmp_path / "state").glob("*.json"))
    before = {file.name: file.read_bytes() for file in files}
    slow = tmp_path / "state" / "iam.json"
    slow.unlink()
    # Reading it waits until something is written, here for longer than between two checkpoints.
    os.mkfifo(slow)
    found: list[clouds.Cloud] = []
    starting = threading.Thread(target=lambda: found.append(clouds.up(tmp_path)))
    starting.start()
    starting.join(5)
    assert starting.is_alive()
    for file in files:
        if file != slow:
            assert file.read_bytes() == before[file.name]
    slow.write_bytes(before["iam.json"])
    starting.join(60)
    (second,) = found
    try:
        client = clouds.session(second).client
        assert client("cloudformation").describe_stacks(StackName="slow")["Stacks"]
        groups = client("sagemaker").list_model_package_groups()["ModelPackageGroupSummaryList"]
        assert [group["ModelPackageGroupName"] for group in groups] == ["kept"]
    finally:
        clouds.down(second)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("iam.json", b'{"__ministack_format__": 2, "payl'),
        ("eventbridge.json", b"[]"),
        ("sqs.json", b'{"__ministack_format__": 99, "payload": {}}'),
        ("journal.db", b"SQLite format 3\0" + b"\xff" * 8192),
    ],
)
def test_damaged_state_is_said_and_left_as_it_is(tmp_path: Path, file: str, content: bytes) -> None:
    clouds.down(clouds.up(tmp_path))
    for rest in (tmp_path / "state").glob("journal.db-*"):
        rest.unlink()
    damaged = tmp_path / "state" / file
    damaged.write_bytes(content)
    with pytest.raises(DamagedStateError) as caught:
        clouds.up(tmp_path)
    assert damaged.read_bytes() == content
    way_out = f"mv {damaged} {damaged}.damaged"
    assert way_out in str(caught.value)
    damaged.rename(f"{damaged}.damaged")
    clouds.down(clouds.up(tmp_path))


def test_log_of_the_start_before_is_kept(tmp_path: Path) -> None:
    clouds.down(clouds.up(tmp_path))
    ended = (tmp_path / "cloud.log").read_bytes()
    clouds.down(clouds.up(tmp_path))
    assert (tmp_path / "cloud.log.1").read_bytes() == ended


@pytest.mark.parametrize("end", [clouds.down, kill])
def test_events_that_wait_at_the_end_are_handled_by_the_next_cloud(
    tmp_path: Path, end: Callable[[clouds.Cloud], None]
) -> None:
    first = clouds.up(tmp_path)
    outputs = clouds.deploy(first, PROJECT, "queued", {})
    echo = outputs["EchoFunctionArn"]
    begun, later_begun = tmp_path / "begun", tmp_path / "later-begun"
    first_end, later_end = tmp_path / "first-end", tmp_path / "later-end"
    for number in range(8):
        # Two at once: the others wait for as long as these run.
        files = (begun, first_end) if number < 2 else (later_begun, later_end)
        event = {"begun": str(files[0]), "until": str(files[1]), "print": f"event {number}."}
        clouds.session(first).client("lambda").invoke(
            FunctionName=echo, InvocationType="Event", Payload=json.dumps(event).encode()
        )
    wait_until(begun.exists)
    # A clean end waits for those that run; sooner than it has begun the next ones would.
    ending = threading.Timer(3.0, first_end.touch)
    ending.start()
    end(first)
    ending.cancel()
    ending.join()
    rows = Journal(tmp_path / "state" / "journal.db").rows("invocation")
    left = [json.loads(value)["event"]["print"] for _, value in rows]
    assert {f"event {number}." for number in range(2, 8)} <= set(left)
    assert not later_begun.exists()
    first_end.touch()
    later_end.touch()
    second = clouds.up(tmp_path)
    try:
        group = f"/aws/lambda/{echo.rpartition(':')[2]}"
        logs = clouds.session(second).client("logs")

        def heard() -> bool:
            try:
                events = logs.filter_log_events(logGroupName=group)["events"]
            except ClientError:
                return False
            said = "\n".join(event["message"] for event in events)
            return all(text in said for text in left)

        wait_until(heard)
    finally:
        clouds.down(second)


_POLICY = json.dumps({"Version": "2012-10-17", "Statement": [_ALLOW]})


@pytest.mark.parametrize(
    ("service", "file", "change"),
    [
        ("ssm", "ssm", lambda c: c.put_parameter(Name="/kept", Value="v", Type="SecureString")),
        (
            "events",
            "eventbridge",
            lambda c: c.put_rule(Name="kept", ScheduleExpression="rate(1 day)"),
        ),
        ("iam", "iam", lambda c: c.create_policy(PolicyName="kept", PolicyDocument=_POLICY)),
        ("sns", "sns", lambda c: c.create_topic(Name="kept")),
        ("s3", "s3", lambda c: c.create_bucket(Bucket="kept")),
        ("sqs", "sqs", lambda c: c.send_message(QueueUrl="kept", MessageBody="<kept>")),
        ("lambda", "lambda", None),
    ],
)
def test_change_is_saved_when_its_call_is_answered(
    cloud: clouds.Cloud, outputs: dict[str, str], service: str, file: str, change: Any
) -> None:
    client = clouds.session(cloud).client(service)
    if service == "sqs":
        client.create_queue(QueueName="kept")
    if service == "lambda":
        client.tag_resource(Resource=outputs["EchoFunctionArn"], Tags={"kept": "yes"})
    else:
        change(client)
    text = "<kept>" if service == "sqs" else "kept"
    assert text in (cloud.state_dir / "state" / f"{file}.json").read_text()


def test_execution_that_the_disk_does_not_take_is_not_started_and_not_there(
    tmp_path: Path,
) -> None:
    """An execution whose end cannot be written ends once it can, and is told of then."""
    cloud = clouds.up(tmp_path)
    try:
        outputs = clouds.deploy(cloud, PROJECT, "full", {})
        client = clouds.session(cloud).client
        leave_execution(client, outputs["EchoFunctionArn"], {"print": "heard"})
        states = clouds.session(cloud).client("stepfunctions", config=_ONCE)
        machine = states.list_state_machines()["stateMachines"]
        (arn,) = [each["stateMachineArn"] for each in machine if each["name"] == "waits"]
        journal = tmp_path / "state" / "journal.db-wal"
        with largest_file(cloud, journal.stat().st_size):
            with pytest.raises(ClientError, match="not started"):
                states.start_execution(stateMachineArn=arn, name="never", input="{}")
            names = [e["name"] for e in states.list_executions(stateMachineArn=arn)["executions"]]
            assert names == ["left"]
        states.start_execution(stateMachineArn=arn, name="later", input="{}")
    finally:
        os.kill(cloud.pid, signal.SIGKILL)
