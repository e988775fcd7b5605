"""The sentence says first of all if nobody named the target."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.vocabulary import ASKING
from tests.unit.evaluate.made_run import MadeRun, evaluated

Runs = Callable[[str], MadeRun]


@pytest.mark.parametrize(
    ("by", "how"),
    [
        ("last", "the last column, 'churned', for want of one that is called so"),
        ("first", "the first column, 'churned', where SageMaker's own CSV has it"),
        ("names", "'churned', one of several columns that are called so"),
    ],
)
def test_guessed_target_is_said_first_and_waits(run_of: Runs, by: str, how: str) -> None:
    run = run_of("binary")
    run.change("profile.json", target_by=by)
    result = evaluated(run)
    assert (result["verdict"], result["approval_status"]) == ("pending", "PendingManualApproval")
    start = (
        f'Waiting for approval: the target is a guess, {how}: set "target" in pipeline.json, or '
        f"run with --target COLUMN. As guessed, the model predicts 'churned' with AUC "
    )
    assert result["sentence"].startswith(start)
    assert result["sentence"].endswith(" rows that it never saw.")
    document = run.json("evaluation.json")
    assert document["target_by"] == by
    assert document["warnings"][0]["code"] == "target_guessed"
    assert "run with --target COLUMN." in result["warnings"][0]
    assert document["verdict"]["reason"] == "nobody said that this is what to predict"
    assert "the target is a guess" in run.text("report.html").split("</h1>")[0]


@pytest.mark.parametrize("by", ["settings", "name"])
def test_target_that_is_sure_is_not_mentioned(run_of: Runs, by: str) -> None:
    run = run_of("binary")
    run.change("profile.json", target_by=by)
    result = evaluated(run)
    assert result["verdict"] == "approved"
    assert result["sentence"].startswith("Approved: the model predicts 'churned' with AUC ")
    document = run.json("evaluation.json")
    assert document["target_by"] == by
    assert "target_guessed" not in {item["code"] for item in document["warnings"]}


def test_guess_in_a_file_without_a_header_tells_of_sagemakers_own_form(run_of: Runs) -> None:
    run = run_of("binary")
    run.change("profile.json", target_by="last")
    run.change("encoder.json", header=False)
    assert "SageMaker's own CSV has it first" in evaluated(run)["warnings"][0]


@pytest.mark.parametrize(
    ("settings", "by", "verdict"),
    [({}, "last", "pending"), ({"target": "churned"}, "settings", "approved")],
)
def test_profile_that_does_not_say_who_named_the_target_goes_by_the_settings(
    run_of: Runs, settings: dict[str, Any], by: str, verdict: str
) -> None:
    run = run_of("binary")
    profile = run.json("profile.json")
    del profile["target_by"]
    run.put("profile.json", json.dumps(profile))
    run.change("request.json", settings=run.json("request.json")["settings"] | settings)
    assert evaluated(run)["verdict"] == verdict
    assert run.json("evaluation.json")["target_by"] == by


@pytest.mark.parametrize("code", [*ASKING, "leakage"])
def test_warnings_that_ask_hold_a_good_model_back(run_of: Runs, code: str) -> None:
    run = run_of("binary")
    run.change("profile.json", warnings=[{"code": code, "message": "Look at this."}])
    result = evaluated(run)
    assert result["verdict"] == ("pending" if code in ASKING else "approved")
    assert result["sentence"].endswith(f"; {ASKING.get(code)}.") == (code in ASKING)
