import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dropforge import cloud as clouds
from dropforge.cloud import lifecycle
from dropforge.cloud.deployment.archive import zip_of
from dropforge.errors import DeployError
from tests.integration.cloud.conftest import PROJECT


def invoke(function: str, client: Callable[[str], Any], event: dict[str, Any]) -> Any:
    answer = client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
    return json.loads(answer["Payload"].read())


def test_deploy_makes_the_stack_and_returns_its_outputs(
    outputs: dict[str, str], client: Callable[[str], Any]
) -> None:
    assert set(outputs) == {"BucketName", "MachineArn", "EchoFunctionArn", "TrainingRoleArn"}
    machine = client("stepfunctions").describe_state_machine(stateMachineArn=outputs["MachineArn"])
    assert outputs["EchoFunctionArn"] in machine["definition"]
    assert "${" not in machine["definition"]


def test_deploy_of_an_unchanged_project_changes_nothing(
    cloud: clouds.Cloud, outputs: dict[str, str], client: Callable[[str], Any]
) -> None:
    events = client("cloudformation").describe_stack_events(StackName="tests")["StackEvents"]
    assert clouds.deploy(cloud, PROJECT, "tests", {}) == outputs
    after = client("cloudformation").describe_stack_events(StackName="tests")["StackEvents"]
    assert len(after) == len(events)


def test_deploy_updates_code_and_parameters(
    cloud: clouds.Cloud, client: Callable[[str], Any], tmp_path: Path
) -> None:
    project = tmp_path / "project"
    shutil.copytree(PROJECT, project)
    outputs = clouds.deploy(cloud, project, "changing", {})
    handler = project / "functions" / "echo" / "handler.py"
    handler.write_text(handler.read_text().replace('"event": event', '"event": "new"'))
    again = clouds.deploy(cloud, project, "changing", {"Greeting": "servus"})
    assert again == outputs
    answer = invoke(outputs["EchoFunctionArn"], client, {})
    assert answer == {"greeting": "servus", "event": "new"}


def test_deploy_names_the_resource_that_failed(cloud: clouds.Cloud, tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(
        "Resources:\n  Odd:\n    Type: AWS::IAM::Policy\n    Properties:\n      PolicyName: odd\n"
        "      Roles: [absent]\n      PolicyDocument: {Version: '2012-10-17', Statement: []}\n"
    )
    with pytest.raises(DeployError, match=r"failing is ROLLBACK_COMPLETE: Odd .*absent"):
        clouds.deploy(cloud, tmp_path, "failing", {})
    (tmp_path / "template.yaml").write_text("Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n")
    assert clouds.deploy(cloud, tmp_path, "failing", {}) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "does not exist"),
        ("Resources: [", "no YAML"),
        ("Description: nothing", "no Resources"),
        (
            "Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: absent}}}",
            "CodeUri: absent does not exist",
        ),
    ],
)
def test_deploy_refuses_a_bad_template(
    cloud: clouds.Cloud, tmp_path: Path, text: str | None, message: str
) -> None:
    if text is not None:
        (tmp_path / "template.yaml").write_text(text)
    with pytest.raises(DeployError, match=message):
        clouds.deploy(cloud, tmp_path, "bad", {})


def test_zip_is_the_same_whenever_it_is_made_and_leaves_caches_out(tmp_path: Path) -> None:
    for name in ("a.py", "__pycache__/a.pyc", "tests/test_a.py", "b/c.py"):
        path = tmp_path / "code" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n")
    first = zip_of(tmp_path / "code")
    (tmp_path / "code" / "a.py").touch()
    (tmp_path / "code" / "__pycache__" / "z.pyc").write_text("x")
    assert zip_of(tmp_path / "code") == first
    assert b"a.py" in first
    assert b"test_a" not in first


def test_worker_finds_the_functions_code_first_and_layers_last(
    outputs: dict[str, str], client: Callable[[str], Any]
) -> None:
    path = invoke(outputs["EchoFunctionArn"], client, {"path": True})["path"]
    packages = next(n for n, entry in enumerate(path) if entry.endswith("site-packages"))
    assert "/code-" in path[0]
    assert "layer_0" in path[-1]
    assert packages < len(path) - 1


def test_functions_wait_without_work_and_have_memory_as_on_aws(
    outputs: dict[str, str], client: Callable[[str], Any]
) -> None:
    assert lifecycle._environment()["MALLOC_ARENA_MAX"] == "2"
    names = invoke(outputs["EchoFunctionArn"], client, {"names": True})["names"]
    assert {"GREETING", "OMP_WAIT_POLICY", "GOMP_SPINCOUNT"} <= set(names)
    assert "MALLOC_ARENA_MAX" not in names
