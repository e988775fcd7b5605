"""`down`, and the end of a command that started a cloud, when work goes on in it."""

import json
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from dropforge.cli.app import app
from dropforge.cli.commands import down as command
from dropforge.cli.commands import up
from dropforge.cli.connection import under_way
from dropforge.cli.connection.connect import connected
from dropforge.cli.screen.output import Output
from tests.unit.cli.fake_clouds import Clouds


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(under_way, "_PAUSE_SECONDS", 0)
    # A shell that starts something in the background lets it ignore SIGINT.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def busy(local: Clouds) -> Clouds:
    local.current = local.cloud
    local.work = [(1, 1, 3)]
    return local


class Terminal:
    """A person at the keyboard, for `down`."""

    class stdin:  # noqa: N801
        @staticmethod
        def isatty() -> bool:
            return True


def test_down_does_not_end_runs_unless_told_to(busy: Clouds) -> None:
    result = CliRunner().invoke(app, ["down", "--json"])
    assert (result.exit_code, busy.diary) == (2, [])
    found = json.loads(result.stdout)
    assert found["error"] == "RunsUnderWayError"
    for part in ("1 run would end as failed", "down --wait", "down --yes"):
        assert part in found["message"]


def test_down_ends_runs_if_told_to_and_says_what_is_left(busy: Clouds) -> None:
    result = CliRunner().invoke(app, ["down", "--yes"])
    assert (result.exit_code, busy.diary) == (0, ["down"])
    assert "What waits in it (4) goes on at its next start." in result.stdout


@pytest.mark.parametrize(("answer", "code", "diary"), [("y", 0, ["down"]), ("n", 1, [])])
def test_down_asks_a_person(
    busy: Clouds, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, diary: list[str]
) -> None:
    monkeypatch.setattr(command, "sys", Terminal)
    result = CliRunner().invoke(app, ["down"], input=f"{answer}\n")
    assert "1 run would end as failed" in result.stderr
    assert (result.exit_code, busy.diary) == (code, diary)


def test_down_asks_nothing_if_only_events_wait(busy: Clouds) -> None:
    busy.work = [(0, 0, 1)]
    result = CliRunner().invoke(app, ["down", "--json"])
    assert json.loads(result.stdout) == {"running": False, "stopped": True, "waiting": 1}


def test_down_waits_until_nothing_goes_on(busy: Clouds) -> None:
    busy.work = [(1, 1, 3), (1, 1, 3), (1, 0, 0), (0, 0, 0)]
    result = CliRunner().invoke(app, ["down", "--wait"])
    assert (result.exit_code, busy.diary) == (0, ["down"])
    assert result.stderr.splitlines() == [
        "Waiting for 1 run and 4 waiting ...",
        "Waiting for 1 run ...",
    ]


def test_cloud_of_a_command_stays_up_for_the_runs_of_others(
    local: Clouds, capsys: pytest.CaptureFixture[str]
) -> None:
    local.work = [(1, 0, 0)]
    with connected("local", Output(as_json=False)):
        pass
    assert "down" not in local.diary
    assert "stays up for 1 run; `dropforge down` stops it" in capsys.readouterr().err
    # It is nobody's now: a command that finds it leaves it up as well.
    local.work = [(0, 0, 0)]
    with connected("local", Output(as_json=False)):
        pass
    assert "down" not in local.diary


def test_cloud_of_a_command_that_breaks_off_is_stopped(local: Clouds) -> None:
    local.work = [(1, 0, 0)]

    def breaks_off() -> None:
        with connected("local", Output(as_json=False)):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        breaks_off()
    assert local.diary[-1] == "down"


@pytest.mark.parametrize("interrupts", [1, 2])
def test_foreground_waits_for_runs_after_the_first_interrupt_only(
    local: Clouds, monkeypatch: pytest.MonkeyPatch, interrupts: int
) -> None:
    local.work = [(1, 0, 0), (1, 0, 0), (0, 0, 0)]
    if interrupts == 2:
        local.work = [(1, 0, 0)]
    left = [signal.SIGINT] * interrupts

    def sleep(_seconds: float) -> None:
        if left:
            signal.raise_signal(left.pop())

    clock: Any = type("clock", (), {"sleep": staticmethod(sleep)})
    monkeypatch.setattr(up, "time", clock)
    monkeypatch.setattr(under_way, "time", clock)
    result = CliRunner().invoke(app, ["up", "--foreground"])
    assert (result.exit_code, left, local.diary[-1]) == (0, [], "down")
    assert "Waiting for 1 run; a second Ctrl-C" in result.stderr
