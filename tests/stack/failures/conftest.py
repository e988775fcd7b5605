"""A stack of its own for what goes wrong, where waits of minutes take moments."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dropforge import cloud
from tests.stack.application import Application

Faults = Callable[..., None]
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def hurried_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[cloud.Cloud]:
    """A cloud whose waits of minutes take moments."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SFN_WAIT_SCALE", "0.002")
        running = cloud.up(tmp_path_factory.mktemp("hurried"), persist=False)
    yield running
    cloud.down(running)


@pytest.fixture(scope="session")
def application(hurried_cloud: cloud.Cloud) -> Application:
    outputs = cloud.deploy(hurried_cloud, ROOT, "dropforge", {})
    return Application(cloud.session(hurried_cloud), outputs)


@pytest.fixture
def faults(hurried_cloud: cloud.Cloud) -> Iterator[Faults]:
    file = hurried_cloud.state_dir / "faults.json"

    def arrange(
        operation: str,
        fault: str,
        count: int = 1,
        name: str = "*",
        also: list[dict[str, Any]] | None = None,
        **more: Any,
    ) -> None:
        entry = {"operation": operation, "name": name, "fault": fault, "count": count, **more}
        file.write_text(json.dumps([entry, *(also or [])]))

    yield arrange
    file.write_text("[]")
