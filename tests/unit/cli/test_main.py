"""How the command starts."""

import gc
from collections.abc import Iterator

import pytest

from dropforge import __main__
from dropforge.cli import app


@pytest.fixture
def collector() -> Iterator[None]:
    """Let the collector be as before in the end."""
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)
    gc.enable()


@pytest.mark.usefixtures("collector")
def test_what_is_imported_is_not_looked_at_for_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[bool, bool, int]] = []

    def command() -> None:
        seen.append((gc.isenabled(), gc.get_freeze_count() > 10_000, gc.get_threshold()[0]))

    monkeypatch.setattr(app, "main", command)
    __main__.main()
    # What becomes garbage later is collected.
    assert seen == [(True, True, 100_000)]
