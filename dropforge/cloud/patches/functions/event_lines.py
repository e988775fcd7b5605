"""The lines in which events wait for their functions; what they are is in invocations."""

import contextvars
import heapq
import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dropforge.cloud.journal import journal
from dropforge.cloud.patches.functions.worker_pool import LIMIT

logger = logging.getLogger("dropforge.cloud")

KIND = "invocation"
RETRY_SECONDS = 1.0
# How long an end waits for the functions that have an event; lifecycle.down kills after 30 s.
_END_SECONDS = 10.0


@dataclass
class Invocation:
    """An event on its way to a function.

    Parameters
    ----------
    arn : of the function, with a qualifier if the sender gave one.
    attempts : how often the function has failed to handle it.
    due, began : in seconds since the epoch.
    needs : bucket, key and version of the object that it tells of, until that is stored.
    depth : how many invocations led to this one, for the guard against loops.
    number : orders the events, across starts too.
    """

    arn: str
    account: str
    region: str
    event: Any
    attempts: int = 0
    due: float = field(default_factory=time.time)
    began: float = field(default_factory=time.time)
    needs: list[str | None] | None = None
    depth: int = 0
    number: str = ""

    def save(self) -> None:
        """Write the row."""
        facts = {name: value for name, value in vars(self).items() if name != "number"}
        journal().put(KIND, self.number, json.dumps(facts))


class Line:
    """The events of one function.

    Parameters
    ----------
    handle : invokes the function; returns whether the event is to come again.
    """

    def __init__(self, handle: Callable[[Invocation], bool]) -> None:
        self._handle = handle
        self.changed = threading.Condition()
        self.waiting: list[tuple[float, str, Invocation]] = []
        self.running: list[Invocation] = []
        self._threads = 0

    def add(self, invocation: Invocation) -> None:
        """Put an event into the line, behind those that came before it."""
        with self.changed:
            heapq.heappush(self.waiting, (invocation.due, invocation.number, invocation))
            self.changed.notify()
            if self._threads < LIMIT and self._threads < len(self.waiting) + len(self.running):
                self._threads += 1
                threading.Thread(target=self._work, daemon=True, name="invocations").start()

    def _work(self) -> None:
        while (invocation := self._take()) is not None:
            try:
                # A row is deleted only when all that follows from its event is written.
                again = contextvars.Context().run(self._handle, invocation)
            except Exception:
                logger.exception("the event for %s is tried again", invocation.arn)
                invocation.due, again = time.time() + RETRY_SECONDS, True
            with self.changed:
                self.running.remove(invocation)
                self.changed.notify_all()
            if again and not _ending.is_set():
                self.add(invocation)

    def _take(self) -> Invocation | None:
        """Wait for an event that is due; None ends the thread, for want of events or at the end."""
        with self.changed:
            while self.waiting and not _ending.is_set():
                wait = self.waiting[0][0] - time.time()
                if wait <= 0:
                    invocation = heapq.heappop(self.waiting)[2]
                    self.running.append(invocation)
                    return invocation
                self.changed.wait(wait)
            self._threads -= 1
            return None


_lines: dict[str, Line] = {}
_lock = threading.Lock()
_ending = threading.Event()


def line_of(invocation: Invocation, handle: Callable[[Invocation], bool]) -> Line:
    """Return the line of an event's function, which is made if this is its first."""
    with _lock:
        if invocation.arn not in _lines:
            _lines[invocation.arn] = Line(handle)
        return _lines[invocation.arn]


def backlog() -> dict[str, dict[str, float]]:
    """Count each function's events: queued, running, and the seconds that the oldest waits."""
    now, counts = time.time(), {}
    for arn, line in list(_lines.items()):
        with line.changed:
            queued = [invocation for _, _, invocation in line.waiting]
            running = len(line.running)
        if queued or running:
            oldest = max((now - invocation.began for invocation in queued), default=0.0)
            counts[arn.split(":")[6]] = {
                "queued": len(queued),
                "running": running,
                "oldest_seconds": round(oldest, 1),
            }
    return counts


def find(key: str) -> dict[str, Any] | None:
    """Say where the event that tells of an object is: its state, and how many go before it."""
    for line in list(_lines.values()):
        with line.changed:
            running = list(line.running)
            queued = [invocation for _, _, invocation in sorted(line.waiting)]
        if any(_tells_of(invocation, key) for invocation in running):
            return {"state": "running", "position": 0}
        for position, invocation in enumerate(queued):
            if _tells_of(invocation, key):
                return {"state": "queued", "position": position + len(running)}
    return None


def finish() -> None:
    """Hand out no more events, and wait a while for the functions that have one."""
    _ending.set()
    deadline = time.monotonic() + _END_SECONDS
    for line in list(_lines.values()):
        with line.changed:
            line.changed.notify_all()
            while line.running and time.monotonic() < deadline:
                line.changed.wait(max(0.0, deadline - time.monotonic()))


def _tells_of(invocation: Invocation, key: str) -> bool:
    return json.dumps(key) in json.dumps(invocation.event)
