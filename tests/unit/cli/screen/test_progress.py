"""What progress looks like, live and line by line."""

import io
from datetime import UTC, datetime, timedelta

from rich.console import Console

from dropforge.cli.screen.progress import progress
from dropforge.client.execution.history import Timeline, Visit

NOW = datetime.now(UTC)


def shown(*visits: Visit, terminal: bool) -> str:
    written = io.StringIO()
    console = Console(file=written, force_terminal=terminal, width=100, color_system=None)
    with progress(console) as show:
        show(Timeline(list(visits)))
    return written.getvalue()


def done(name: str, kind: str = "Task", **more: object) -> Visit:
    return Visit(name, kind, NOW - timedelta(seconds=75), NOW, **more)  # type: ignore[arg-type]


def test_lines_name_each_state_that_is_done_but_no_choices() -> None:
    text = shown(done("Plan data"), done("Good enough?", "Choice"), terminal=False)
    assert text == "Plan data: done, 1 min 15 s\n"


def test_lines_tell_of_errors_and_attempts() -> None:
    text = shown(done("Train", error="SageMaker.Error", attempts=3), terminal=False)
    assert text == "Train: failed, 1 min 15 s (SageMaker.Error, attempt 3)\n"


def test_lines_tell_once_that_a_state_takes_long() -> None:
    long = Visit("Train", "Task", NOW - timedelta(seconds=30))
    short = Visit("Train", "Task", datetime.now(UTC))
    assert shown(long, terminal=False).count("Train: goes on") == 1
    assert shown(short, terminal=False) == ""


def test_board_shows_what_is_done_and_what_goes_on() -> None:
    running = Visit("Profile chunks", "Map", NOW, items=(3, 1200))
    text = shown(done("Plan data"), done("Failed one", error="X"), running, terminal=True)
    assert "\N{CHECK MARK}  Plan data" in text
    assert "\N{BALLOT X}  Failed one" in text
    assert "3 of 1,200 chunks" in text


def test_board_says_that_the_run_has_not_started() -> None:
    assert "Waiting for the run to start" in shown(terminal=True)
