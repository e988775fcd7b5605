"""The best training job of a search is gone on with, whatever became of the search."""

import json
from typing import Any

import pytest

from evaluate.steps.search import choose_trial
from pipeline.documents import kinds
from pipeline.errors import ArtefactError
from tests.unit.evaluate.buckets import FakeLogs, FakeS3
from tests.unit.evaluate.made_documents import RUN
from tests.unit.evaluate.made_documents import event_of as run_event
from tests.unit.evaluate.made_run import MadeRun
from tests.unit.evaluate.made_search import (
    JOB,
    TUNING,
    FakeSageMaker,
    artefact,
    event_of,
    trial,
)
from tests.unit.evaluate.tables import churn


@pytest.fixture
def run() -> MadeRun:
    """A run without rows and without a model, of which the step needs none."""
    event = run_event(churn(), {"objective": "binary:logistic", "eta": "0.05"})
    return MadeRun(FakeS3(), FakeLogs([]), event, None, None, None)  # type: ignore[arg-type]


def searched(run: MadeRun) -> dict[str, Any]:
    return dict(run.files.read_document(kinds.SEARCH))


def test_best_of_the_completed_jobs_is_gone_on_with(run: MadeRun) -> None:
    trials = [trial(1, 0.4), trial(2, 0.3), trial(3, 0.35)]
    chosen = choose_trial(run.files, FakeSageMaker(0.5, trials), event_of(run, 0.5))
    best = f"{JOB}-002-0a1b2c3d"
    assert chosen["start"] == RUN
    assert chosen["training"] == {
        "job": best,
        "status": "Completed",
        "model_data": artefact(best),
        "described": {
            "SecondaryStatus": "Completed",
            "TrainingTimeInSeconds": 80,
            "BillableTimeInSeconds": 80,
        },
    }
    tuned = {"eta": "0.02", "max_depth": "2"}
    assert chosen["hyperparameters"] == run.event["fit"]["hyperparameters"] | tuned
    assert chosen["retrain"] is False
    # Batch transform predicts with the best itself.
    assert chosen["compare"] == [
        {"folder": "trials/first", "model_data": run.event["training"]["model_data"]}
    ]
    document = searched(run)
    assert document["best"] == 2
    assert [one["value"] for one in document["trials"]] == [0.5, 0.4, 0.3, 0.35]
    assert document["found"]["hyperparameters"] == tuned
    assert document["found"]["job"] == JOB
    assert document["ranges"] == {"eta": ["0.02", "0.2"], "max_depth": ["2", "8"]}
    assert (document["seconds"], document["billable_seconds"]) == (540, 300)
    assert document["cost_usd"] == pytest.approx(300 / 3600 * 0.36)


def test_first_job_stays_if_no_other_is_better(run: MadeRun) -> None:
    chosen = choose_trial(
        run.files, FakeSageMaker(0.3, [trial(1, 0.3), trial(2, 0.9)]), event_of(run, 0.3)
    )
    assert chosen["training"]["job"] == run.event["training"]["job"]
    assert chosen["hyperparameters"] == run.event["fit"]["hyperparameters"]
    assert chosen["compare"] == []
    assert searched(run)["best"] == 0
    assert searched(run)["found"]["hyperparameters"] == {}


def test_larger_is_better_where_the_search_maximizes(run: MadeRun) -> None:
    objective = {"Type": "Maximize", "MetricName": "validation:logloss"}
    config = TUNING["config"] | {"HyperParameterTuningJobObjective": objective}
    event = event_of(run, 0.5, config=config)
    choose_trial(run.files, FakeSageMaker(0.5, [trial(1, 0.4), trial(2, 0.7)]), event)
    assert (searched(run)["best"], searched(run)["goal"]) == (2, "max")


def test_jobs_that_were_stopped_or_failed_are_told_and_never_chosen(run: MadeRun) -> None:
    trials = [
        trial(1, 0.1, "Stopped"),
        trial(2, None, "Failed", FailureReason="AlgorithmError: no"),
        trial(3, float("nan")),
        trial(4, 0.45),
    ]
    choose_trial(run.files, FakeSageMaker(0.5, trials), event_of(run, 0.5))
    document = searched(run)
    assert [one["status"] for one in document["trials"]] == [
        *("completed", "stopped", "failed", "completed", "completed")
    ]
    assert document["trials"][2]["reason"] == "AlgorithmError: no"
    assert document["best"] == 4


@pytest.mark.parametrize("type_", ["Minimize", "Maximize"])
def test_search_without_a_first_value_changes_nothing(run: MadeRun, type_: str) -> None:
    # What cannot be compared could be worse than the defaults.
    objective = {"Type": type_, "MetricName": "validation:logloss"}
    config = TUNING["config"] | {"HyperParameterTuningJobObjective": objective}
    event = event_of(run, None, config=config)
    choose_trial(run.files, FakeSageMaker(None, [trial(1, 0.1)]), event)
    document = searched(run)
    assert document["best"] == 0
    assert "the first training job told no logloss" in document["problem"]


def test_parent_is_the_one_that_the_job_tells_of(run: MadeRun) -> None:
    parents = [{"HyperParameterTuningJobName": "before"}]
    warm = {"WarmStartConfig": {"ParentHyperParameterTuningJobs": parents}}
    choose_trial(run.files, FakeSageMaker(0.5, [], **warm), event_of(run, 0.5))
    assert searched(run)["parent"] == "before"


FAILED = json.dumps(
    {
        "HyperParameterTuningJobName": JOB,
        "HyperParameterTuningJobStatus": "Failed",
        "FailureReason": "No training job succeeded after 5 attempts.",
    }
)
STOPPED = json.dumps(
    {"HyperParameterTuningJobName": JOB, "HyperParameterTuningJobStatus": "Stopped"}
)


@pytest.mark.parametrize(
    ("error", "job", "best", "says"),
    [
        ({"Error": "States.TaskFailed", "Cause": FAILED}, JOB, 1, "No training job succeeded"),
        ({"Error": "States.TaskFailed", "Cause": STOPPED}, JOB, 1, "its status is Stopped"),
        (
            {"Error": "SageMaker.AmazonSageMakerException", "Cause": "unsupported hyperparameter"},
            None,
            0,
            "unsupported hyperparameter",
        ),
        ({"Error": "States.Timeout"}, None, 0, "States.Timeout"),
        ({"Error": "States.Timeout", "Cause": None}, None, 0, "States.Timeout"),
        ({"Error": "X", "Cause": "[1]"}, None, 0, "[1]"),
    ],
)
def test_search_that_ended_early_leaves_what_was_tried(
    run: MadeRun, error: dict[str, Any], job: str | None, best: int, says: str
) -> None:
    event = event_of(run, 0.5, {"error": error})
    choose_trial(run.files, FakeSageMaker(0.5, [trial(1, 0.4)]), event)
    document = searched(run)
    assert (document["job"], document["best"]) == (job, best)
    assert says in document["problem"]
    assert document["status"] == ("Completed" if job else "NotStarted")
    assert len(document["trials"]) == (2 if job else 1)


def test_several_models_are_trained_anew_by_what_was_found(run: MadeRun) -> None:
    event = event_of(run, 0.5, ensemble={"_kfold": "5"})
    chosen = choose_trial(run.files, FakeSageMaker(0.5, [trial(1, 0.4)]), event)
    assert chosen["retrain"] is True
    assert chosen["hyperparameters"]["_kfold"] == "5"
    assert chosen["hyperparameters"]["eta"] == "0.01"
    # Of single models both, so that what the search gained is not mixed with what the others do.
    assert [one["folder"] for one in chosen["compare"]] == ["trials/first", "trials/best"]


def test_damaged_search_is_told_by_its_name(run: MadeRun) -> None:
    choose_trial(run.files, FakeSageMaker(0.5, [trial(1, 0.4)]), event_of(run, 0.5))
    run.put("search.json", "{}")
    with pytest.raises(ArtefactError, match=r"search\.json"):
        searched(run)
