"""Executions take turns: a few go on at once, the others wait in the order they came.

On AWS a thousand executions run beside each other. Here each holds threads, and
its tasks wait for two workers a function, long enough to run out of their time.
So only some have a turn. One that was started and waits for its turn is RUNNING,
as on AWS, and has not entered its first state. A turn is given back while an
execution itself waits (Wait, the pause before a Retry, a callback); whoever comes
back from that goes before those that never began. What the branches of a Parallel
or Map wait for keeps the turn. An execution that another one starts needs no turn,
since that one may wait for it.
"""

import contextvars
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from dropforge.cloud.patches.replacing import check
from dropforge.cloud.patches.stepfunctions import executions, state_machine_role, warming

LIMIT = 4 * max(2, os.cpu_count() or 2)

Start = Callable[[], object]


class Turns:
    """A limit of what goes on at once, first come, first served."""

    def __init__(self, limit: int) -> None:
        self._free = limit
        self._limit = limit
        self._lock = threading.Lock()
        self._waiting: deque[Start] = deque()
        self._back: deque[threading.Event] = deque()
        self._holder = threading.local()

    def run(self, start: Start) -> None:
        """Do something in this thread if there is a turn, else leave it to one that has a turn."""
        with self._lock:
            if not self._free:
                self._waiting.append(start)
                return
            self._free -= 1
        self._go_on(start)

    @contextmanager
    def released(self) -> Iterator[None]:
        """Give the turn of this thread back for a while, if it has one."""
        if not getattr(self._holder, "has_turn", False):
            yield
            return
        self._holder.has_turn = False
        following = self._hand_over()
        if following is not None:
            threading.Thread(target=self._go_on, args=(following,), daemon=True).start()
        try:
            yield
        finally:
            self._take_back()
            self._holder.has_turn = True

    def counts(self) -> dict[str, int]:
        """Return how many wait for their first turn, and how many have one."""
        with self._lock:
            return {"queued": len(self._waiting), "running": self._limit - self._free}

    def _go_on(self, start: Start | None) -> None:
        """Do one after the other while there are any."""
        while start is not None:
            self._holder.has_turn = True
            try:
                start()
            finally:
                self._holder.has_turn = False
                start = self._hand_over()

    def _hand_over(self) -> Start | None:
        """Give this turn to one that comes back, or return what is to begin with it."""
        with self._lock:
            if self._back:
                self._back.popleft().set()
                return None
            if self._waiting:
                return self._waiting.popleft()
            self._free += 1
            return None

    def _take_back(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            mine = threading.Event()
            self._back.append(mine)
        mine.wait()


turns = Turns(LIMIT)


def apply() -> None:
    """Let each execution wait for its turn, and give it back while it waits itself."""
    from ministack.services import stepfunctions as states

    run = states._run_execution

    def run_execution(arn: str) -> None:
        if state_machine_role.is_inside():
            begin(arn)
            return
        context = contextvars.copy_context()
        turns.run(lambda: context.run(begin, arn))

    def begin(arn: str) -> None:
        executions.begin(arn)
        warming.warm_up(arn)
        run(arn)

    states._run_execution = run_execution
    for name, digest in (
        ("_scaled_sleep", "5ed19df2efa9"),
        ("_invoke_with_callback", "bbb38423156a"),
    ):
        check(states, name, digest)
        setattr(states, name, _released(getattr(states, name)))


def _released(wait: Callable[..., Any]) -> Callable[..., Any]:
    def waiting(*arguments: Any, **named: Any) -> Any:
        with turns.released():
            return wait(*arguments, **named)

    return waiting
