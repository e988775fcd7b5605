"""Processor time of the processes that start below another: other load leaves it alone."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.end_to_end.memory import kind_of
from bench.processes import command_of, looking, tree

_SECONDS = 0.1
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Used:
    """What a process used.

    Attributes
    ----------
    seen : when it was seen first, in seconds of the epoch.
    seconds : of processors, as of when it was seen last.
    """

    kind: str
    seen: float
    seconds: float = 0.0


@contextmanager
def used_below(pid: int) -> Iterator[list[Used]]:
    """Watch a process and all below it, ten times a second; whole when the context has ended."""
    found: list[Used] = []
    known: dict[int, Used] = {}

    def look() -> None:
        for each in tree(pid):
            if each not in known:
                known[each] = Used(kind_of(command_of(each)), time.time())
                found.append(known[each])
            known[each].seconds = max(known[each].seconds, _seconds(each))

    with looking(_SECONDS, look):
        yield found


def _seconds(pid: int) -> float:
    """Return user and system time (proc(5), stat, fields 14 and 15)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS
