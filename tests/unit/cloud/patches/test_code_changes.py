"""Which workers end when their function's code changes, on a pool under the test's hand."""

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from dropforge.cloud.patches.functions.code_changes import _Workers

LATEST, OTHER = "000000000000:us-east-1:seed:$LATEST", "000000000000:us-east-1:notify:$LATEST"


class Worker:
    in_use = False


class Runtime(SimpleNamespace):
    """ministack's pool of workers."""

    def __init__(self) -> None:
        super().__init__(_lock=threading.Lock(), _workers={}, killed=[])

    def acquire_worker(self, key: str) -> tuple[Worker, str]:
        worker = Worker()
        worker.in_use = True
        self._workers.setdefault(key, []).append(worker)
        return worker, "spawn"

    def release_worker(self, worker: Worker) -> None:
        worker.in_use = False

    def kill_workers(self, workers: list[Worker]) -> None:
        self.killed += workers


@pytest.fixture
def runtime() -> Runtime:
    return Runtime()


@pytest.fixture
def workers(runtime: Runtime) -> Any:
    return _Workers(runtime)  # type: ignore[arg-type]


def elsewhere(call: Any) -> Any:
    """Return what a call returns in another thread."""
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(call()))
    thread.start()
    thread.join()
    return answers[0]


def test_worker_that_idles_ends_at_once_and_one_in_use_when_it_is_released(
    runtime: Runtime, workers: Any
) -> None:
    busy = elsewhere(lambda: workers.acquire(LATEST)[0])
    idle = elsewhere(lambda: workers.acquire(LATEST)[0])
    workers.release(idle)
    workers.invalidate("seed", qualifier="$LATEST")
    assert (runtime.killed, runtime._workers) == ([idle], {})
    workers.release(busy)
    assert runtime.killed == [idle, busy]


def test_worker_that_breaks_down_ends_alone(runtime: Runtime, workers: Any) -> None:
    other = elsewhere(lambda: workers.acquire(LATEST)[0])
    broken = workers.acquire(LATEST)[0]
    # What ministack does in the thread of the invocation, which is not released then.
    workers.invalidate("seed", qualifier="$LATEST", region="us-east-1")
    assert runtime.killed == [broken]
    workers.release(other)
    assert runtime.killed == [broken, other]


def test_workers_of_other_functions_and_places_stay(runtime: Runtime, workers: Any) -> None:
    workers.release(workers.acquire(LATEST)[0])
    workers.release(workers.acquire(OTHER)[0])
    workers.invalidate("seed", region="eu-west-1")
    workers.invalidate("seed", qualifier="7")
    assert set(runtime._workers) == {LATEST, OTHER}
    workers.invalidate("seed")
    assert set(runtime._workers) == {OTHER}


def test_worker_that_is_released_after_the_change_of_another_function_goes_on(
    runtime: Runtime, workers: Any
) -> None:
    worker = elsewhere(lambda: workers.acquire(OTHER)[0])
    workers.invalidate("seed")
    workers.release(worker)
    assert runtime.killed == []
