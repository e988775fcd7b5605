"""The processes of jobs, as the server sees them; the test says what the fork server says."""

import io
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dropforge.cloud.sagemaker import store
from dropforge.cloud.sagemaker.fault_injection import JobFault
from dropforge.cloud.sagemaker.jobs import processes, runtime
from dropforge.cloud.sagemaker.jobs.job import Job
from dropforge.cloud.sagemaker.jobs.processes import ForkServer, JobProcess
from tests.waiting import wait_until


class Forker:
    """Stands for a fork server: says what the test has it say, and ends when told."""

    def __init__(self, *_arguments: Any, **_named: Any) -> None:
        answers, self._says = os.pipe()
        self.stdout = os.fdopen(answers)
        self.stdin = io.StringIO()
        self.code: int | None = None
        self._says_on = True
        self._left = threading.Event()

    def __enter__(self) -> "Forker":
        return self

    def __exit__(self, *_error: object) -> None:
        self.stdin.close()
        self.stdout.close()
        self._left.set()

    def say(self, message: str) -> None:
        os.write(self._says, f"{message}\n".encode())

    def hang_up(self) -> None:
        if self._says_on:
            os.close(self._says)
        self._says_on = False

    def poll(self) -> int | None:
        return self.code

    def heard(self) -> None:
        self.hang_up()
        assert self._left.wait(5)


@pytest.fixture
def forkers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Forker]]:
    """The fork servers that were started."""
    made: list[Forker] = []

    def start(*_arguments: Any, **_named: Any) -> Forker:
        made.append(Forker())
        return made[-1]

    monkeypatch.setattr(processes.subprocess, "Popen", start)
    yield made
    for forker in made:
        forker.heard()


def start(server: ForkServer, root: Path) -> JobProcess:
    return server.start("train", root, root / "log", {})


def test_fork_server_that_crashed_ends_its_own_jobs_and_not_the_next_ones(
    tmp_path: Path, forkers: list[Forker]
) -> None:
    server = ForkServer()
    lost = start(server, tmp_path)
    forkers[0].code = -9
    kept = start(server, tmp_path)
    # What the crashed one had to say is read to its end only now.
    forkers[0].hang_up()
    assert lost.wait(5) == 1
    assert kept.wait(0) is None
    forkers[1].say('{"id": "1", "code": 0}')
    assert kept.wait(5) == 0


def test_job_after_a_crash_that_only_its_listener_knows_of_has_a_fork_server(
    tmp_path: Path, forkers: list[Forker]
) -> None:
    server = ForkServer()
    lost = start(server, tmp_path)
    forkers[0].hang_up()
    lost.wait(5)
    start(server, tmp_path)
    assert len(forkers) == 2


def test_fork_server_that_crashed_leaves_no_process_of_a_job(
    tmp_path: Path, forkers: list[Forker], monkeypatch: pytest.MonkeyPatch
) -> None:
    killed: list[int] = []
    monkeypatch.setattr(processes.os, "killpg", lambda pid, _sign: killed.append(pid))
    job = start(ForkServer(), tmp_path)
    forkers[0].say('{"id": "0", "pid": 4711}')
    wait_until(lambda: job.pid)
    forkers[0].hang_up()
    job.wait(5)
    assert killed == [4711]


class EndsBetween(JobProcess):
    """Runs on when it is first asked, and has ended when it is asked at once again."""

    asked = 0

    def wait(self, _seconds: float | None = None) -> int | None:
        self.asked += 1
        self.code = None if self.asked == 1 else 0
        return self.code


def test_job_whose_last_process_ends_between_two_looks_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(runtime._settings, "directory", tmp_path)
    monkeypatch.setattr(runtime.fork_server, "start", lambda *_: EndsBetween())

    class TestJob(Job):
        records = store.training_jobs

    job = TestJob({"TrainingJobName": "j", "TrainingJobArn": "arn"}, JobFault())
    heard: list[list[str]] = []
    job.run_processes("train", {"algo-1": tmp_path}, {}, 60, heard.append)
    assert not any(heard)
