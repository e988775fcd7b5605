"""Edits of a project are deployed while it is watched, and leave alone what runs."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from dropforge import cloud as clouds
from dropforge.cli.connection.under_way import under_way
from dropforge.cli.connection.watch import Watcher
from dropforge.cloud.deployment.sources import Sources
from tests.integration.cloud.conftest import PROJECT
from tests.integration.cloud.deployment.test_deploy import invoke
from tests.waiting import wait_until

ASKS_TWICE = {
    "Comment": "first",
    "StartAt": "Ask",
    "States": {
        "Ask": {
            "Type": "Task",
            "Resource": "${EchoFunctionArn}",
            "ResultPath": None,
            "Next": "Ask again",
        },
        "Ask again": {"Type": "Task", "Resource": "${EchoFunctionArn}", "End": True},
    },
}


class Watched:
    """A project of one test, deployed under its name and watched."""

    def __init__(self, cloud: clouds.Cloud, client: Callable[[str], Any], root: Path) -> None:
        self.cloud, self.client, self.root = cloud, client, root
        self.name = f"watched-{root.parent.name.replace('_', '-')[-40:]}"
        self.said: list[str] = []
        self.outputs: dict[str, str] = {}
        self.write("statemachine/train.asl.json", json.dumps(ASKS_TWICE))
        self.watcher = Watcher(Sources(root), self.deploy, self.runs, self.said.append)
        self.look()

    def deploy(self) -> bool:
        changed = Event()
        self.outputs = clouds.deploy(self.cloud, self.root, self.name, {}, changing=changed.set)
        return changed.is_set()

    def runs(self) -> int:
        return under_way(self.cloud).runs

    def look(self) -> None:
        """Look until a change has settled."""
        for _ in range(2):
            self.watcher.look()

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text)

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new))

    def answer(self) -> dict[str, Any]:
        answer: dict[str, Any] = invoke(self.outputs["EchoFunctionArn"], self.client, {})
        return answer

    def definition(self) -> dict[str, Any]:
        machine = self.client("stepfunctions").describe_state_machine(
            stateMachineArn=self.outputs["MachineArn"]
        )
        return dict(json.loads(machine["definition"]))


@pytest.fixture
def watched(cloud: clouds.Cloud, client: Callable[[str], Any], tmp_path: Path) -> Watched:
    root = tmp_path / "project"
    shutil.copytree(PROJECT, root)
    return Watched(cloud, client, root)


def test_edits_of_function_state_machine_and_template_are_in_the_running_stack(
    watched: Watched,
) -> None:
    assert watched.answer()["greeting"] == "hello"
    watched.edit("functions/echo/handler.py", '"greeting":', '"edited":')
    watched.look()
    assert watched.answer()["edited"] == "hello"
    watched.edit("statemachine/train.asl.json", '"first"', '"second"')
    watched.look()
    assert watched.definition()["Comment"] == "second"
    watched.edit("template.yaml", "Default: hello", "Default: goodbye")
    watched.look()
    assert watched.answer()["edited"] == "goodbye"
    assert len(watched.said) == 4


def test_run_uses_one_code_to_its_end_and_the_edit_is_deployed_after_it(
    watched: Watched, client: Callable[[str], Any], tmp_path: Path
) -> None:
    states = client("stepfunctions")
    begun, until = tmp_path / "begun", tmp_path / "until"
    given = json.dumps({"begun": str(begun), "until": str(until)})
    machine = watched.outputs["MachineArn"]
    run = states.start_execution(stateMachineArn=machine, input=given)["executionArn"]
    wait_until(begun.exists)
    watched.edit("functions/echo/handler.py", '"greeting":', '"edited":')
    watched.look()
    assert "deployed when the run under way has ended" in watched.said[-1]
    until.touch()

    def ended() -> Any:
        watched.look()
        found = states.describe_execution(executionArn=run)
        return found if found["status"] != "RUNNING" else None

    found = wait_until(ended)
    assert (found["status"], json.loads(found["output"])["greeting"]) == ("SUCCEEDED", "hello")
    watched.look()
    assert watched.answer()["edited"] == "hello"


@pytest.mark.parametrize(
    ("name", "broken", "said"),
    [
        ("functions/echo/handler.py", "def (", "functions/echo/handler.py, line 1: "),
        ("statemachine/train.asl.json", "{", "statemachine/train.asl.json, line 1: "),
        ("template.yaml", "Resources: [", "template.yaml is no YAML"),
        (
            "template.yaml",
            "Resources: {Q: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: never}}}",
            "is UPDATE_ROLLBACK_COMPLETE",
        ),
    ],
    ids=["function", "state machine", "template", "resource"],
)
def test_fault_is_told_and_leaves_what_was_deployed_until_it_is_put_right(
    watched: Watched, name: str, broken: str, said: str
) -> None:
    sound = (watched.root / name).read_text()
    watched.write(name, broken)
    watched.look()
    assert watched.said[-1].startswith("Not deployed")
    assert said in watched.said[-1]
    assert watched.answer()["greeting"] == "hello"
    watched.write(name, sound)
    watched.edit("functions/echo/handler.py", '"greeting":', '"edited":')
    watched.look()
    assert watched.said[-1].startswith("Deployed ")
    assert watched.answer()["edited"] == "hello"
