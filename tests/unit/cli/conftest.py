"""A stack for the commands, and the local cloud's interface, both faked."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dropforge.cli.commands import (
    demo,
    events,
    fetch,
    logs,
    run,
    runs,
    score,
    show,
    stop,
)
from dropforge.cli.commands.models import predict, promotion
from dropforge.client.stack import Stack
from tests.unit.cli.fake_clouds import Clouds
from tests.unit.cli.fakes import fake_stack


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stack:
    made = fake_stack()

    @contextmanager
    def connected(_env: str, _output: Any) -> Iterator[Stack]:
        yield made

    commands = (demo, events, fetch, logs, predict, promotion, run, runs, score, show, stop)
    for module in commands:
        monkeypatch.setattr(module, "connected", connected)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DROPFORGE_CACHE_DIR", str(tmp_path / "cache"))
    return made


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Clouds:
    return Clouds(monkeypatch, tmp_path)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return where temporary files go."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    file = tmp_path / "churn.csv"
    file.write_text("age,churned\n31,no\n")
    return file
