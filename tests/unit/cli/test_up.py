"""`up`, `down` and `status`: the local cloud itself."""

import json

from typer.testing import CliRunner

from dropforge.cli.app import app
from dropforge.cli.connect import state_dir
from dropforge.environment import read_environment
from dropforge.errors import DeployError, PortInUseError
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
