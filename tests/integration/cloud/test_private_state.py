"""What a cloud that is up leaves for others to read: nothing."""

import contextlib
import json
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from dropforge import cloud as clouds
from dropforge.cloud import Cloud, lifecycle
from dropforge.cloud.state import StateDir
from tests.integration.cloud.conftest import train, training_request
from tests.integration.cloud.door.served import (
    Clients,
)


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """A state directory that everybody can read, with what an earlier release left there."""
    state = StateDir(tmp_path / "state")
    for folder in (state.services, state.objects / "bucket", state.jobs / "job" / "output"):
        folder.mkdir(parents=True)
    for file in (
        state.services / "left.json",
        state.objects / "bucket" / "key",
        state.jobs / "job" / "output" / "failure",
        state.log,
        state.lock,
    ):
        file.write_text("{}")
    for path in (state.root, *state.root.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return state.root


@pytest.fixture
def upgraded(earlier: Path) -> Iterator[Cloud]:
    started = clouds.up(earlier)
    yield started
    clouds.down(started)


def open_to_others(root: Path) -> list[str]:
    found = []
    for path in (root, *root.rglob("*")):
        # The folder of a job that is over may go while it is looked at.
        with suppress(FileNotFoundError):
            mode = path.lstat().st_mode
            if not stat.S_ISLNK(mode) and stat.S_IMODE(mode) & 0o077:
                found.append(f"{path.relative_to(root)} {mode:o}")
    return found


def test_state_is_closed_to_others_while_up_and_after(upgraded: Cloud) -> None:
    session = clouds.session(upgraded)
    session.client("ssm").put_parameter(Name="webhook", Value="secret", Type="SecureString")
    session.client("s3").create_bucket(Bucket="closed")
    session.client("s3").put_object(Bucket="closed", Key="a/b", Body=b"data")
    assert open_to_others(upgraded.state_dir) == []
    clouds.down(upgraded)
    assert "secret" in (upgraded.state_dir / "state" / "ssm.json").read_text()
    assert open_to_others(upgraded.state_dir) == []


def test_server_closes_what_it_makes_whoever_started_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "private_files", contextlib.nullcontext)
    cloud = clouds.up(tmp_path)
    try:
        clouds.session(cloud).client("s3").create_bucket(Bucket="closed")
        clouds.session(cloud).client("s3").put_object(Bucket="closed", Key="a/b", Body=b"data")
    finally:
        clouds.down(cloud)
    made = (*StateDir(tmp_path).objects.rglob("*"), *StateDir(tmp_path).services.rglob("*"))
    assert len(made) > 3
    assert not [path for path in made if stat.S_IMODE(path.lstat().st_mode) & 0o077]


def test_functions_and_jobs_leave_nothing_open(
    cloud: Cloud, client: Clients, outputs: dict[str, str], bucket: str
) -> None:
    job = training_request("door-closed", bucket, outputs["TrainingRoleArn"])
    assert train(client("sagemaker"), job)["TrainingJobStatus"] == "Completed"
    name = next(name for name in outputs.values() if ":function:" in name)
    answer = client("lambda").invoke(FunctionName=name, Payload=json.dumps({}).encode())
    assert answer["StatusCode"] == 200
    assert open_to_others(cloud.state_dir) == []
