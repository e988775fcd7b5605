"""A tuning job whose training jobs a test plays."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dropforge.cloud import journal
from dropforge.cloud.sagemaker import events, store
from dropforge.cloud.sagemaker.fault_injection import Faults, JobFault
from dropforge.cloud.sagemaker.jobs import runtime
from dropforge.cloud.sagemaker.jobs.training.calls import TrainingCalls
from dropforge.cloud.sagemaker.jobs.training.job import TrainingJob
from dropforge.cloud.sagemaker.jobs.tuning.calls import TuningCalls
from dropforge.cloud.sagemaker.jobs.tuning.job import TuningJob
from tests.integration.cloud.sagemaker.tuning import tuning_request
from tests.waiting import wait_until

ROLE = "arn:aws:iam::000000000000:role/train"
METRIC = "validation:rmse"


class PlayedJob(TrainingJob):
    """A training job that ends when the test says so."""

    def start(self) -> None:
        """Wait for the test."""

    def tell(self, *values: float) -> None:
        self.curves.setdefault(METRIC, []).extend(values)

    def end(self, status: str = "Completed", reason: str | None = None) -> None:
        if reason is not None:
            self.record["FailureReason"] = reason
        self.finish(status, status)
        self.ended.set()

    def stop(self) -> None:
        if not self._finished:
            super().stop()
            self.end("Stopped")


class Stage:
    """One tuning job and those that it has started."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.played: list[PlayedJob] = []
        self.events: list[tuple[str, Any]] = []
        monkeypatch.setattr(TrainingCalls, "begin", self._begin)
        monkeypatch.setattr(events, "emit", lambda kind, _arn, detail: self._note(kind, detail))

    def _note(self, kind: str, detail: dict[str, Any]) -> None:
        if kind == "HyperParameter Tuning Job":
            self.events.append((detail["HyperParameterTuningJobStatus"], detail))

    def _begin(self, request: dict[str, Any], _fault: JobFault, facts: dict[str, Any]) -> PlayedJob:
        name = request["TrainingJobName"]
        record = {
            **TrainingCalls().facts_of(request),
            **facts,
            "TrainingJobArn": store.arn("training-job", name),
            "TrainingJobStatus": "InProgress",
            "CreationTime": store.now(),
        }
        store.training_jobs[name] = record
        self.played.append(PlayedJob(record, JobFault()))
        return self.played[-1]

    def tune(self, **config: Any) -> TuningJob:
        job = TuningCalls().begin(tuning_request("tuned", "bucket", ROLE, **config), JobFault())
        assert isinstance(job, TuningJob)
        self.job = job
        return job

    def job_of(self, number: int) -> PlayedJob:
        wait_until(lambda: len(self.played) >= number)
        return self.played[number - 1]

    def end(self) -> dict[str, Any]:
        assert self.job.ended.wait(10), "the tuning job goes on"
        return TuningCalls().described(self.job.record)


@contextmanager
def set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Give a tuning job a place, and end what it leaves."""
    monkeypatch.setitem(runtime._settings, "directory", tmp_path)
    monkeypatch.setitem(runtime._settings, "faults", Faults(tmp_path / "faults.json"))
    monkeypatch.setattr(journal, "_open", [journal.Journal(tmp_path / "journal")])
    stage = Stage(monkeypatch)
    yield stage
    if not stage.job.ended.is_set():
        # Else it would start others in place of those that end.
        stage.job.stop()
    for each in stage.played:
        if not each.ended.is_set():
            each.end("Stopped")
    stage.job.ended.wait(10)
    store.training_jobs._data.clear()
    store.tuning_jobs._data.clear()


def limits(jobs: int, parallel: int, **more: int) -> dict[str, Any]:
    given = {"MaxNumberOfTrainingJobs": jobs, "MaxParallelTrainingJobs": parallel}
    return {"ResourceLimits": given | more}


def never(condition: Callable[[], Any]) -> None:
    """Assert that something does not come about within half a second."""
    pause = threading.Event()
    for _ in range(10):
        assert not condition()
        pause.wait(0.05)
