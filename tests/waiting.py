"""Waiting for what comes by itself, and telling what has gone."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def wait_until(done: Callable[[], Any], seconds: float = 20.0) -> Any:
    """Return the first true answer."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = done()
        if answer:
            return answer
        time.sleep(0.02)
    raise AssertionError(f"not done within {seconds} s")


def alive(pid: int) -> bool:
    """Whether a process runs; one that nobody has waited for yet does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
