"""New code for a function that runs: what began with the old code ends with it."""

import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from dropforge import cloud as clouds
from tests.integration.cloud.conftest import PROJECT
from tests.integration.cloud.deployment.test_deploy import invoke
from tests.waiting import alive, wait_until


@pytest.fixture
def project(tmp_path: Path) -> Path:
    copy = tmp_path / "project"
    shutil.copytree(PROJECT, copy)
    return copy


def edit(project: Path) -> None:
    handler = project / "functions" / "echo" / "handler.py"
    handler.write_text(handler.read_text().replace('"greeting":', '"edited":'))


def test_invocation_ends_in_the_process_it_began_in_and_later_ones_have_the_new_code(
    cloud: clouds.Cloud, client: Any, project: Path, tmp_path: Path
) -> None:
    function = clouds.deploy(cloud, project, "edited", {})["EchoFunctionArn"]
    old = invoke(function, client, {"pid": True})["pid"]
    answers: list[Any] = []
    begun, until = tmp_path / "begun", tmp_path / "until"
    event = {"begun": str(begun), "until": str(until)}
    under_way = threading.Thread(target=lambda: answers.append(invoke(function, client, event)))
    under_way.start()
    wait_until(begun.exists)
    edit(project)
    clouds.deploy(cloud, project, "edited", {})
    assert "edited" in invoke(function, client, {})
    assert not answers
    until.touch()
    under_way.join()
    assert answers == [{"greeting": "hello", "event": event}]
    wait_until(lambda: not alive(old))


def test_idle_process_with_the_old_code_ends_at_once(
    cloud: clouds.Cloud, client: Any, project: Path
) -> None:
    function = clouds.deploy(cloud, project, "edited-idle", {})["EchoFunctionArn"]
    old = invoke(function, client, {"pid": True})["pid"]
    edit(project)
    clouds.deploy(cloud, project, "edited-idle", {})
    assert not alive(old)
    assert invoke(function, client, {"pid": True})["pid"] != old
