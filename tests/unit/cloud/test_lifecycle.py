import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from dropforge import cloud as clouds
from dropforge.cloud import lifecycle
from dropforge.errors import AlreadyRunningError, PortInUseError, StartError
from tests.unit.cloud.conftest import PROJECT, TRUST, wait_until


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_running_is_none_before_up_and_after_down(tmp_path: Path) -> None:
    assert clouds.running(tmp_path) is None
    cloud = clouds.up(tmp_path)
    assert clouds.running(tmp_path) == cloud
    clouds.down(cloud)
    assert clouds.running(tmp_path) is None
    assert not alive(cloud.pid)


def test_up_twice_names_the_cloud_that_is_up(cloud: clouds.Cloud) -> None:
    with pytest.raises(AlreadyRunningError, match=f"{cloud.pid}.*dropforge down"):
        clouds.up(cloud.state_dir)


def test_up_on_a_taken_port_says_which_and_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortInUseError, match=f"port {port}.*--port"):
            clouds.up(tmp_path, port=port)
    assert clouds.running(tmp_path) is None


def test_up_that_crashes_shows_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crash = [sys.executable, "-c", "raise SystemExit('no engine')"]
    monkeypatch.setattr(lifecycle, "_command", lambda *_: crash)
    with pytest.raises(StartError, match=r"(?s)cloud\.log.*no engine"):
        clouds.up(tmp_path)
    assert clouds.running(tmp_path) is None


def test_cloud_listens_on_the_loopback_interface_only(cloud: clouds.Cloud) -> None:
    if not Path("/proc/net/tcp").exists():
        pytest.skip("reads Linux's /proc to find listening sockets")
    descriptors = Path(f"/proc/{cloud.pid}/fd")
    own = {str(link.readlink()) for link in descriptors.iterdir() if link.is_symlink()}
    addresses = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in own:
                addresses.add(fields[1].split(":")[0])
    assert addresses == {"0100007F"}


def test_killed_cloud_leaves_no_process_and_the_next_has_its_stack(tmp_path: Path) -> None:
    first = clouds.up(tmp_path)
    session = clouds.session(first)
    outputs = clouds.deploy(first, PROJECT, "killed", {})
    session.client("s3").put_object(Bucket=outputs["BucketName"], Key="kept", Body=b"kept")
    answer = session.client("lambda").invoke(
        FunctionName=outputs["EchoFunctionArn"], Payload=b'{"pid": true}'
    )
    worker = json.loads(answer["Payload"].read())["pid"]
    session.client("sagemaker").create_model_package_group(ModelPackageGroupName="kept")
    time.sleep(2.5)  # a checkpoint is written every two seconds
    os.kill(first.pid, signal.SIGKILL)
    wait_until(lambda: clouds.running(tmp_path) is None, 5)
    wait_until(lambda: not alive(worker), 5)
    second = clouds.up(tmp_path)
    try:
        session = clouds.session(second)
        assert clouds.deploy(second, PROJECT, "killed", {}) == outputs
        body = session.client("s3").get_object(Bucket=outputs["BucketName"], Key="kept")["Body"]
        assert body.read() == b"kept"
        groups = session.client("sagemaker").list_model_package_groups()
        assert groups["ModelPackageGroupSummaryList"][0]["ModelPackageGroupName"] == "kept"
        answer = session.client("lambda").invoke(
            FunctionName=outputs["EchoFunctionArn"], Payload=b'{"a": 1}'
        )
        assert json.loads(answer["Payload"].read())["event"] == {"a": 1}
    finally:
        clouds.down(second)


def test_up_without_persistence_forgets(tmp_path: Path) -> None:
    cloud = clouds.up(tmp_path)
    clouds.session(cloud).client("s3").create_bucket(Bucket="forgotten")
    clouds.down(cloud)
    cloud = clouds.up(tmp_path, persist=False)
    try:
        assert clouds.session(cloud).client("s3").list_buckets()["Buckets"] == []
    finally:
        clouds.down(cloud)


def test_session_ignores_the_users_own_aws_settings(
    cloud: clouds.Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "does-not-exist")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "foreign")
    identity = clouds.session(cloud).client("sts").get_caller_identity()
    assert identity["Account"] == cloud.account


def test_unknown_credentials_are_refused(cloud: clouds.Cloud) -> None:
    session = clouds.session(cloud)
    stranger = session.client(
        "s3", aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="x" * 40
    )
    with pytest.raises(ClientError, match=r"InvalidAccessKeyId|Forbidden"):
        stranger.list_buckets()


def test_execution_that_a_killed_cloud_left_ends_and_is_told(tmp_path: Path) -> None:
    first = clouds.up(tmp_path)
    session = clouds.session(first)
    sqs, events = session.client("sqs"), session.client("events")
    url = sqs.create_queue(QueueName="told")["QueueUrl"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    pattern = {"source": ["aws.states"], "detail": {"status": ["FAILED"]}}
    events.put_rule(Name="told", EventPattern=json.dumps(pattern))
    target = {"Id": "queue", "Arn": answer["Attributes"]["QueueArn"]}
    events.put_targets(Rule="told", Targets=[target])
    wait = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": True}}}
    role = session.client("iam").create_role(
        RoleName="any", AssumeRolePolicyDocument=json.dumps(TRUST)
    )["Role"]["Arn"]
    machine = session.client("stepfunctions").create_state_machine(
        name="waits", definition=json.dumps(wait), roleArn=role
    )["stateMachineArn"]
    session.client("stepfunctions").start_execution(stateMachineArn=machine, name="left")
    time.sleep(2.5)  # a checkpoint is written every two seconds
    os.kill(first.pid, signal.SIGKILL)
    wait_until(lambda: clouds.running(tmp_path) is None, 5)
    second = clouds.up(tmp_path)
    try:
        sqs = clouds.session(second).client("sqs")
        url = sqs.get_queue_url(QueueName="told")["QueueUrl"]
        message = wait_until(lambda: sqs.receive_message(QueueUrl=url).get("Messages"))[0]
        detail = json.loads(message["Body"])["detail"]
        assert (detail["name"], detail["status"]) == ("left", "FAILED")
        assert "local cloud ended" in detail["cause"]
    finally:
        clouds.down(second)


def test_serve_runs_until_it_is_interrupted(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from dropforge import cloud; "
        f"cloud.serve(Path({str(tmp_path)!r}), port=0)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    try:
        cloud = wait_until(lambda: clouds.running(tmp_path))
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert not alive(cloud.pid)
        assert clouds.running(tmp_path) is None
    finally:
        process.kill()
        process.wait()
