import contextlib
import threading
import time

from dropforge.cloud.patches.stepfunctions.turns import Turns
from tests.waiting import wait_until


class Work:
    """Things that go on until they are let go, and the order in which they began."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.began: list[int] = []
        self.gates: dict[int, threading.Event] = {}

    def start(self, number: int) -> None:
        gate = self.gates[number] = threading.Event()

        def do() -> None:
            self.began.append(number)
            gate.wait(10)

        known = sum(self.turns.counts().values())
        threading.Thread(target=self.turns.run, args=(do,), daemon=True).start()
        # Each asks before the next one does.
        wait_until(lambda: sum(self.turns.counts().values()) == known + 1)

    def end(self, number: int) -> None:
        self.gates[number].set()


def test_turns_go_to_those_that_came_first() -> None:
    work = Work(Turns(2))
    for number in range(5):
        work.start(number)
    assert work.began == [0, 1]
    assert work.turns.counts() == {"queued": 3, "running": 2}
    work.end(1)
    wait_until(lambda: work.began == [0, 1, 2])
    work.end(0)
    work.end(2)
    wait_until(lambda: work.began == [0, 1, 2, 3, 4])
    work.end(3)
    work.end(4)
    wait_until(lambda: work.turns.counts() == {"queued": 0, "running": 0})


def test_turn_is_free_while_its_holder_waits_and_comes_back_first() -> None:
    turns = Turns(1)
    order: list[str] = []
    woken, other, third = threading.Event(), threading.Event(), threading.Event()

    def waits() -> None:
        order.append("begins")
        with turns.released():
            woken.wait(10)
        order.append("is back")

    def works() -> None:
        order.append("other")
        other.wait(10)

    def comes_last() -> None:
        order.append("third")
        third.set()

    for each in (waits, works, comes_last):
        threading.Thread(target=turns.run, args=(each,), daemon=True).start()
        time.sleep(0.05)
    wait_until(lambda: order == ["begins", "other"])
    woken.set()
    time.sleep(0.1)
    assert order == ["begins", "other"]
    other.set()
    assert third.wait(10)
    assert order == ["begins", "other", "is back", "third"]
    wait_until(lambda: turns.counts() == {"queued": 0, "running": 0})


def test_thread_without_a_turn_gives_none_away() -> None:
    turns = Turns(1)
    with turns.released():
        assert turns.counts() == {"queued": 0, "running": 0}
    done = threading.Event()
    turns.run(done.set)
    assert done.is_set()
    assert turns.counts() == {"queued": 0, "running": 0}


def test_work_that_raises_gives_its_turn_back() -> None:
    turns = Turns(1)

    def fails() -> None:
        raise ValueError

    with contextlib.suppress(ValueError):
        turns.run(fails)
    assert turns.counts() == {"queued": 0, "running": 0}
