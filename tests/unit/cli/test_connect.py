"""Starting the local cloud for a command, and stopping it again."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from typer.testing import CliRunner

from dropforge import cloud as clouds
from dropforge.cli import sharing
from dropforge.cli.app import app
from dropforge.cli.connect import connected, state_dir
from dropforge.cli.output import Output
from dropforge.cli.sharing import mark_own, starting, uninterrupted
from dropforge.client.errors import StackMissingError
from dropforge.client.stack import find_stack
from dropforge.environment import Environment, read_environment
from dropforge.errors import CloudLostError, DeployError, PortInUseError, StartError
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
        self.cloud = clouds.Cloud("http://127.0.0.1:1", "us-east-1", 1, folder, "000000000000")
        monkeypatch.setenv("DROPFORGE_STATE_DIR", str(folder))
        for name in ("running", "up", "down", "deploy"):
            monkeypatch.setattr(clouds, name, getattr(self, name))
        monkeypatch.setattr(clouds, "session", lambda _cloud: Session(self.stack))

    def running(self, _folder: Path) -> clouds.Cloud | None:
        return self.current

    def up(self, _folder: Path, *, port: int = 0) -> clouds.Cloud:
        self.diary.append(f"up {port}")
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


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Clouds:
    return Clouds(monkeypatch, tmp_path)


def test_connected_starts_a_cloud_deploys_and_stops_it_again(local: Clouds) -> None:
    with connected("local", Output(as_json=False)) as stack:
        assert stack.bucket == BUCKET
        assert local.diary == ["up 0", "deploy"]
    assert local.diary == ["up 0", "deploy", "down"]


@pytest.mark.parametrize("fault", [KeyboardInterrupt, ValueError])
def test_connected_stops_its_cloud_whatever_happens(
    local: Clouds, fault: type[BaseException]
) -> None:
    with pytest.raises(fault), connected("local", Output(as_json=False)):
        raise fault
    assert local.diary[-1] == "down"


def test_connected_stops_its_cloud_if_the_deployment_fails(local: Clouds) -> None:
    local.fault = DeployError("no")
    with pytest.raises(DeployError), connected("local", Output(as_json=False)):
        pass
    assert local.diary == ["up 0", "deploy", "down"]


def test_connected_leaves_a_cloud_up_that_was_up(local: Clouds) -> None:
    local.current, local.stack = local.cloud, OUTPUTS
    with connected("local", Output(as_json=False)):
        pass
    assert local.diary == []


def test_connected_deploys_into_a_cloud_that_has_no_stack(local: Clouds) -> None:
    local.current = local.cloud
    with connected("local", Output(as_json=False)):
        pass
    assert local.diary == ["deploy"]


def test_connected_leaves_its_cloud_to_the_command_that_still_uses_it(local: Clouds) -> None:
    with connected("local", Output(as_json=False)):
        with ExitStack() as first:
            first.enter_context(connected("local", Output(as_json=False)))
        assert "down" not in local.diary
    assert local.diary == ["up 0", "deploy", "down"]


def test_connected_hands_its_cloud_on_to_a_later_command(local: Clouds) -> None:
    first, second = ExitStack(), ExitStack()
    first.enter_context(connected("local", Output(as_json=False)))
    second.enter_context(connected("local", Output(as_json=False)))
    first.close()
    assert "down" not in local.diary
    second.close()
    assert local.diary == ["up 0", "deploy", "down"]


def test_connected_stops_the_cloud_that_a_killed_command_left(local: Clouds) -> None:
    local.current, local.stack = local.cloud, OUTPUTS
    mark_own(local.cloud)
    with connected("local", Output(as_json=False)):
        pass
    assert local.diary == ["down"]


def test_connected_leaves_a_cloud_up_that_follows_one_of_a_command(local: Clouds) -> None:
    mark_own(replace(local.cloud, endpoint="http://127.0.0.1:2"))
    local.current, local.stack = local.cloud, OUTPUTS
    with connected("local", Output(as_json=False)):
        pass
    assert local.diary == []


def test_connected_waits_for_a_cloud_that_is_starting(
    local: Clouds, capsys: pytest.CaptureFixture[str]
) -> None:
    def start() -> None:
        with starting(state_dir(), lambda: None):
            begun.set()
            time.sleep(0.3)
            local.current, local.stack = local.cloud, OUTPUTS

    begun = threading.Event()
    other = threading.Thread(target=start)
    other.start()
    begun.wait(5)
    with connected("local", Output(as_json=False)):
        pass
    other.join()
    assert local.diary == []
    assert "Waiting for the local cloud" in capsys.readouterr().err


def test_connected_does_not_wait_for_ever(local: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "_WAIT_SECONDS", 0.1)
    with (
        starting(state_dir(), lambda: None),
        pytest.raises(StartError, match="starting or stopping"),
        connected("local", Output(as_json=False)),
    ):
        pass


def test_connected_interrupted_while_it_starts_the_cloud_stops_it_again(local: Clouds) -> None:
    local.interrupt = True
    with pytest.raises(KeyboardInterrupt), connected("local", Output(as_json=False)):
        pass
    assert local.diary == ["up 0", "down"]


def test_up_interrupted_while_it_starts_the_cloud_stops_it_again(local: Clouds) -> None:
    local.interrupt = True
    assert CliRunner().invoke(app, ["up"]).exit_code == 130
    assert local.diary == ["up 4566", "down"]


def test_connected_to_a_cloud_that_goes_away_says_so(local: Clouds) -> None:
    local.current, local.stack = local.cloud, OUTPUTS
    with (
        pytest.raises(CloudLostError, match=r"the local cloud at http://127\.0\.0\.1:1 went away"),
        connected("local", Output(as_json=False)),
    ):
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")


def test_uninterrupted_holds_an_interrupt_back_until_its_end() -> None:
    done = []

    def block() -> None:
        with uninterrupted():
            os.kill(os.getpid(), signal.SIGINT)
            done.append(True)

    with pytest.raises(KeyboardInterrupt):
        block()
    assert done
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_up_prints_endpoint_bucket_and_access(local: Clouds) -> None:
    result = CliRunner().invoke(app, ["up"])
    assert result.exit_code == 0, result.output
    for text in ("http://127.0.0.1:1", BUCKET, "AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID=key"):
        assert text in result.stdout
    # boto3 reads the one, other SDKs the other.
    assert "export AWS_DEFAULT_REGION=us-east-1 AWS_REGION=us-east-1\n" in result.stdout
    assert local.diary == ["up 4566", "deploy"]


def test_up_that_cannot_deploy_leaves_no_cloud_behind(local: Clouds) -> None:
    local.fault = DeployError("the template is broken")
    result = CliRunner().invoke(app, ["up"])
    assert (result.exit_code, local.current) == (3, None)
    assert "the template is broken" in result.stderr


def test_up_on_a_port_in_use_exits_2_with_the_way_out(local: Clouds) -> None:
    local.fault = PortInUseError("port 4566 is taken; choose another with --port")
    result = CliRunner().invoke(app, ["up", "--json"])
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"] == "PortInUseError"


def test_down_stops_what_is_up_and_says_if_nothing_is(local: Clouds) -> None:
    local.current = local.cloud
    assert "Stopped the local cloud" in CliRunner().invoke(app, ["down"]).stdout
    assert "No local cloud is up" in CliRunner().invoke(app, ["down"]).stdout
    assert local.diary == ["down"]


def test_status_prints_every_part(local: Clouds) -> None:
    local.current, local.stack = local.cloud, OUTPUTS
    found = json.loads(CliRunner().invoke(app, ["status", "--json"]).stdout)
    assert found == {
        "running": True,
        "endpoint": "http://127.0.0.1:1",
        "region": "us-east-1",
        "stack": read_environment("local").stack_name,
        "bucket": BUCKET,
        "state_machines": {"TrainAndBatchTransformStateMachine": MACHINE},
        "functions": {"SeedFunction": "arn:seed"},
        "state_dir": str(state_dir()),
        "backlog": None,
    }


def test_status_of_a_cloud_that_is_down_says_how_to_start_it(local: Clouds) -> None:
    result = CliRunner().invoke(app, ["status"])
    assert (result.exit_code, "dropforge up" in result.stdout) == (0, True)


def test_find_stack_without_a_stack_says_how_to_deploy_it() -> None:
    with pytest.raises(StackMissingError, match="sam deploy --config-env dev"):
        find_stack(Environment("dev", "mine"), Session(None))


def test_find_stack_of_another_application_is_refused() -> None:
    with pytest.raises(StackMissingError, match="has no outputs of Dropforge"):
        find_stack(Environment("dev", "mine"), Session({"Url": "x"}))
