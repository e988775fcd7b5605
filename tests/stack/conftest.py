"""The template deployed to an embedded cloud, once for all tests of a worker."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dropforge import cloud
from tests.stack.application import Application
from tests.stack.subscriber import Inbox, subscribed

ROOT = Path(__file__).parents[2]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("stack")


@pytest.fixture(scope="session")
def local_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[cloud.Cloud]:
    for name in [n for n in os.environ if n.startswith("AWS_")]:
        del os.environ[name]
    running = cloud.up(tmp_path_factory.mktemp("cloud"), persist=False)
    yield running
    cloud.down(running)


@pytest.fixture(scope="session")
def application(local_cloud: cloud.Cloud) -> Application:
    outputs = cloud.deploy(local_cloud, ROOT, "dropforge", {})
    return Application(cloud.session(local_cloud), outputs)


@pytest.fixture
def inbox(application: Application) -> Iterator[Inbox]:
    """Messages that a subscriber of the topic receives while the test runs."""
    with subscribed(application) as received:
        yield received
