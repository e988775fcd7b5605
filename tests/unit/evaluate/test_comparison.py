"""Challenger against champion: better, worse, equal, and not comparable."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from evaluate.comparison import in_class_order, is_newer
from evaluate.evaluation import evaluate_run
from evaluate.intervals import Interval
from evaluate.scored import METRICS
from evaluate.verdict import Rule, decide, finding_of
from pipeline.errors import PredictionCountError
from tests.unit.evaluate.made_run import MadeRun

Runs = Callable[[str], MadeRun]
TASKS = ("regression", "binary", "multiclass")


def judged(run: MadeRun) -> tuple[dict[str, Any], dict[str, Any]]:
    result = evaluate_run(run.files, run.logs, run.event, "dropforge", "0.1.0")
    return result, run.json("evaluation.json")["comparison"]


def blurred(run: MadeRun) -> Any:
    """Return clearly worse predictions than the run's model makes."""
    draw = np.random.default_rng(2)
    if run.predicted.ndim == 2:
        mixed = 0.3 * run.predicted + 0.7 * draw.dirichlet(np.ones(7), len(run.predicted))
        return mixed / mixed.sum(axis=1, keepdims=True)
    if run.event["fit"]["task"] == "binary":
        return 0.3 * run.predicted + 0.7 * draw.random(len(run.predicted))
    return run.predicted + draw.normal(0, np.std(run.truth), len(run.truth))


def sharpened(run: MadeRun) -> Any:
    """Return clearly better predictions than the run's model makes."""
    if run.predicted.ndim == 2:
        return 0.5 * run.predicted + 0.5 * np.eye(7)[run.truth.astype(int)]
    return 0.5 * run.predicted + 0.5 * run.truth


@pytest.mark.parametrize("task", TASKS)
def test_a_better_challenger_is_approved(run_of: Runs, task: str) -> None:
    run = run_of(task)
    run.add_champion(blurred(run))
    result, comparison = judged(run)
    assert (result["verdict"], comparison["finding"]) == ("approved", "better")
    assert result["champion"]["value"] == comparison["value"]


@pytest.mark.parametrize("task", TASKS)
def test_a_worse_challenger_is_not_promoted(run_of: Runs, task: str) -> None:
    run = run_of(task)
    run.add_champion(sharpened(run))
    result, comparison = judged(run)
    assert (result["verdict"], comparison["finding"]) == ("kept_champion", "worse")
    assert result["approval_status"] == "Rejected"


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(
    ("champion_data", "verdict"), [("2026-10-15", "approved"), ("2026-12-24", "kept_champion")]
)
def test_an_equal_challenger_is_approved_for_newer_data_alone(
    run_of: Runs, task: str, champion_data: str, verdict: str
) -> None:
    run = run_of(task)
    run.add_champion(run.predicted)
    run.event["champion"]["data_last_modified"] = f"{champion_data}T09:00:00+00:00"
    result, comparison = judged(run)
    assert (result["verdict"], comparison["finding"]) == (verdict, "equal")
    assert comparison["difference"]["value"] == 0


def test_the_difference_is_paired(run_of: Runs) -> None:
    """Two models that err alike are told apart, though their own intervals overlap."""
    run = run_of("binary")
    run.add_champion(
        np.clip(0.85 * run.predicted + 0.15 * np.random.default_rng(0).random(225), 0, 1)
    )
    _, comparison = judged(run)
    metric = run.json("evaluation.json")["metric"]
    difference = comparison["difference"]["interval"]
    own = metric["interval"]["high"] - metric["interval"]["low"]
    assert difference["high"] - difference["low"] < own / 2
    assert comparison["interval"]["high"] > metric["interval"]["low"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": "left"}, "it predicts the column 'left'"),
        ({"task": "regression"}, "it was trained for regression"),
        ({"classes": ["no", "maybe"]}, "its classes are not this run's"),
    ],
)
def test_a_champion_of_another_target_is_not_compared(
    run_of: Runs, change: dict[str, Any], reason: str
) -> None:
    run = run_of("binary")
    run.add_champion(run.predicted, **change)
    result, comparison = judged(run)
    assert not comparison["compared"]
    assert comparison["reason"].startswith(reason)
    assert result["verdict"] == "approved"
    assert any(reason in text for text in result["warnings"])
    assert "could not be compared" in run.text("report.html")


def test_a_champion_that_could_not_run_leaves_the_challenger_on_its_own(run_of: Runs) -> None:
    run = run_of("binary")
    run.add_champion(run.predicted)
    run.event["comparison"] = {"compared": False, "reason": "the file lacks 'plan'."}
    result, comparison = judged(run)
    assert comparison["reason"] == "the file lacks 'plan'"
    assert result["champion"] is None
    assert result["verdict"] == "approved"


def test_a_champion_with_predictions_missing_fails_the_run(run_of: Runs) -> None:
    run = run_of("binary")
    run.add_champion(run.predicted[:-1])
    name = "champion/part-00001.csv.out"
    run.put(name, "".join(run.text(name).splitlines(keepends=True)[:-1]))
    with pytest.raises(PredictionCountError, match=name):
        judged(run)


def test_classes_in_another_order_are_rearranged(run_of: Runs) -> None:
    run = run_of("binary")
    run.add_champion(1 - run.predicted.astype(float), classes=["yes", "no"])
    result, _ = judged(run)
    assert result["champion"]["value"] == pytest.approx(result["metric"]["value"], rel=1e-6)
    three = np.array([[0.1, 0.2, 0.7]])
    assert in_class_order(three, "abc", "cab").tolist() == [[0.7, 0.1, 0.2]]


@pytest.mark.parametrize(
    ("value", "rule", "finding", "newer", "outcome"),
    [
        (0.9, Rule(), None, True, "approved"),
        (0.9, Rule(), "better", False, "approved"),
        (0.9, Rule(), "equal", True, "approved"),
        (0.9, Rule(), "equal", False, "kept_champion"),
        (0.9, Rule(), "worse", True, "kept_champion"),
        (0.9, Rule(minimum=0.9), "better", True, "approved"),
        (0.9, Rule(minimum=0.91), "better", True, "below_minimum"),
        (0.9, Rule("manual", 0.91), "better", True, "below_minimum"),
        (0.9, Rule("manual"), "better", True, "pending"),
        (0.9, Rule("manual"), "worse", True, "pending"),
        (0.9, Rule("never"), "better", True, "kept_champion"),
        (None, Rule(minimum=0.5), None, True, "pending"),
        (None, Rule("never"), None, True, "kept_champion"),
    ],
)
def test_the_rule(value: Any, rule: Rule, finding: Any, newer: bool, outcome: str) -> None:
    verdict = decide(METRICS["auc"], value, rule, finding, newer)
    assert verdict.outcome == outcome


def test_minimum_of_an_error_metric_is_an_upper_limit() -> None:
    assert decide(METRICS["rmse"], 3.0, Rule(minimum=2.9), None, True).outcome == "below_minimum"
    assert decide(METRICS["rmse"], 2.9, Rule(minimum=2.9), None, True).outcome == "approved"


@pytest.mark.parametrize(
    ("name", "low", "high", "finding"),
    [
        ("auc", 0.1, 0.2, "better"),
        ("auc", -0.2, -0.1, "worse"),
        ("rmse", 0.1, 0.2, "worse"),
        ("rmse", -0.2, -0.1, "better"),
        ("auc", 0.0, 0.2, "equal"),
        ("auc", -0.1, 0.2, "equal"),
    ],
)
def test_finding_excludes_zero_in_the_goals_direction(
    name: str, low: float, high: float, finding: str
) -> None:
    assert finding_of(METRICS[name], Interval(low, high, "bootstrap")) == finding


def test_data_is_newer_by_time_not_by_text() -> None:
    assert is_newer("2026-11-22T10:00:00+02:00", "2026-11-22T07:59:59+00:00")
    assert not is_newer("2026-11-22T10:00:00+02:00", "2026-11-22T08:00:00Z")
    assert is_newer("2026-11-22T10:00:00+00:00", None)
    assert not is_newer(None, "2026-11-22T10:00:00+00:00")
