import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from dropforge import cloud as clouds
from dropforge.cloud import lifecycle
from dropforge.cloud.state import StateDir, try_lock
from dropforge.errors import AlreadyRunningError, PortInUseError, StartError
from tests.waiting import alive, wait_until


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


def test_up_while_another_asks_for_the_cloud_starts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "_command", lambda *_: [sys.executable, "-c", "pass"])
    asks = try_lock(StateDir(tmp_path).lock, shared=True)
    assert asks is not None
    threading.Timer(0.05, os.close, (asks,)).start()
    with pytest.raises(StartError):
        clouds.up(tmp_path)


def test_running_beside_another_that_asks_takes_a_killed_cloud_for_none(tmp_path: Path) -> None:
    state = StateDir(tmp_path)
    state.write_info({"endpoint": "http://gone", "region": "r", "account": "a", "pid": 1})
    asks = try_lock(state.lock, shared=True)
    assert asks is not None
    try:
        assert clouds.running(tmp_path) is None
    finally:
        os.close(asks)


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


def test_up_does_not_wait_for_the_answer_of_a_process_that_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has connected to it would wait for as long as another holds the listener."""

    def ended(process: subprocess.Popen[bytes], state: StateDir) -> None:
        endpoint = urlsplit(str(wait_until(state.read_info)["endpoint"]))
        process.kill()
        process.wait()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((endpoint.hostname, endpoint.port or 0), 5).close()
        raise StartError("it has ended")

    monkeypatch.setattr(lifecycle, "_wait_until_healthy", ended)
    with pytest.raises(StartError, match="it has ended"):
        clouds.up(tmp_path)


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
