"""Stands in for the local cloud's interface, for commands that start, use and stop one."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dropforge import cloud as clouds
from dropforge.cloud import admin
from dropforge.cloud.door.bridge import Bridge
from dropforge.errors import CloudError, PortInUseError
from tests.unit.cli.fakes import BUCKET, MACHINE, refused


class Formation:
    """CloudFormation, with or without the stack."""

    def __init__(self, outputs: dict[str, str] | None) -> None:
        self.outputs = outputs

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        if self.outputs is None:
            raise refused("ValidationError", "DescribeStacks", f"no {StackName}")
        listed = [{"OutputKey": key, "OutputValue": value} for key, value in self.outputs.items()]
        return {"Stacks": [{"StackStatus": "CREATE_COMPLETE", "Outputs": listed}]}


class Session:
    region_name = "us-east-1"

    def __init__(self, outputs: dict[str, str] | None) -> None:
        self.formation = Formation(outputs)

    def client(self, service: str, **_config: Any) -> Formation:
        assert service == "cloudformation"
        return self.formation

    def get_credentials(self) -> Any:
        import boto3

        return boto3.Session("key", "secret").get_credentials()


OUTPUTS = {
    "BucketName": BUCKET,
    "TrainAndBatchTransformStateMachineArn": MACHINE,
    "SeedFunctionArn": "arn:seed",
}


class Clouds:
    """The local cloud's interface; keeps a diary."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.diary: list[str] = []
        self.current: clouds.Cloud | None = None
        self.stack: dict[str, str] | None = None
        self.fault: Exception | None = None
        self.interrupt = False
        # What goes on in it at each question: runs that go on, that wait, and queued events.
        self.work: list[tuple[int, int, int]] = []
        self.cloud = clouds.Cloud(
            "http://127.0.0.1:1", "us-east-1", 1, folder, "000000000000", "token"
        )
        monkeypatch.setenv("DROPFORGE_STATE_DIR", str(folder))
        for name in ("running", "up", "down", "deploy"):
            monkeypatch.setattr(clouds, name, getattr(self, name))
        monkeypatch.setattr(admin, "ask", self.ask)
        monkeypatch.setattr(clouds, "session", lambda _cloud: Session(self.stack))

    def ask(self, _cloud: clouds.Cloud, name: str, _given: Any = None) -> dict[str, Any]:
        if name != "backlog" or not self.work:
            raise CloudError("no answer")
        running, queued, events = self.work.pop(0) if len(self.work) > 1 else self.work[0]
        return {
            "executions": {"queued": queued, "running": running},
            "functions": {"f": {"queued": events, "running": 1}},
            "jobs": {"queued": 0, "running": 0},
            "event": None,
        }

    def running(self, _folder: Path) -> clouds.Cloud | None:
        return self.current

    def up(self, _folder: Path, *, port: int = 0, bridge: Bridge | None = None) -> clouds.Cloud:
        self.diary.append(f"up {port} at {bridge}" if bridge else f"up {port}")
        if self.fault and isinstance(self.fault, PortInUseError):
            raise self.fault
        self.current = self.cloud
        if self.interrupt:
            signal.raise_signal(signal.SIGINT)
        return self.cloud

    def down(self, _cloud: clouds.Cloud) -> None:
        self.diary.append("down")
        self.current = None

    def deploy(self, *_arguments: Any, changing: Callable[[], None]) -> dict[str, str]:
        self.diary.append("deploy")
        if self.fault:
            raise self.fault
        if self.stack != OUTPUTS:
            changing()
        self.stack = OUTPUTS
        return OUTPUTS
