"""At most so many jobs' processes at once, first come, first served."""

import threading

from dropforge.cloud.sagemaker.jobs.places import Places
from tests.waiting import wait_until


class Jobs:
    """Jobs that run until they are let go, and the order in which they began."""

    def __init__(self, limit: int) -> None:
        self.places = Places(limit)
        self.began: list[int] = []
        self.gates: dict[int, threading.Event] = {}
        self.stops: dict[int, threading.Event] = {}

    def start(self, number: int) -> None:
        gate = self.gates[number] = threading.Event()
        stop = self.stops[number] = threading.Event()

        def run() -> None:
            with self.places.taken(stop):
                self.began.append(number)
                gate.wait(10)

        before = sum(self.places.counts().values())
        threading.Thread(target=run, daemon=True).start()
        wait_until(lambda: sum(self.places.counts().values()) == before + 1)


def test_places_go_to_those_that_came_first() -> None:
    jobs = Jobs(2)
    for number in range(4):
        jobs.start(number)
    assert (jobs.began, jobs.places.counts()) == ([0, 1], {"queued": 2, "running": 2})
    jobs.gates[1].set()
    wait_until(lambda: jobs.began == [0, 1, 2])
    jobs.gates[0].set()
    wait_until(lambda: jobs.began == [0, 1, 2, 3])
    for number in (2, 3):
        jobs.gates[number].set()
    wait_until(lambda: jobs.places.counts() == {"queued": 0, "running": 0})


def test_job_that_is_stopped_waits_no_longer() -> None:
    jobs = Jobs(1)
    for number in range(3):
        jobs.start(number)
    jobs.gates[1].set()
    jobs.stops[1].set()
    wait_until(lambda: jobs.began == [0, 1])
    wait_until(lambda: jobs.places.counts() == {"queued": 1, "running": 1})
    jobs.gates[0].set()
    wait_until(lambda: jobs.began == [0, 1, 2])
    jobs.gates[2].set()
