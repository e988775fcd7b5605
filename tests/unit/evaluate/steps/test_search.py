"""The best training job of a search is gone on with, whatever became of the search."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

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
    described,
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


@pytest.mark.parametrize(("type_", "best"), [("Minimize", 1), ("Maximize", 2)])
def test_search_whose_first_job_told_nothing_is_not_thrown_away(
    run: MadeRun, type_: str, best: int
) -> None:
    objective = {"Type": type_, "MetricName": "validation:logloss"}
    config = TUNING["config"] | {"HyperParameterTuningJobObjective": objective}
    event = event_of(run, None, config=config)
    choose_trial(run.files, FakeSageMaker(None, [trial(1, 0.1), trial(2, 0.2)]), event)
    document = searched(run)
    assert (document["best"], document["problem"]) == (best, "")


def test_first_job_whose_metric_came_late_is_asked_for_it_again(run: MadeRun) -> None:
    sagemaker = FakeSageMaker(None, [trial(1, 0.4)])
    sagemaker.late = described(0.3)
    choose_trial(run.files, sagemaker, event_of(run, None))
    assert searched(run)["trials"][0]["value"] == 0.3
    assert searched(run)["best"] == 0


def test_search_that_no_job_told_of_keeps_the_first(run: MadeRun) -> None:
    choose_trial(run.files, FakeSageMaker(None, [trial(1, None)]), event_of(run, None))
    assert (searched(run)["best"], searched(run)["problem"]) == (0, "")


def test_what_was_taken_over_of_an_earlier_search_is_handed_on(run: MadeRun) -> None:
    found = TUNING["found"] | {"hyperparameters": {"gamma": "3", "eta": "0.5"}}
    event = event_of(run, 0.5, found=found)
    choose_trial(run.files, FakeSageMaker(0.5, [trial(1, 0.4)]), event)
    handed_on = {"gamma": "3", "eta": "0.01", "max_depth": "1"}
    assert searched(run)["found"]["hyperparameters"] == handed_on


REFUSALS = ["describe_tuning", "list", "describe_training"]


@pytest.mark.parametrize("refused", REFUSALS)
@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFound"])
def test_refused_look_at_the_search_keeps_what_is_known(
    run: MadeRun, refused: str, code: str
) -> None:
    sagemaker = FakeSageMaker(0.5, [trial(1, 0.4)])
    sagemaker.refused[refused] = ClientError({"Error": {"Code": code, "Message": "no"}}, refused)
    chosen = choose_trial(run.files, sagemaker, event_of(run, 0.5))
    document = searched(run)
    kept = refused != "describe_tuning"
    assert document["best"] == (0 if kept else 1)
    assert (chosen["training"]["job"] == RUN) is kept
    assert chosen["compare"] == [] if kept else chosen["compare"]
    assert code in document["problem"]
    assert (document["job"], document["status"]) == (JOB, "Completed")


@pytest.mark.parametrize("refused", REFUSALS)
def test_busy_service_is_left_to_the_state_machine(run: MadeRun, refused: str) -> None:
    sagemaker = FakeSageMaker(0.5, [trial(1, 0.4)])
    error = {"Error": {"Code": "ThrottlingException", "Message": "slow"}}
    sagemaker.refused[refused] = ClientError(error, refused)
    with pytest.raises(ClientError):
        choose_trial(run.files, sagemaker, event_of(run, 0.5))
    # What is written would be taken for the truth where the first model is gone on with.
    assert not run.files.read_if_there(kinds.SEARCH.file, kind=kinds.SEARCH)


def test_jobs_listed_before_a_refusal_count(run: MadeRun) -> None:
    sagemaker = FakeSageMaker(0.5, [trial(1, 0.4), trial(2, 0.3), trial(3, 0.2)])
    error = {"Error": {"Code": "AccessDeniedException", "Message": "no"}}
    sagemaker.refused["second_page"] = ClientError(error, "list")
    choose_trial(run.files, sagemaker, event_of(run, 0.5))
    assert searched(run)["best"] == 2
    assert "AccessDenied" in searched(run)["problem"]


CUT_OFF = '{"HyperParameterTuningJobName": "' + JOB + '", "HyperParameterTuningJobStatus": "Sto'


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ({"Error": "States.Timeout"}, "States.Timeout"),
        ({"Error": "States.Timeout", "Cause": None}, "States.Timeout"),
        ({"Error": "States.TaskFailed", "Cause": CUT_OFF}, "States.TaskFailed"),
        ({"Error": "X", "Cause": "[1]"}, "[1]"),
    ],
)
@pytest.mark.parametrize("lost", [0, 1, 9])
def test_search_that_the_error_does_not_name_is_known_by_its_attempt(
    run: MadeRun, error: dict[str, Any], says: str, lost: int
) -> None:
    attempts = ["other", JOB] if lost else [JOB, "other"]
    event = event_of(run, 0.5, {"error": error}, attempts=attempts) | {"lost": lost}
    trials = [trial(1, 0.4), trial(2, 0.1, "InProgress")]
    told = {"HyperParameterTuningJobStatus": "Stopping"}
    choose_trial(run.files, FakeSageMaker(0.5, trials, **told), event)
    document = searched(run)
    assert (document["job"], document["status"], document["best"]) == (JOB, "Stopping", 1)
    assert document["problem"] == says
    assert document["billable_seconds"] == 200
    assert document["trials"][2]["status"] == "stopped"


def test_search_that_tells_why_it_failed_is_believed_more_than_the_error(run: MadeRun) -> None:
    event = event_of(run, 0.5, {"error": {"Error": "States.Timeout"}}) | {"lost": 0}
    choose_trial(run.files, FakeSageMaker(0.5, [], FailureReason="a quota of 0"), event)
    assert searched(run)["problem"] == "a quota of 0"


def test_search_that_was_never_made_is_none(run: MadeRun) -> None:
    sagemaker = FakeSageMaker(0.5, [trial(1, 0.4)])
    error = {"Error": {"Code": "ResourceNotFound", "Message": "no such job"}}
    sagemaker.refused["describe_tuning"] = ClientError(error, "describe")
    search = {"error": {"Error": "SageMaker.AmazonSageMakerException", "Cause": "denied"}}
    choose_trial(run.files, sagemaker, event_of(run, 0.5, search) | {"lost": 0})
    document = searched(run)
    assert (document["job"], document["status"]) == (None, "NotStarted")
    assert (document["problem"], len(document["trials"])) == ("denied", 1)


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


def test_damaged_search_is_told_by_its_name(run: MadeRun) -> None:
    choose_trial(run.files, FakeSageMaker(0.5, [trial(1, 0.4)]), event_of(run, 0.5))
    run.put("search.json", "{}")
    with pytest.raises(ArtefactError, match=r"search\.json"):
        searched(run)


@pytest.mark.parametrize("refit", [False, True])
def test_best_is_predicted_with_where_another_model_becomes_the_runs(
    run: MadeRun, refit: bool
) -> None:
    event = event_of(run, 0.5)
    event["fit"]["refit"] = refit
    chosen = choose_trial(run.files, FakeSageMaker(0.5, [trial(1, 0.4)]), event)
    folders = [one["folder"] for one in chosen["compare"]]
    assert folders == (["trials/first", "trials/best"] if refit else ["trials/first"])
