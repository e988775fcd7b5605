"""Challenger against champion: better, worse, equal, and not comparable."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from botocore.exceptions import ClientError

from evaluate.metrics.intervals import Interval
from evaluate.metrics.scored import METRICS, Scored
from evaluate.steps.evaluate import evaluate_run
from evaluate.verdict.comparison import data_beside, in_class_order
from evaluate.verdict.judgement import Rivals, judge
from evaluate.verdict.rule import NotCompared, Rule, decide, finding_of
from pipeline.vocabulary import DataAge
from tests.unit.evaluate.container_output import prediction_lines
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
        (
            {"name": "left"},
            "the target changed: the model in use predicts 'left', this one 'churned'",
        ),
        (
            {"task": "regression"},
            "the task changed: the model in use was trained for regression, this one for binary",
        ),
        (
            {"classes": ["no", "maybe"]},
            "the classes changed since the model in use: 'maybe' gone, 'yes' new",
        ),
    ],
)
@pytest.mark.parametrize("asked", [True, False])
def test_a_champion_of_another_question_leaves_the_challenger_pending(
    run_of: Runs, change: dict[str, Any], reason: str, asked: bool
) -> None:
    run = run_of("binary")
    run.add_champion(run.predicted, **change)
    if not asked:
        run.part_from_champion("its target is another.")
    result, comparison = judged(run)
    assert not comparison["compared"]
    assert (comparison["obstacle"], comparison["reason"]) == ("question", reason)
    assert result["verdict"] == "pending"
    assert result["sentence"].endswith(f"that it never saw; {reason}.")
    assert any(reason in text for text in result["warnings"])
    assert "could not be compared" in run.text("report.html")


def test_classes_that_only_changed_places_are_named(run_of: Runs) -> None:
    run = run_of("binary")
    run.add_champion(run.predicted, classes=["yes", "no"])
    run.part_from_champion("its classes are 'yes', 'no'")
    result, comparison = judged(run)
    assert result["verdict"] == "pending"
    assert comparison["reason"] == (
        "the order of the classes changed: 'yes', 'no' became 'no', 'yes'"
    )


def test_a_champion_that_cannot_read_the_file_leaves_the_challenger_on_its_own(
    run_of: Runs,
) -> None:
    run = run_of("binary")
    run.add_champion(run.predicted)
    run.part_from_champion("the file lacks 'plan'.")
    result, comparison = judged(run)
    assert (comparison["obstacle"], comparison["reason"]) == ("unfit", "the file lacks 'plan'")
    assert result["champion"] is None
    assert result["verdict"] == "approved"
    assert result["sentence"].endswith(
        "; it could not be compared with the model in use (the file lacks 'plan') and was judged "
        "on its own."
    )
    assert "no model was in use" not in run.text("report.html")


def test_a_comparison_that_failed_leaves_the_challenger_pending(run_of: Runs) -> None:
    run = run_of("binary")
    run.add_champion(run.predicted)
    run.part_from_champion("its batch transform failed: States.Timeout", failed=True)
    result, comparison = judged(run)
    assert comparison["obstacle"] == "failed"
    assert (result["verdict"], result["approval_status"]) == ("pending", "PendingManualApproval")
    assert result["sentence"].endswith(
        "; it could not be compared with the model in use (its batch transform failed: "
        "States.Timeout)."
    )
    assert "judged on its own" not in run.text("report.html")


@pytest.mark.parametrize("body", [None, b"", b"[]", b'{"target": null}', b'{"target": {}}'])
@pytest.mark.parametrize("failed", [True, False])
def test_a_champion_whose_encoder_is_gone_is_said_to_be_so(
    run_of: Runs, body: bytes | None, failed: bool
) -> None:
    run = run_of("binary")
    run.add_champion(run.predicted)
    key = run.event["champion"]["encoder_key"]
    del run.s3.objects[key]
    if body is not None:
        run.s3.objects[key] = body
    run.part_from_champion("its encoder could not be read.", failed)
    result, comparison = judged(run)
    assert comparison["reason"] == "its encoder could not be read"
    assert result["verdict"] == ("pending" if failed else "approved")
    assert "(its encoder could not be read)" in result["sentence"]
    assert "its encoder could not be read" in run.text("report.html")


def test_a_service_that_refuses_the_champions_encoder_for_now_is_not_taken_for_its_loss(
    run_of: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of("binary")
    run.add_champion(run.predicted)
    run.part_from_champion("its target is another")
    key, get = run.event["champion"]["encoder_key"], run.s3.get_object

    def slow(**request: str) -> Any:
        if request["Key"] == key:
            raise ClientError({"Error": {"Code": "SlowDown"}}, "GetObject")
        return get(**request)

    monkeypatch.setattr(run.s3, "get_object", slow)
    with pytest.raises(ClientError, match="SlowDown"):
        judged(run)


def test_a_champion_with_predictions_missing_leaves_it_to_a_person(run_of: Runs) -> None:
    run = run_of("binary")
    run.add_champion(run.predicted[:-1])
    name = "champion/part-00001.csv.out"
    run.put(name, "".join(run.text(name).splitlines(keepends=True)[:-1]))
    result, comparison = judged(run)
    assert (result["verdict"], comparison["obstacle"]) == ("pending", "failed")
    assert name in comparison["reason"]


def test_classes_in_another_order_are_rearranged(run_of: Runs) -> None:
    run = run_of("binary")
    run.add_champion(1 - run.predicted.astype(float), classes=["yes", "no"])
    result, _ = judged(run)
    assert result["champion"]["value"] == pytest.approx(result["metric"]["value"], rel=1e-6)
    three = np.array([[0.1, 0.2, 0.7]])
    assert in_class_order(three, "abc", "cab").tolist() == [[0.7, 0.1, 0.2]]


FAILED, OTHER, UNFIT, CHANGED = (
    NotCompared(o, "so") for o in ("failed", "question", "unfit", "changed")
)


@pytest.mark.parametrize(
    ("value", "rule", "against", "data", "outcome"),
    [
        (0.9, Rule(), None, "newer", "approved"),
        (0.9, Rule(), "better", "not newer", "approved"),
        (0.9, Rule(), "better", "same", "approved"),
        (0.9, Rule(), "equal", "newer", "approved"),
        (0.9, Rule(), "equal", "not newer", "kept_champion"),
        (0.9, Rule(), "equal", "same", "kept_champion"),
        (0.9, Rule(), "undecided", "newer", "pending"),
        (0.9, Rule(), "undecided", "not newer", "kept_champion"),
        (0.9, Rule(), "undecided", "same", "kept_champion"),
        (0.9, Rule(), "worse", "newer", "kept_champion"),
        (0.9, Rule(), FAILED, "newer", "pending"),
        (0.9, Rule(minimum=0.8), FAILED, "newer", "pending"),
        (0.9, Rule(), OTHER, "newer", "pending"),
        (0.9, Rule(), UNFIT, "newer", "approved"),
        (0.9, Rule(), UNFIT, "same", "approved"),
        (0.9, Rule(), UNFIT, "not newer", "kept_champion"),
        (0.9, Rule(), FAILED, "not newer", "kept_champion"),
        (0.9, Rule(), OTHER, "not newer", "pending"),
        (0.9, Rule(), CHANGED, "newer", "pending"),
        (0.9, Rule(), CHANGED, "not newer", "kept_champion"),
        (0.9, Rule("manual"), UNFIT, "newer", "pending"),
        (0.9, Rule("never"), FAILED, "newer", "kept_champion"),
        (0.9, Rule(minimum=0.9), "better", "newer", "approved"),
        (0.9, Rule(minimum=0.91), "better", "newer", "below_minimum"),
        (0.9, Rule(minimum=0.91), FAILED, "newer", "below_minimum"),
        (0.9, Rule("manual", 0.91), "better", "newer", "below_minimum"),
        (0.9, Rule("manual"), "better", "newer", "pending"),
        (0.9, Rule("manual"), "worse", "newer", "pending"),
        (0.9, Rule("never"), "better", "newer", "kept_champion"),
        (None, Rule(minimum=0.5), None, "newer", "pending"),
        (None, Rule("never"), None, "newer", "kept_champion"),
        # At most as good as the naive prediction, 0.5.
        (0.5, Rule(), None, "newer", "pending"),
        (0.4, Rule(), "better", "newer", "pending"),
        (0.4, Rule(), "equal", "newer", "pending"),
        (0.4, Rule(), UNFIT, "newer", "pending"),
        (0.4, Rule(), "equal", "same", "kept_champion"),
        (0.4, Rule(), "worse", "newer", "kept_champion"),
        (0.4, Rule(minimum=0.3), None, "newer", "approved"),
    ],
)
def test_the_rule(value: Any, rule: Rule, against: Any, data: DataAge, outcome: str) -> None:
    verdict = decide(METRICS["auc"], value, rule, against, data, 0.5)
    assert verdict.outcome == outcome


def test_minimum_of_an_error_metric_is_an_upper_limit() -> None:
    rmse = METRICS["rmse"]
    assert decide(rmse, 3.0, Rule(minimum=2.9), None, "newer", 9).outcome == "below_minimum"
    assert decide(rmse, 2.9, Rule(minimum=2.9), None, "newer", 9).outcome == "approved"


@pytest.mark.parametrize("task", TASKS)
def test_a_model_no_better_than_a_naive_prediction_waits(run_of: Runs, task: str) -> None:
    run = run_of(task)
    for name in run.files.names("predictions"):
        count = run.text(f"predictions/{name}").count("\n")
        naive = {"regression": -1.0, "binary": 0.5}.get(task, np.full(7, 1 / 7))
        run.put(f"predictions/{name}", prediction_lines(np.array([naive] * count)))
    result, _ = judged(run)
    assert result["verdict"] == "pending"
    assert result["sentence"].startswith("Waiting for approval: ")
    assert result["sentence"].endswith("; it is no better than a naive prediction.")
    assert any("no better than a naive prediction" in text for text in result["warnings"])


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


def test_finding_without_an_interval_is_undecided() -> None:
    assert finding_of(METRICS["auc"], None) == "undecided"


@pytest.mark.parametrize(("rows", "finding"), [(9, "undecided"), (10, "better")])
def test_fewer_than_ten_rows_decide_nothing(rows: int, finding: str) -> None:
    truth = np.arange(float(rows))
    challenger = Scored("regression", truth, truth + 0.1 * np.cos(truth))
    champion = Scored("regression", truth, truth + 10 + np.sin(truth))
    rivals = Rivals(champion, challenger)
    judgement = judge(METRICS["rmse"], challenger, rivals, Rule(), "newer")
    assert judgement.finding == finding
    assert judgement.verdict.outcome == ("pending" if finding == "undecided" else "approved")


@pytest.mark.parametrize(
    ("etag", "modified", "champion", "data"),
    [
        ("b", "2026-11-22T10:00:00+02:00", ("a", "2026-11-22T07:59:59+00:00"), "newer"),
        ("b", "2026-11-22T10:00:00+02:00", ("a", "2026-11-22T08:00:00Z"), "not newer"),
        ("a", "2026-11-22T10:00:00+02:00", ("a", "2026-11-22T07:59:59+00:00"), "same"),
        ("a", "2026-11-22T10:00:00+02:00", ("a", None), "same"),
        ("b", "2026-11-22T10:00:00+02:00", (None, "2026-11-22T07:59:59+00:00"), "newer"),
        (None, "2026-11-22T10:00:00+02:00", (None, "2026-11-22T07:59:59+00:00"), "newer"),
        ("b", "2026-11-22T10:00:00+00:00", (None, None), "newer"),
        ("b", None, ("a", "2026-11-22T10:00:00+00:00"), "not newer"),
    ],
)
def test_data_is_the_same_by_etag_and_newer_by_time(
    etag: Any, modified: Any, champion: Any, data: DataAge
) -> None:
    names = ("data_etag", "data_last_modified")
    known = {k: v for k, v in zip(names, champion, strict=True) if v is not None}
    assert data_beside({"etag": etag, "last_modified": modified}, known) == data


@pytest.mark.parametrize(
    ("etag", "run", "data"),
    [
        ("b", "churn-2", "newer"),
        ("b", "churn-0", "not newer"),
        ("b", "churn-1", "not newer"),
        ("a", "churn-2", "same"),
    ],
)
def test_of_files_of_one_second_the_names_of_the_runs_decide(
    etag: str, run: str, data: DataAge
) -> None:
    moment = "2026-11-22T10:00:00+00:00"
    champion = {"data_etag": "a", "data_last_modified": moment, "run": "churn-1"}
    assert data_beside({"etag": etag, "last_modified": moment, "run": run}, champion) == data


@pytest.mark.parametrize("task", TASKS)
def test_the_same_file_again_keeps_the_champion(run_of: Runs, task: str) -> None:
    run = run_of(task)
    run.add_champion(run.predicted)
    run.event["champion"]["data_etag"] = run.json("request.json")["etag"]
    result, comparison = judged(run)
    assert (result["verdict"], comparison["data"]) == ("kept_champion", "same")
    assert result["sentence"].endswith("; it learned from the same data.")
