import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dropforge.cloud import journal
from dropforge.cloud.patches.functions import event_lines
from dropforge.cloud.patches.functions.event_lines import KIND, Invocation, Line
from dropforge.cloud.patches.functions.worker_pool import LIMIT
from tests.waiting import wait_until


@pytest.fixture(autouse=True)
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(journal, "_open", [])
    journal.install(tmp_path / "journal.db")
    monkeypatch.setattr(event_lines, "_lines", {})
    monkeypatch.setattr(event_lines, "_ending", threading.Event())
    yield
    event_lines._ending.set()


class Function:
    """Handles events one by one as the test lets it."""

    def __init__(self) -> None:
        self.began: list[str] = []
        self.go = threading.Semaphore(0)
        self.again: list[bool] = []

    def handle(self, invocation: Invocation) -> bool:
        self.began.append(invocation.number)
        self.go.acquire(timeout=10)
        return self.again.pop(0) if self.again else False


def event(number: int, **facts: object) -> Invocation:
    arn = "arn:aws:lambda:us-east-1:000000000000:function:f"
    return Invocation(arn, "000000000000", "us-east-1", facts, number=f"{number:03d}")


def numbers(count: int) -> list[str]:
    return [f"{number:03d}" for number in range(count)]


def test_events_are_handled_in_their_order_a_few_at_once() -> None:
    function = Function()
    line = Line(function.handle)
    for number in range(20):
        line.add(event(number))
    wait_until(lambda: len(function.began) == LIMIT)
    time.sleep(0.05)
    assert sorted(function.began) == numbers(LIMIT)
    for _ in range(20):
        function.go.release()
    wait_until(lambda: len(function.began) == 20 and not line.running)
    # Of those that are handled at once, either may begin first.
    assert [min(function.began[i:]) for i in range(20)] == numbers(20) or sorted(
        function.began
    ) == numbers(20)


def test_event_that_is_to_come_again_waits_until_it_is_due() -> None:
    function = Function()
    function.again = [True, False]
    line = Line(function.handle)
    first = event(0)
    line.add(first)
    wait_until(lambda: function.began == ["000"])
    first.due = time.time() + 0.3
    began = time.monotonic()
    function.go.release()
    wait_until(lambda: function.began == ["000", "000"])
    assert time.monotonic() - began >= 0.25
    function.go.release()
    wait_until(lambda: not line.running)


def test_handler_that_breaks_loses_no_event() -> None:
    tried: list[str] = []

    def handle(invocation: Invocation) -> bool:
        tried.append(invocation.number)
        if len(tried) == 1:
            raise OSError("the disk is full")
        return False

    line = Line(handle)
    line.add(event(0))
    wait_until(lambda: tried == ["000", "000"])


def test_backlog_says_how_many_wait_and_where_an_event_is() -> None:
    function = Function()
    for number in range(LIMIT + 3):
        invocation = event(number, detail={"object": {"key": f"inbox/{number}/ä+%2B.csv"}})
        event_lines.line_of(invocation, function.handle).add(invocation)
    wait_until(lambda: len(function.began) == LIMIT)
    counts = event_lines.backlog()["f"]
    assert (counts["queued"], counts["running"]) == (3, LIMIT)
    assert counts["oldest_seconds"] >= 0
    assert event_lines.find("inbox/0/ä+%2B.csv") == {"state": "running", "position": 0}
    last = event_lines.find(f"inbox/{LIMIT + 2}/ä+%2B.csv")
    assert last == {"state": "queued", "position": LIMIT + 2}
    assert event_lines.find("inbox/0/ä.csv") is None
    for _ in range(LIMIT + 3):
        function.go.release()
    wait_until(lambda: event_lines.backlog() == {})


def test_end_waits_for_what_is_handled_and_leaves_the_rest() -> None:
    function = Function()
    for number in range(LIMIT + 2):
        invocation = event(number)
        invocation.save()
        event_lines.line_of(invocation, function.handle).add(invocation)
    wait_until(lambda: len(function.began) == LIMIT)
    ending = threading.Thread(target=event_lines.finish)
    ending.start()
    time.sleep(0.1)
    assert ending.is_alive()
    for _ in range(LIMIT + 2):
        function.go.release()
    ending.join(5)
    assert not ending.is_alive()
    assert len(function.began) == LIMIT
    assert [key for key, _ in journal.journal().rows(KIND)] == numbers(LIMIT + 2)
