"""Shows on stderr how a run goes through its states: live on a terminal, else line by line."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from rich.console import Console, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from dropforge.cli.screen.printable import printable
from dropforge.cli.screen.wording import error_name
from dropforge.client.execution.history import Timeline, Visit
from dropforge.client.execution.waiting import NOTHING_SAID

_QUIET = {"Choice", "Pass", "Succeed", "Fail"}
"""Kinds of states that take no time and so need no line."""
_LONG_SECONDS = 10.0
_REFRESH_PER_SECOND = 5
"""Each refresh takes processor time from the training that it shows."""

Show = Callable[[Timeline], None]


@contextmanager
def progress(console: Console) -> Iterator[Show]:
    """Give a function that shows what is known of a run, to be called at each look."""
    if console.is_terminal:
        board = _Board()
        with Live(board, console=console, refresh_per_second=_REFRESH_PER_SECOND):
            yield board.show
    else:
        yield _Lines(console).show


def _worth_a_line(visit: Visit) -> bool:
    return visit.kind not in _QUIET


def _elapsed(visit: Visit) -> str:
    # The clock of AWS may be ahead of this machine's.
    seconds = visit.seconds
    if seconds is None:
        seconds = max(0.0, (datetime.now(UTC) - visit.entered).total_seconds())
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s"


def _remark(visit: Visit) -> str:
    attempt = f"attempt {visit.attempts}" if visit.attempts > 1 else ""
    items = ""
    if visit.left is None and visit.items:
        done, total = visit.items
        items = f"{done:,} of {total:,} chunks"
    return ", ".join(part for part in (error_name(visit.error), attempt, items) if part)


class _Board:
    """A table of states that grows in place."""

    def __init__(self) -> None:
        self._timeline = Timeline()
        self._spinner = Spinner("dots", style="cyan")

    def show(self, timeline: Timeline) -> None:
        self._timeline = timeline

    def __rich__(self) -> RenderableType:
        table = Table.grid(padding=(0, 2))
        table.add_column(width=1)
        table.add_column(min_width=24)
        table.add_column(justify="right", min_width=8)
        table.add_column(style="yellow")
        visits = list(filter(_worth_a_line, self._timeline.visits))
        if not visits and not self._timeline.is_over:
            note = self._timeline.note or NOTHING_SAID
            table.add_row(self._spinner, Text(printable(note)), Text(), Text())
        for visit in visits:
            table.add_row(
                self._mark(visit), Text(visit.name), Text(_elapsed(visit)), Text(_remark(visit))
            )
        return table

    def _mark(self, visit: Visit) -> RenderableType:
        if visit.left is None:
            return self._spinner
        return Text("✗", style="red") if visit.error else Text("✓", style="green")


class _Lines:
    """A line for each state that is done, and one for each that takes long."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told: set[tuple[int, str]] = set()
        self._noted: tuple[str | None, float] = (None, time.monotonic())

    def show(self, timeline: Timeline) -> None:
        self._note(timeline.note)
        for index, visit in enumerate(timeline.visits):
            if not _worth_a_line(visit):
                continue
            if visit.left is not None:
                self._tell(index, "done", visit, "failed" if visit.error else "done")
            elif (datetime.now(UTC) - visit.entered).total_seconds() > _LONG_SECONDS:
                self._tell(index, "long", visit, "goes on")

    def _note(self, note: str | None) -> None:
        last, when = self._noted
        if note and note != last and time.monotonic() - when > _LONG_SECONDS:
            self._noted = (note, time.monotonic())
            self._console.print(Text(printable(note)), soft_wrap=True)

    def _tell(self, index: int, stage: str, visit: Visit, word: str) -> None:
        if (index, stage) in self._told:
            return
        self._told.add((index, stage))
        remark = _remark(visit)
        text = f"{visit.name}: {word}, {_elapsed(visit)}{f' ({remark})' if remark else ''}"
        self._console.print(Text(text), soft_wrap=True)
