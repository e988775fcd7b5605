"""What README and docs/python.md show runs as it stands."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dropforge import loading
from dropforge.client.stack import Stack
from tests.unit.cli.conftest import stack
from tests.unit.cli.fakes import RUN
from tests.unit.model.made import Made

__all__ = ["stack"]
ROOT = Path(__file__).parents[3]
BLOCKS = {
    page: re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    for page in ("README.md", "docs/python.md")
}


@pytest.mark.parametrize("page", BLOCKS)
def test_code_of_the_page_runs_from_top_to_bottom(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    data = "\n".join(["x,[z] < 1,y", *(f"{n % 7},{n % 5},{n % 2}" for n in range(100))]).encode()
    made = Made(tmp_path, data, {"target": "y"})
    (tmp_path / "new.csv").write_bytes(data)
    objects = stack.session.s3.objects
    objects["model"] = (tmp_path / "model.tar.gz").read_bytes()
    objects[f"runs/{RUN}/encoder.json"] = (tmp_path / "encoder.json").read_bytes()
    stack.session.sagemaker.add(RUN, "Approved")

    @contextmanager
    def connected(_env: str, _output: Any) -> Iterator[Stack]:
        yield stack

    monkeypatch.setattr(loading, "connected", connected)
    names: dict[str, Any] = {}
    assert BLOCKS[page]
    for block in BLOCKS[page]:
        exec(compile(block, page, "exec"), names)
    assert names["predicted"].equals(made.load().predict(tmp_path / "new.csv", reasons=3))
    if "booster" in names:
        assert names["booster"].feature_names == names["model"].booster.feature_names
