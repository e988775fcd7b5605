"""How a tuning job goes: its training jobs, their failures, its end."""

import math

import pytest

from dropforge.cloud.sagemaker.jobs.tuning import trials
from tests.unit.cloud.sagemaker.stage import METRIC, Stage, limits, never


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
    for number in (1, 2, 3, 4):
        stage.job_of(number).end("Failed", "AlgorithmError: no")
    stage.job_of(6)
    stage.played[4].end("Failed", "AlgorithmError: no")
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


@pytest.mark.parametrize(("goal", "values"), [("Minimize", (0.6, 0.4)), ("Maximize", (0.4, 0.6))])
def test_target_that_is_reached_ends_the_search(
    stage: Stage, goal: str, values: tuple[float, float]
) -> None:
    stage.tune(
        **limits(9, 2),
        TuningJobCompletionCriteria={"TargetObjectiveMetricValue": 0.5},
        HyperParameterTuningJobObjective={"Type": goal, "MetricName": METRIC},
    )
    for number, value in zip((1, 3), values, strict=True):
        stage.job_of(number).tell(value)
        stage.job_of(number).end()
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
