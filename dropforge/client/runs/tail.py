"""Follows the log of a run until the run is over."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dropforge.client.execution.follow import Clock
from dropforge.client.runs.logs import Line, RunLog
from dropforge.client.stack import Stack

_OVERLAP = timedelta(minutes=16)
"""How far back each look goes: an invocation's last line may come that long after the one
that says what run it belongs to, and CloudWatch Logs shows each seconds after it was written."""


@dataclass(frozen=True)
class Pace:
    """How often to look, in seconds.

    Parameters
    ----------
    pause : between two looks.
    late : from the end of the run to that of its log: its message and the last lines.
    """

    pause: float
    late: float


# A look on AWS takes some ten calls, of a quota that all share.
LOCALLY = Pace(pause=0.5, late=10)
ON_AWS = Pace(pause=5, late=60)


def tail(
    stack: Stack, run: str, show: Callable[[Sequence[Line]], None], clock: Clock | None = None
) -> None:
    """Hand over lines as they come, each once, until the run is over and its message sent.

    Raises
    ------
    RunUnknownError
        There is no such run.
    """
    clock = clock or Clock()
    pace = LOCALLY if stack.environment.is_local else ON_AWS
    log, shown = RunLog(stack, run), Counter[Line]()
    since: datetime | None = None
    over: float | None = None
    while True:
        # Asked before the lines are read: what was written until the end is among them.
        was_over, was_told = log.is_over, log.is_told
        lines = log.lines(since)
        fresh = _fresh(lines, shown)
        show(fresh)
        if lines:
            since = lines[-1].time - _OVERLAP
        if was_over:
            over = clock.now() if over is None else over
            if (was_told and not fresh) or clock.now() - over > pace.late:
                return
        clock.sleep(pace.pause)


def _fresh(lines: Sequence[Line], shown: Counter[Line]) -> list[Line]:
    """Return the lines not shown yet, and count them as shown; two alike are two lines."""
    seen, fresh = Counter[Line](), []
    for line in lines:
        seen[line] += 1
        if seen[line] > shown[line]:
            shown[line] += 1
            fresh.append(line)
    return fresh
