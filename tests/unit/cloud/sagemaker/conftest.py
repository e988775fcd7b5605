from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.cloud.sagemaker.stage import Stage, set_up


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with set_up(tmp_path, monkeypatch) as stage:
        yield stage
