"""What is told of a second training, and of one that did not come about."""

import json
from typing import Any

import pytest

from evaluate.output.refit import refit_warnings, seconds_of
from tests.unit.evaluate.made_documents import RUN
from tests.unit.evaluate.made_run import MadeRun, evaluated, make_run
from tests.unit.evaluate.tables import churn

CAUSE = json.dumps({"TrainingJobStatus": "Failed", "FailureReason": "AlgorithmError: no memory"})


@pytest.fixture(scope="module")
def run() -> MadeRun:
    return make_run(churn())


def refitted(run: MadeRun) -> dict[str, Any]:
    """Return the event of a run whose model was trained again."""
    early = run.event["training"]
    again = {**early, "job": f"{RUN}-r1", "described": {"TrainingTimeInSeconds": 30}}
    chosen = run.event["fit"]["hyperparameters"] | {"num_round": "21"}
    refit = {"planned": True, "reason": "", "rounds": 21, "hyperparameters": chosen}
    return run.event | {"early": early, "training": again, "refit": refit}


def test_refit_is_told_in_document_payload_and_report(run: MadeRun) -> None:
    before, run.event = run.event, refitted(run)
    try:
        payload = evaluated(run)
    finally:
        run.event = before
    document = run.json("evaluation.json")
    training = document["training"]
    assert training["job"] == f"{RUN}-r1"
    assert training["seconds"] == 104
    # The second job's billed seconds are not known, so the sum is not either.
    assert training["billable_seconds"] is None
    assert training["hyperparameters"]["num_round"] == "21"
    refit = training["refit"]
    assert (refit["early_job"], refit["early_seconds"], refit["rounds"]) == (RUN, 74, 21)
    assert "for the 21 rounds that the first found" in refit["sentence"]
    assert payload["refit"] == refit["sentence"]
    # The log of the second job has no validation rows; that of the first is read.
    assert document["learning_curve"]["validation"]
    report = run.text("report.html")
    assert refit["sentence"] in report
    assert "not_refitted" not in [warning["code"] for warning in document["warnings"]]


def test_run_that_was_to_have_none_tells_none(run: MadeRun) -> None:
    run.event |= {"early": run.event["training"], "refit": {"planned": False, "reason": ""}}
    assert evaluated(run)["refit"] is None
    document = run.json("evaluation.json")
    assert document["training"]["refit"] is None
    assert document["training"]["seconds"] == 74
    assert refit_warnings(run.event) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("refit", "said"),
    [
        ({"planned": False, "reason": "too large"}, "too large. The first model"),
        ({"error": {"Error": "States.TaskFailed", "Cause": CAUSE}}, "AlgorithmError: no memory"),
        ({"error": {"Error": "SageMaker.X", "Cause": "Rate exceeded."}}, "Rate exceeded. The"),
        ({"error": {"Error": "ArtefactError", "Cause": '{"errorMessage": "gone"}'}}, "Error: gone"),
        ({"error": {"Error": "States.Timeout"}}, "rows: States.Timeout. The first"),
        ({"error": {"Error": "A", "Cause": '{"SecondaryStatus": "Stopped"}'}}, "A: Stopped"),
        ({"error": {"Error": "A", "Cause": "[1]"}}, "A: [1]"),
        ({"error": {"Error": "A", "Cause": "x" * 30_000}}, "set refit to false in pipeline.json."),
    ],
)
def test_refit_that_is_not_there_is_warned_of(run: MadeRun, refit: Any, said: str) -> None:
    event: Any = run.event | {"early": run.event["training"], "refit": {"planned": True} | refit}
    [warning] = refit_warnings(event)
    assert said in warning["message"]
    assert warning["message"].endswith("set refit to false in pipeline.json.")


def test_event_of_an_earlier_definition_is_read(run: MadeRun) -> None:
    event: Any = {n: v for n, v in run.event.items() if n not in ("early", "refit")}
    assert refit_warnings(event) == []
    assert seconds_of(event, "TrainingTimeInSeconds") == 74
