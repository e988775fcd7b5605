"""A search that SageMaker throttles, refuses or ends, or that a person stops, ends no run."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from pipeline import run_names
from seed.sample import SampleSize, sample_csv
from tests.stack.application import Application

SAMPLE = sample_csv(SampleSize(rows=400))
SETTINGS: dict[str, Any] = {
    "target": "cancelled",
    "tuning": {"jobs": 3, "parallel": 1},
    "hyperparameters": {"num_round": 5},
}
CREATE = "CreateHyperParameterTuningJob"
Faults = Callable[..., None]


def dropped(application: Application, dataset: str) -> str:
    application.settings(dataset, SETTINGS)
    return application.drop(f"inbox/{dataset}/a.csv", SAMPLE)


def search_of(application: Application, run: str) -> dict[str, Any]:
    message = application.message(run)
    assert message["status"] == "SUCCEEDED", message["cause"]
    document = json.loads(application.read(f"runs/{run}/evaluation.json") or b"{}")
    found: dict[str, Any] = document["search"]
    codes = [warning["code"] for warning in document["warnings"]]
    assert ("search_ended" in codes) is bool(found["problem"])
    return found


@pytest.mark.parametrize(("fault", "count"), [("throttling", 15), ("quota_held", 3)])
def test_search_that_must_wait_is_made_once(
    application: Application, faults: Faults, fault: str, count: int
) -> None:
    faults(CREATE, fault, count)
    run = dropped(application, f"search-{fault.replace('_', '-')}")
    search = search_of(application, run)
    assert (search["status"], search["problem"]) == ("Completed", "")
    assert search["job"] == run_names.searches_of(run)[0]


@pytest.mark.parametrize("fault", ["resource_limit", "access_denied", "validation"])
def test_search_that_is_refused_leaves_the_first_model(
    application: Application, faults: Faults, fault: str
) -> None:
    faults(CREATE, fault, 10_000)
    run = dropped(application, f"search-{fault.replace('_', '-')}")
    search = search_of(application, run)
    assert (search["job"], search["status"], search["best"]) == (None, "NotStarted", 0)
    assert search["problem"]
    assert application.read(f"runs/{run}/search.json")


@pytest.mark.parametrize(
    ("call", "best_known"),
    [
        ("DescribeHyperParameterTuningJob", True),
        ("ListTrainingJobsForHyperParameterTuningJob", False),
    ],
)
def test_search_that_may_not_be_looked_at_is_told_as_far_as_it_is_known(
    application: Application, faults: Faults, call: str, best_known: bool
) -> None:
    faults(call, "access_denied", 10_000)
    run = dropped(application, f"search-unseen-{str(best_known).lower()}")
    search = search_of(application, run)
    assert (search["job"], search["status"]) == (run_names.searches_of(run)[0], "Completed")
    assert len(search["trials"]) == (3 if best_known else 1)
    assert "AccessDenied" in search["problem"]


def test_search_whose_answer_is_lost_is_stopped_and_made_anew(
    application: Application, faults: Faults
) -> None:
    faults(CREATE, "lost_answer")
    run = dropped(application, "search-lost")
    search = search_of(application, run)
    first, second, *_ = run_names.searches_of(run)
    assert (search["job"], search["status"]) == (second, "Completed")
    sagemaker = application.client("sagemaker")
    lost = sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=first)
    assert lost["HyperParameterTuningJobStatus"] in ("Stopping", "Stopped", "Completed")


def under_way(application: Application, run: str) -> str:
    job, sagemaker = run_names.searches_of(run)[0], application.client("sagemaker")
    for _ in range(400):
        found = sagemaker.list_hyper_parameter_tuning_jobs(NameContains=job)
        if found["HyperParameterTuningJobSummaries"]:
            return job
        time.sleep(0.1)
    raise AssertionError(f"no search of {run}: {application.last(run)}")


# The trials alone, which are numbered: the first training job has the run's name, with a time.
SLOW = {"operation": "CreateTrainingJob", "fault": "slow_job", "seconds": 40, "count": 99}


def test_search_that_a_person_stops_goes_on_with_what_was_tried(
    application: Application, faults: Faults
) -> None:
    faults("none", "throttling", also=[{**SLOW, "name": "search-by-hand-*-00?-*"}])
    run = dropped(application, "search-by-hand")
    job = under_way(application, run)
    application.client("sagemaker").stop_hyper_parameter_tuning_job(HyperParameterTuningJobName=job)
    search = search_of(application, run)
    assert search["best"] == 0
    assert "Stopped" in search["problem"] or search["status"] == "Stopped"


def test_run_that_is_stopped_stops_its_search(application: Application, faults: Faults) -> None:
    faults("none", "throttling", also=[{**SLOW, "name": "search-aborted-*-00?-*"}])
    run = dropped(application, "search-aborted")
    job = under_way(application, run)
    application.client("stepfunctions").stop_execution(executionArn=application.execution(run))
    assert application.message(run)["status"] == "ABORTED"
    end, status = time.monotonic() + 20, "InProgress"
    sagemaker = application.client("sagemaker")
    while status == "InProgress" and time.monotonic() < end:
        time.sleep(0.1)
        described = sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=job)
        status = described["HyperParameterTuningJobStatus"]
    assert status in ("Stopping", "Stopped")
