"""`up`, `down` and `status`: the local cloud itself."""

import dataclasses
import json
import signal
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dropforge import cloud as clouds
from dropforge.cli.app import app
from dropforge.cli.commands import status as commands
from dropforge.cli.commands import up
from dropforge.cli.connection.connect import connected, state_dir
from dropforge.cli.screen.output import Output
from dropforge.cloud.door.bridge import Bridge
from dropforge.environment import read_environment
from dropforge.errors import BridgeError, DeployError, PortInUseError
from tests.unit.cli.fake_clouds import OUTPUTS, Clouds
from tests.unit.cli.fakes import BUCKET, MACHINE


def test_up_interrupted_while_it_starts_the_cloud_stops_it_again(local: Clouds) -> None:
    local.interrupt = True
    assert CliRunner().invoke(app, ["up"]).exit_code == 130
    assert local.diary == ["up 4566", "down"]


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


def test_up_for_docker_listens_at_its_bridge(
    local: Clouds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clouds, "find_bridge", lambda: Bridge.read("172.17.0.1/16"))
    local.cloud = dataclasses.replace(local.cloud, docker_endpoint="http://172.17.0.1:1")
    result = CliRunner().invoke(app, ["up", "--docker"])
    assert result.exit_code == 0, result.output
    assert local.diary == ["up 4566 at 172.17.0.1/16", "deploy"]
    assert "In containers  export AWS_ENDPOINT_URL=http://172.17.0.1:1\n" in result.stdout
    found = json.loads(CliRunner().invoke(app, ["status", "--json"]).stdout)
    assert found["docker_endpoint"] == "http://172.17.0.1:1"


def test_up_for_docker_without_docker_starts_nothing(
    local: Clouds, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> Bridge:
        raise BridgeError("Docker does not answer (no engine); start Docker's engine")

    monkeypatch.setattr(clouds, "find_bridge", none)
    result = CliRunner().invoke(app, ["up", "--docker", "--json"])
    assert (result.exit_code, local.diary) == (2, [])
    assert json.loads(result.stdout)["error"] == "BridgeError"


def test_up_without_docker_looks_for_none(local: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clouds, "find_bridge", lambda: pytest.fail("nobody asked for Docker"))
    result = CliRunner().invoke(app, ["up"])
    assert result.exit_code == 0, result.output
    assert "In containers" not in result.stdout


@pytest.mark.parametrize(("endpoint", "is_told"), [("", True), ("http://172.17.0.1:1", False)])
def test_up_for_docker_says_if_the_cloud_that_is_up_listens_at_no_bridge(
    local: Clouds, endpoint: str, is_told: bool
) -> None:
    local.current = local.cloud = dataclasses.replace(local.cloud, docker_endpoint=endpoint)
    result = CliRunner().invoke(app, ["up", "--docker"])
    assert result.exit_code == 0, result.output
    assert ("then `dropforge up --docker`" in result.stderr) is is_told


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
        "docker_endpoint": None,
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


def test_a_second_up_says_where_the_cloud_is_and_exits_0(local: Clouds) -> None:
    CliRunner().invoke(app, ["up"])
    result = CliRunner().invoke(app, ["up"])
    assert result.exit_code == 0, result.output
    assert "The local cloud is up already at http://127.0.0.1:1." in result.stderr
    assert "The stack in it is what is in the clone." in result.stderr
    assert "http://127.0.0.1:1" in result.stdout
    assert local.diary == ["up 4566", "deploy", "deploy"]
    assert json.loads(CliRunner().invoke(app, ["up", "--json"]).stdout)["started"] is False


def test_a_second_up_deploys_what_differs_and_says_so(local: Clouds) -> None:
    local.current, local.stack = local.cloud, {**OUTPUTS, "SeedFunctionArn": "arn:older"}
    result = CliRunner().invoke(app, ["up"])
    assert "Deployed what is in the clone: the stack was another." in result.stderr
    assert local.stack == OUTPUTS


def test_the_first_up_says_nothing_of_a_cloud_that_is_up(local: Clouds) -> None:
    result = CliRunner().invoke(app, ["up", "--json"])
    assert (json.loads(result.stdout)["started"], result.stderr) == (True, "")


class Looking:
    """A watcher that counts its looks, and is interrupted or loses its cloud at the third."""

    def __init__(self, local: Clouds, *, loses: bool = False) -> None:
        self.local, self.loses, self.looks = local, loses, 0

    def look(self) -> None:
        self.looks += 1
        if self.looks == 3 and self.loses:
            self.local.current = None
        elif self.looks == 3:
            signal.raise_signal(signal.SIGINT)


def watching(monkeypatch: pytest.MonkeyPatch, looking: Looking, *options: str) -> Result:
    monkeypatch.setattr(up, "watcher_of", lambda _cloud, _say: looking)
    monkeypatch.setattr(up, "LOOK_SECONDS", 0)
    # A background shell starts its commands with interrupts ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return CliRunner().invoke(app, ["up", "--watch", *options])
    finally:
        signal.signal(signal.SIGINT, before)


def test_watching_ends_at_an_interrupt_and_leaves_the_cloud_up(
    local: Clouds, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking = Looking(local)
    result = watching(monkeypatch, looking)
    assert (result.exit_code, looking.looks) == (0, 3)
    assert local.diary == ["up 4566", "deploy"]
    assert "Stopped watching; the local cloud stays up" in result.stderr


def test_watching_in_the_foreground_stops_the_cloud_at_an_interrupt(
    local: Clouds, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = watching(monkeypatch, Looking(local), "--foreground")
    assert (result.exit_code, local.diary[-1]) == (0, "down")


def test_watching_a_cloud_that_ends_exits_3_and_says_how_to_go_on(
    local: Clouds, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = watching(monkeypatch, Looking(local, loses=True))
    assert result.exit_code == 3
    assert "`dropforge up --watch` starts it again" in result.stderr


@pytest.mark.parametrize(("port", "said"), [("4999", True), ("1", False), ("0", False)])
def test_a_second_up_with_another_port_says_that_it_keeps_its_own(
    local: Clouds, port: str, said: bool
) -> None:
    local.current, local.stack = local.cloud, OUTPUTS
    result = CliRunner().invoke(app, ["up", "--port", port])
    assert result.exit_code == 0
    assert ("It keeps its port" in result.stderr) is said
    assert local.diary == ["deploy"]


def test_a_second_up_that_cannot_deploy_leaves_the_cloud_up(local: Clouds) -> None:
    local.current, local.fault = local.cloud, DeployError("the template is broken")
    result = CliRunner().invoke(app, ["up"])
    assert (result.exit_code, local.current) == (3, local.cloud)


def test_up_takes_over_the_cloud_of_a_command_which_then_leaves_it_up(local: Clouds) -> None:
    with connected("local", Output(as_json=False)):
        assert CliRunner().invoke(app, ["up"]).exit_code == 0
    assert "down" not in local.diary


BACKLOG = {
    "functions": {
        "trigger": {"queued": 12, "running": 2, "oldest_seconds": 95.4},
        "notify": {"queued": 0, "running": 1, "oldest_seconds": 0.0},
    },
    "executions": {"queued": 0, "running": 8},
    "jobs": {"queued": 1, "running": 0},
    "event": None,
}


def test_status_says_what_waits(local: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    local.current, local.stack = local.cloud, OUTPUTS
    monkeypatch.setattr(commands, "asking", lambda _cloud: lambda _question, _given: BACKLOG)
    assert json.loads(CliRunner().invoke(app, ["status", "--json"]).stdout)["backlog"] == BACKLOG
    shown = CliRunner().invoke(app, ["status"]).stdout
    assert (
        "Waiting        15 events: 12 waiting and 3 under way, 8 runs under way, 1 job waiting, "
        "the oldest event waits for 95 s\n"
    ) in shown


@pytest.mark.parametrize(
    "backlog",
    [None, {}, {"functions": {"f": {"queued": 0, "running": 0, "oldest_seconds": 0}}}],
)
def test_status_of_a_cloud_where_nothing_waits_has_no_line_for_it(
    local: Clouds, monkeypatch: pytest.MonkeyPatch, backlog: dict[str, Any] | None
) -> None:
    local.current, local.stack = local.cloud, OUTPUTS
    monkeypatch.setattr(commands, "asking", lambda _cloud: lambda _question, _given: backlog)
    assert "Waiting" not in CliRunner().invoke(app, ["status"]).stdout
