"""A stack for the commands, and the local cloud's interface, both faked."""

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
    promotion,
    run,
    runs,
    score,
    show,
    stop,
)
from dropforge.client.stack import Stack
from tests.unit.cli.fake_clouds import Clouds
from tests.unit.cli.fakes import fake_stack


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stack:
    made = fake_stack()

    @contextmanager
    def connected(_env: str, _output: Any) -> Iterator[Stack]:
        yield made

    for module in (demo, events, fetch, logs, promotion, run, runs, score, show, stop):
        monkeypatch.setattr(module, "connected", connected)
    monkeypatch.chdir(tmp_path)
    return made


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Clouds:
    return Clouds(monkeypatch, tmp_path)


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    file = tmp_path / "churn.csv"
    file.write_text("age,churned\n31,no\n")
    return file
