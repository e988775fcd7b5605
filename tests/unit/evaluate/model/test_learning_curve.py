"""The learning curve is read from the lines of the job's own log."""

import pytest

from evaluate.model.learning_curve import (
    NoLearningCurveError,
    parse_learning_curve,
    read_learning_curve,
    watched_metric,
)
from tests.unit.evaluate.buckets import FakeLogs


@pytest.mark.parametrize("separator", ["#011", "\t", " "])
def test_learning_curve_reads_what_xgboost_prints(separator: str) -> None:
    lines = [
        "[2026-11-22:10:15:42:INFO] No GPUs detected",
        separator.join(["[0]", "train-rmse:0.5", "validation-rmse:0.75"]),
        separator.join(["[1]", "train-rmse:4e-05", "validation-rmse:0.5"]),
        separator.join(["[1]", "train-rmse:9", "validation-rmse:9"]),
        "[09:41:53] WARNING: train-ish text",
    ]
    curve = parse_learning_curve(lines)
    assert (curve["metric"], curve["rounds"]) == ("rmse", [0, 1])
    assert (curve["train"], curve["validation"]) == ([0.5, 4e-05], [0.75, 0.5])


def test_of_several_metrics_the_last_is_shown_and_validation_may_lack() -> None:
    curve = parse_learning_curve(["[0]\ttrain-error:0.2\ttrain-auc:0.9"])
    assert (curve["metric"], curve["train"], curve["validation"]) == ("auc", [0.9], [])


@pytest.mark.parametrize(
    ("eval_metric", "shown"),
    [("rmse,logloss", "logloss"), ("logloss, rmse", "rmse"), ("auc", "rmse"), ("", "rmse")],
)
def test_metric_that_stops_the_training_is_shown_wherever_the_line_has_it(
    eval_metric: str, shown: str
) -> None:
    # The container's own rmse comes after XGBoost's metrics, whatever the order asked for.
    line = "[0]#011train-logloss:0.2#011validation-logloss:0.3"
    line += "#011train-rmse:0.7#011validation-rmse:0.9"
    curve = read_learning_curve(
        FakeLogs([line]), "job", watched_metric({"eval_metric": eval_metric})
    )
    of = {"logloss": ([0.2], [0.3]), "rmse": ([0.7], [0.9])}
    assert (curve["metric"], curve["train"], curve["validation"]) == (shown, *of[shown])


def test_of_two_values_of_one_name_the_containers_own_counts() -> None:
    line = "[0]\ttrain-rmse:1.5\tvalidation-rmse:1.6\ttrain-rmse:2.5\tvalidation-rmse:2.6"
    curve = parse_learning_curve([line], "rmse")
    assert (curve["train"], curve["validation"]) == ([2.5], [2.6])


def test_round_that_lacks_the_metric_is_left_out() -> None:
    lines = ["[0]\ttrain-auc:0.5\ttrain-error:0.1", "[1]\ttrain-error:0.2"]
    assert parse_learning_curve(lines, "auc")["rounds"] == [0]


def test_a_long_learning_curve_is_thinned_with_its_last_round() -> None:
    curve = parse_learning_curve([f"[{i}]\ttrain-rmse:{1 / (i + 1)}" for i in range(5_000)])
    assert len(curve["rounds"]) <= 202
    assert curve["rounds"][-1] == 4_999


def test_of_models_of_folds_the_first_is_the_curve() -> None:
    fold = ["[0]\ttrain-rmse:3", "[1]\ttrain-rmse:2"]
    other = ["[0]\ttrain-rmse:5", "[1]\ttrain-rmse:4", "[2]\ttrain-rmse:1"]
    curve = parse_learning_curve([*fold, *other, "[9]\ttrain-rmse:7"])
    assert (curve["rounds"], curve["train"]) == ([0, 1], [3, 2])


def test_instances_that_print_all_rounds_are_not_taken_for_folds() -> None:
    own = [f"[{i}]#011train-rmse:{i}.5" for i in range(3)]
    theirs = [("job/algo-2-1", line) for line in own[:2]]
    curve = read_learning_curve(FakeLogs(own, theirs), "job")
    assert (curve["rounds"], curve["train"]) == ([0, 1, 2], [0.5, 1.5, 2.5])


def test_all_pages_of_the_log_are_read() -> None:
    lines = [f"[{i}]#011train-rmse:1.0" for i in range(150)]
    assert len(read_learning_curve(FakeLogs(lines), "job")["rounds"]) == 150


def test_another_jobs_rounds_are_not_taken_for_the_jobs_own() -> None:
    theirs = [
        (f"{job}/algo-1-1", f"[{i}]#011train-rmse:9.0#011validation-rmse:9.0")
        for job in ("other", "job-r1", "jo")
        for i in range(3)
    ]
    ours = ["[0]#011train-rmse:0.5#011validation-rmse:0.6"]
    curve = read_learning_curve(FakeLogs(ours, theirs), "job")
    assert (curve["rounds"], curve["train"], curve["validation"]) == ([0], [0.5], [0.6])
    with pytest.raises(NoLearningCurveError, match="no stream of the job"):
        read_learning_curve(FakeLogs([], theirs), "job")


@pytest.mark.parametrize(
    ("lines", "reason"),
    [(None, "ResourceNotFoundException"), ([], "no stream of the job"), (["x"], "no boosting")],
)
def test_without_rounds_the_reason_is_said(lines: list[str] | None, reason: str) -> None:
    with pytest.raises(NoLearningCurveError, match=reason):
        read_learning_curve(FakeLogs(lines), "job")
