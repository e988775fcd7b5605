"""A tuning job with training jobs that a test plays."""

import math
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dropforge.cloud import journal
from dropforge.cloud.sagemaker import events, store
from dropforge.cloud.sagemaker.fault_injection import Faults, JobFault
from dropforge.cloud.sagemaker.jobs import runtime
from dropforge.cloud.sagemaker.jobs.training.calls import TrainingCalls
from dropforge.cloud.sagemaker.jobs.training.job import TrainingJob
from dropforge.cloud.sagemaker.jobs.tuning import trials
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


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setitem(runtime._settings, "directory", tmp_path)
    monkeypatch.setitem(runtime._settings, "faults", Faults(tmp_path / "faults.json"))
    monkeypatch.setattr(journal, "_open", [journal.Journal(tmp_path / "journal")])
    stage = Stage(monkeypatch)
    yield stage
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


def test_so_many_jobs_run_at_a_time_as_were_asked_for(stage: Stage) -> None:
    stage.tune(**limits(5, 3))
    stage.job_of(3)
    never(lambda: len(stage.played) > 3)
    facts = trials.facts_of(stage.job.record)
    assert facts["TrainingJobStatusCounters"]["InProgress"] == 3
    assert facts["ObjectiveStatusCounters"] == {"Succeeded": 0, "Pending": 3, "Failed": 0}
    stage.played[1].tell(0.5)
    stage.played[1].end()
    stage.job_of(4)
    assert trials.facts_of(stage.job.record)["TrainingJobStatusCounters"]["Completed"] == 1
    for number in (1, 3, 4, 5):
        stage.job_of(number).tell(1.0 + number)
        stage.job_of(number).end()
    ended = stage.end()
    assert ended["HyperParameterTuningJobStatus"] == "Completed"
    assert ended["BestTrainingJob"]["TrainingJobName"] == stage.played[1].name
    assert [status for status, _ in stage.events] == ["InProgress", "Completed"]
    assert stage.events[-1][1]["TrainingJobStatusCounters"]["Completed"] == 5


def test_failed_jobs_count_and_the_search_goes_on(stage: Stage) -> None:
    stage.tune(**limits(4, 1))
    stage.job_of(1).end("Failed", "InternalServerError: try again")
    stage.job_of(2).end("Failed", "AlgorithmError: no")
    stage.job_of(3).tell(math.nan)
    stage.job_of(3).end()
    stage.job_of(4).tell(2.0)
    stage.job_of(4).end()
    ended = stage.end()
    assert ended["HyperParameterTuningJobStatus"] == "Completed"
    assert ended["TrainingJobStatusCounters"] == {
        "Completed": 2,
        "InProgress": 0,
        "RetryableError": 1,
        "NonRetryableError": 1,
        "Stopped": 0,
    }
    assert ended["ObjectiveStatusCounters"] == {"Succeeded": 1, "Pending": 0, "Failed": 3}


def test_search_without_any_success_gives_up_after_five(stage: Stage) -> None:
    stage.tune(**limits(20, 2))
    for number in range(1, 6):
        stage.job_of(number).end("Failed", "AlgorithmError: no")
    ended = stage.end()
    assert ended["HyperParameterTuningJobStatus"] == "Failed"
    assert ended["FailureReason"].startswith("No training job succeeded after 5 attempts. For")
    assert stage.played[5].record["TrainingJobStatus"] == "Stopped"
    assert len(stage.played) == 6


def test_search_whose_jobs_tell_no_objective_fails(stage: Stage) -> None:
    stage.tune(**limits(2, 2))
    for number in (1, 2):
        stage.job_of(number).end()
    ended = stage.end()
    assert ended["HyperParameterTuningJobStatus"] == "Failed"
    assert ended["FailureReason"].startswith("No objective metrics found after running 2")


def test_stop_ends_the_training_jobs_and_keeps_the_best(stage: Stage) -> None:
    stage.tune(**limits(9, 2))
    stage.job_of(1).tell(0.5)
    stage.job_of(1).end()
    stage.job_of(3)
    stage.job.stop()
    ended = stage.end()
    assert ended["HyperParameterTuningJobStatus"] == "Stopped"
    assert ended["TrainingJobStatusCounters"]["Stopped"] == 2
    assert ended["BestTrainingJob"]["TrainingJobName"] == stage.played[0].name
    assert [status for status, _ in stage.events] == ["InProgress", "Stopping", "Stopped"]
    assert len(stage.played) == 3


def test_time_limit_ends_the_search_with_what_it_has(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.tune(**limits(9, 1, MaxRuntimeInSeconds=1))
    stage.job_of(1).tell(0.5)
    stage.job_of(1).end()
    stage.job_of(2)
    ended = stage.end()
    assert ended["HyperParameterTuningJobStatus"] == "Completed"
    assert ended["TrainingJobStatusCounters"]["Stopped"] == 1
    assert ended["BestTrainingJob"]["TrainingJobName"] == stage.played[0].name


def test_target_that_is_reached_ends_the_search(stage: Stage) -> None:
    stage.tune(**limits(9, 2), TuningJobCompletionCriteria={"TargetObjectiveMetricValue": 0.5})
    stage.job_of(1).tell(0.6)
    stage.job_of(1).end()
    stage.job_of(3).tell(0.4)
    stage.job_of(3).end()
    ended = stage.end()
    assert ended["HyperParameterTuningJobStatus"] == "Completed"
    assert len(stage.played) == 3
    assert stage.played[1].record["TrainingJobStatus"] == "Stopped"


def test_search_that_gets_no_better_ends(stage: Stage) -> None:
    patience = {"BestObjectiveNotImproving": {"MaxNumberOfTrainingJobsNotImproving": 3}}
    stage.tune(**limits(20, 1), TuningJobCompletionCriteria=patience)
    # Less than a percent better is not better.
    for number, value in enumerate((5.0, 4.0, 4.5, 3.97, 4.6), 1):
        stage.job_of(number).tell(value)
        stage.job_of(number).end()
    ended = stage.end()
    assert len(stage.played) == 5
    details = ended["TuningJobCompletionDetails"]
    assert details["NumberOfTrainingJobsObjectiveNotImproving"] == 3


def test_job_that_is_worse_than_others_is_stopped_early(stage: Stage) -> None:
    stage.tune(**limits(5, 1), TrainingJobEarlyStoppingType="Auto")
    for number in (1, 2, 3):
        stage.job_of(number).tell(1.0, 0.9)
        stage.job_of(number).end()
    stage.job_of(4).tell(3.0)
    worse = stage.played[3]
    assert worse.ended.wait(5)
    assert worse.record["TrainingJobStatus"] == "Stopped"
    stage.job_of(5).tell(0.5)
    never(lambda: stage.played[4].ended.is_set())
    stage.job_of(5).end()
    ended = stage.end()
    # What a stopped job has told counts, but it is not the best.
    assert ended["ObjectiveStatusCounters"]["Succeeded"] == 5
    assert ended["TrainingJobStatusCounters"]["Stopped"] == 1


def test_early_stopping_that_is_off_stops_nothing(stage: Stage) -> None:
    stage.tune(**limits(4, 1))
    for number in (1, 2, 3):
        stage.job_of(number).tell(1.0)
        stage.job_of(number).end()
    stage.job_of(4).tell(3.0)
    never(lambda: stage.played[3].ended.is_set())


def test_hyperband_stops_a_job_at_its_most_rounds(stage: Stage) -> None:
    resources = {"HyperbandStrategyConfig": {"MinResource": 2, "MaxResource": 4}}
    stage.tune(**limits(1, 1), Strategy="Hyperband", StrategyConfig=resources)
    stage.job_of(1).tell(4.0, 3.0, 2.0)
    never(lambda: stage.played[0].ended.is_set())
    stage.job_of(1).tell(1.0)
    assert stage.played[0].ended.wait(5)


def test_best_of_a_maximum_is_the_highest_completed(stage: Stage) -> None:
    objective = {"Type": "Maximize", "MetricName": "validation:auc"}
    stage.tune(**limits(3, 3), HyperParameterTuningJobObjective=objective)
    for number, (value, status) in enumerate(
        ((0.7, "Completed"), (0.9, "Completed"), (0.95, "Stopped")), 1
    ):
        stage.job_of(number).curves["validation:auc"] = [value]
        stage.job_of(number).end(status)
    assert stage.end()["BestTrainingJob"]["TrainingJobName"] == stage.played[1].name


def test_seed_makes_a_parallel_search_independent_of_which_job_is_faster(stage: Stage) -> None:
    found = []
    for order in ((1, 2, 3, 4), (2, 1, 4, 3)):
        stage.played = []
        stage.tune(**limits(12, 2), Strategy="Bayesian", RandomSeed=5)
        for start in range(0, 12, 4):
            for number in order:
                played = stage.job_of(start + number)
                played.tell(abs(float(played.record["_tuned"]["eta"]) - 0.3))
                played.end()
        stage.end()
        found.append([each.record["_tuned"]["eta"] for each in stage.played])
    assert found[0] == found[1]


def test_hyperband_lets_a_job_of_so_many_rounds_end_by_itself(stage: Stage) -> None:
    resources = {"HyperbandStrategyConfig": {"MinResource": 2, "MaxResource": 10}}
    stage.tune(**limits(1, 1), Strategy="Hyperband", StrategyConfig=resources)
    stage.job_of(1).tell(*(float(10 - n) for n in range(10)))
    never(lambda: stage.played[0].ended.is_set())
    stage.job_of(1).end()
    assert stage.end()["BestTrainingJob"]
