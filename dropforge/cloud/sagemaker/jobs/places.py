"""How many jobs have their processes run at once."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

_POLL_SECONDS = 0.25


class Places:
    """A limit of jobs whose processes run at once, first come, first served."""

    def __init__(self, limit: int) -> None:
        self._changed = threading.Condition()
        self._free = limit
        self._limit = limit
        self._waiting: deque[object] = deque()

    @contextmanager
    def taken(self, stop: threading.Event) -> Iterator[None]:
        """Wait for a place, or until the job is stopped, and hold it."""
        mine = object()
        with self._changed:
            self._waiting.append(mine)
            while not stop.is_set() and not (self._free and self._waiting[0] is mine):
                self._changed.wait(_POLL_SECONDS)
            self._waiting.remove(mine)
            self._free -= 1
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify_all()

    def counts(self) -> dict[str, int]:
        """Count those that wait for a place, and those that hold one."""
        with self._changed:
            return {"queued": len(self._waiting), "running": self._limit - self._free}
