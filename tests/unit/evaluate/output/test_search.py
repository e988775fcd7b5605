"""evaluation.json and the report tell what a search tried, gained and cost."""

import copy
import json
from typing import Any

import fastjsonschema
import numpy as np
import pytest
from botocore.exceptions import ClientError

from evaluate.metrics.scored import METRICS, Scored
from evaluate.output import evaluation_json, search
from pipeline.vocabulary import Task
from scoring.decision import Decision
from tests.unit.evaluate.made_run import MadeRun, evaluated, make_run
from tests.unit.evaluate.made_search import FakeSageMaker, add_search, trial
from tests.unit.evaluate.tables import churn

SCHEMA = json.loads(
    (
        __import__("pathlib").Path(evaluation_json.__file__).with_name("evaluation.schema.json")
    ).read_text()
)


@pytest.fixture(scope="module")
def made() -> MadeRun:
    return make_run(churn(), {"metric": "logloss"})


@pytest.fixture
def run(made: MadeRun) -> MadeRun:
    """The run, once more."""
    return copy.deepcopy(made)


def told(run: MadeRun) -> tuple[dict[str, Any], dict[str, Any], str]:
    payload = evaluated(run)
    document = run.json("evaluation.json")
    fastjsonschema.validate(SCHEMA, document)
    return payload, document, run.text("report.html")


def worse(run: MadeRun) -> Any:
    """Predict as a model would that knows a little less."""
    return np.clip(run.predicted * 0.5 + 0.25, 0.01, 0.99)


def test_gain_on_the_test_rows_is_that_of_the_two_models(run: MadeRun) -> None:
    trials = [trial(1, 0.6), trial(2, 0.4), trial(3, None, "Failed", FailureReason="no <b>")]
    add_search(run, FakeSageMaker(0.5, trials), first=worse(run))
    payload, document, report = told(run)
    search = document["search"]
    labels = np.asarray(run.truth, dtype=float)

    def logloss(predicted: Any) -> float:
        p = np.asarray(predicted, dtype=np.float64)
        return float(-np.mean(labels * np.log(p) + (1 - labels) * np.log(1 - p)))

    assert search["test"]["metric"] == "logloss"
    assert search["test"]["first"] == pytest.approx(logloss(worse(run)), rel=1e-4)
    assert search["test"]["best"] == document["metric"]["value"]
    difference = search["test"]["best"] - search["test"]["first"]
    assert search["test"]["difference"] == pytest.approx(difference)
    interval = search["test"]["interval"]
    assert interval["low"] < difference < interval["high"]
    assert document["training"]["hyperparameters"]["eta"] == "0.02"
    assert document["training"]["job"] == search["trials"][2]["job"]
    sentence = search["sentence"]
    assert "tried 4 training jobs (1 failed)" in sentence
    assert "logloss went from 0.5000 to 0.4000 (\u221220.0 %)" in sentence
    assert "on the test rows Log loss from " in sentence
    # Three jobs of 100 seconds, one of which failed, at 0.36 USD an hour.
    assert "It took 9 min 0 s, and 5 min 0 s of instances, at most 0.03 USD" in sentence
    assert payload["search"]["sentence"] == sentence
    assert payload["search"]["hyperparameters"] == {"eta": "0.02", "max_depth": "2"}
    assert payload["search"]["test_first"] == search["test"]["first"]
    assert "What the search found" in report
    assert 'id="training-jobs-of-the-search-title"' in report
    assert "no &lt;b&gt;" in report
    assert not [w for w in document["warnings"] if w["code"] == "search_ended"]


def test_search_that_found_nothing_says_so(run: MadeRun) -> None:
    # One that is stopped has no reason, and its value is of the rounds so far.
    add_search(run, FakeSageMaker(0.5, [trial(1, 0.6), trial(2, 0.1, "Stopped")]))
    _, document, report = told(run)
    assert "tried 3 training jobs (1 stopped)" in document["search"]["sentence"]
    assert document["search"]["test"] is None
    assert document["search"]["note"] == ""
    assert (
        "none was better than the first (validation logloss 0.5000)"
        in document["search"]["sentence"]
    )
    assert document["training"]["hyperparameters"] == run.event["fit"]["hyperparameters"]
    assert "What the search found" in report


def test_search_that_ended_early_is_a_warning_and_no_failure(run: MadeRun) -> None:
    error = {"Error": "SageMaker.AmazonSageMakerException", "Cause": "unsupported hyperparameter."}
    add_search(run, FakeSageMaker(0.5, []), search={"error": error})
    payload, document, report = told(run)
    [warning] = [w for w in document["warnings"] if w["code"] == "search_ended"]
    assert (
        "ended after 1 training job of 4: unsupported hyperparameter. The best"
        in warning["message"]
    )
    assert warning["message"] in payload["warnings"]
    assert document["search"]["status"] == "NotStarted"
    assert "training-jobs-of-the-search" not in report
    assert "It ended early: unsupported hyperparameter." in document["search"]["sentence"]


@pytest.mark.parametrize("how", ["missing", "damaged", "of another search"])
def test_search_that_is_not_told_of_costs_its_part_alone(run: MadeRun, how: str) -> None:
    add_search(run, FakeSageMaker(0.5, [trial(1, 0.4)]), first=worse(run))
    if how == "missing":
        run.s3.objects = {k: v for k, v in run.s3.objects.items() if "search.json" not in k}
    elif how == "damaged":
        run.put("search.json", "{")
    else:
        run.change("search.json", best=7)
    payload, document, _ = told(run)
    [warning] = [w for w in document["warnings"] if w["code"] == "search_untold"]
    assert "What the search for hyperparameters tried is left out: " in warning["message"]
    assert "search.json" in warning["message"]
    assert warning["message"] in payload["warnings"]
    assert (document["search"], payload["search"]) == (None, None)
    # Those that the chosen model was trained by, as the state machine handed them over.
    assert document["training"]["hyperparameters"]["eta"] == "0.01"


def test_search_whose_first_job_told_nothing_says_what_the_best_reached(run: MadeRun) -> None:
    add_search(run, FakeSageMaker(None, [trial(1, 0.4), trial(2, 0.6)]), first=worse(run))
    _, document, report = told(run)
    sentence = document["search"]["sentence"]
    assert "logloss reached 0.4000, and the first told none to compare it with" in sentence
    assert "; on the test rows Log loss from " in sentence
    assert "ended early" not in sentence
    assert not [w for w in document["warnings"] if w["code"] == "search_ended"]
    assert "What the search found" in report


def test_search_that_no_job_told_of_says_so(run: MadeRun) -> None:
    add_search(run, FakeSageMaker(None, [trial(1, None)]))
    sentence = told(run)[1]["search"]["sentence"]
    assert "2 training jobs, and none told its logloss on the validation rows" in sentence


def test_search_that_could_not_be_looked_at_did_not_end_early(run: MadeRun) -> None:
    sagemaker = FakeSageMaker(0.5, [trial(1, 0.4)])
    error = {"Error": {"Code": "AccessDeniedException", "Message": "no"}}
    sagemaker.refused["list"] = ClientError(error, "ListTrainingJobs")
    add_search(run, sagemaker)
    _, document, _ = told(run)
    [warning] = [w for w in document["warnings"] if w["code"] == "search_ended"]
    assert "is known in part, by 1 training job of 4: An error occurred" in warning["message"]
    assert "Not all of it is known: An error occurred" in document["search"]["sentence"]
    assert "ended" not in document["search"]["sentence"]


@pytest.mark.parametrize("how", ["not predicted", "missing", "damaged"])
def test_test_rows_that_were_not_predicted_leave_the_gain_out(run: MadeRun, how: str) -> None:
    add_search(run, FakeSageMaker(0.5, [trial(1, 0.4)]), first=worse(run))
    if how == "not predicted":
        run.event["trials"] = {"predicted": False, "reason": "so many rows take too long"}
    elif how == "missing":
        run.s3.objects = {k: v for k, v in run.s3.objects.items() if "trials/first" not in k}
    else:
        [name, *_] = run.files.names("trials/first")
        run.put(f"trials/first/{name}", "nonsense\n")
    _, document, report = told(run)
    assert document["search"]["test"] is None
    assert document["search"]["note"]
    assert "On the test rows it was not measured" in report
    assert "on the test rows" not in document["search"]["sentence"]


def test_threshold_of_the_runs_model_is_none_of_the_searchs_gain(made: MadeRun) -> None:
    run = copy.deepcopy(made)
    run.change("request.json", settings=run.json("request.json")["settings"] | {"metric": "f1"})
    add_search(run, FakeSageMaker(0.5, [trial(1, 0.4)]), first=run.predicted)
    run.change("decision.json", threshold=0.2, chosen_for="f1")
    _, document, _ = told(run)
    # The same predictions, of which the run's own threshold makes more.
    assert document["search"]["test"]["difference"] == 0
    assert document["metric"]["value"] != document["search"]["test"]["best"]
    assert "on the test rows (at 0.5) F1 from " in document["search"]["sentence"]
    assert "on the test rows (at 0.5) F1 from " in run.text("report.html")


@pytest.mark.parametrize(
    ("metric", "changes", "how"),
    [
        ("f1", {"threshold": 0.2}, "at 0.5"),
        ("accuracy", {"threshold": 0.2, "calibration": True}, "at 0.5, uncorrected"),
        ("f1", {"calibration": True}, "uncorrected"),
        ("logloss", {"threshold": 0.2, "calibration": True}, "uncorrected"),
        ("auc", {"threshold": 0.2, "calibration": True}, ""),
        ("f1", {}, ""),
        ("mlogloss", {"calibration": True}, "uncorrected"),
        ("macro_f1", {"calibration": True}, ""),
    ],
)
def test_gain_says_how_it_was_decided_if_the_run_decides_otherwise(
    metric: str, changes: dict[str, Any], how: str
) -> None:
    slope = 0.5 if changes.get("calibration") else 1.0
    decision = Decision(changes.get("threshold", 0.5), slope)
    many = metric.startswith("m")
    predicted = np.full((4, 3), 1 / 3) if many else np.full(4, 0.3)
    task: Task = "multiclass" if many else "binary"
    scored = Scored(task, np.array([0.0, 1, 0, 1]), predicted, decision=decision)
    assert search._apart(scored, METRICS[metric]) == how


def test_run_without_a_search_tells_of_none(run: MadeRun) -> None:
    run.event["trials"] = {"predicted": False, "reason": ""}
    run.event["fit"]["start"] = {"run": "churn-1", "used": ["eta"], "reason": ""}
    payload, document, report = told(run)
    assert payload["search"] is None
    assert document["search"] is None
    assert document["training"]["start"]["run"] == "churn-1"
    assert "eta as the search of churn-1 found them" in report
    assert "What the search found" not in report
