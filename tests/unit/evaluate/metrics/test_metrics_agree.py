"""Every metric agrees with scikit-learn to 1e-9, weighted or not, on random and hostile rows."""

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn import metrics as sk
from sklearn.exceptions import UndefinedMetricWarning

from evaluate.metrics.baseline import values_of
from evaluate.metrics.measures import value_of
from evaluate.metrics.scored import METRICS, Scored
from pipeline.settings import Costs
from scoring.decision import Decision

CLASSES = 4
COSTS: Costs = {"false_alarm": 2.0, "miss": 7.5}
ROWS = st.integers(1, 60)
# Few distinct values make ties, constants and missing classes common.
SCORES = st.sampled_from([0.0, 1e-300, 0.1, 0.3, 0.5, 0.5 - 1e-16, 0.7, 0.9, 1.0])
NUMBERS = st.one_of(
    st.sampled_from([0.0, 1.0, -2.5]),
    st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda v: round(v, 6)),
)


@st.composite
def binary(draw: Any) -> Scored:
    rows = draw(ROWS)
    truth = draw(hnp.arrays(np.float64, rows, elements=st.sampled_from([0.0, 1.0])))
    scores = draw(hnp.arrays(np.float64, rows, elements=st.one_of(SCORES, st.floats(0, 1))))
    decision = Decision(draw(st.sampled_from([0.5, 0.3, 0.1, 0.0, 1.0])))
    costs = draw(st.sampled_from([None, COSTS]))
    return Scored("binary", truth, scores, ["no", "yes"], decision=decision, costs=costs)


@st.composite
def multiclass(draw: Any) -> Scored:
    rows = draw(ROWS)
    truth = draw(hnp.arrays(np.float64, rows, elements=st.integers(0, CLASSES - 1).map(float)))
    raw = draw(hnp.arrays(np.float64, (rows, CLASSES), elements=SCORES))
    raw[raw.sum(axis=1) == 0] = 1.0
    return Scored("multiclass", truth, raw / raw.sum(axis=1, keepdims=True), list("abcd"))


@st.composite
def regression(draw: Any) -> Scored:
    rows = draw(ROWS)
    arrays = hnp.arrays(np.float64, rows, elements=NUMBERS)
    return Scored("regression", draw(arrays), draw(arrays))


def by_scikit_learn(scored: Scored, weights: Any = None) -> dict[str, float]:
    truth, given, w = scored.truth, scored.predicted, {"sample_weight": weights}
    if scored.task == "regression":
        return {
            "rmse": sk.root_mean_squared_error(truth, given, **w),
            "mae": sk.mean_absolute_error(truth, given, **w),
            "r2": sk.r2_score(truth, given, **w),
            "medae": sk.median_absolute_error(truth, given),
            "mape": sk.mean_absolute_percentage_error(truth, given) if all(truth) else np.nan,
        }
    if scored.task == "multiclass":
        chosen = given.argmax(axis=1)
        return {
            "mlogloss": sk.log_loss(truth, y_proba=given, labels=range(CLASSES), **w),
            "accuracy": sk.accuracy_score(truth, chosen, **w),
            "macro_f1": sk.f1_score(truth, chosen, average="macro", zero_division=0, **w),
            "balanced_accuracy": sk.balanced_accuracy_score(truth, chosen),
        }
    chosen = given >= scored.decision.threshold
    cost = {}
    if scored.costs:
        alarm, miss = scored.costs["false_alarm"], scored.costs["miss"]
        rows = sk.confusion_matrix(truth, chosen, labels=[0, 1], normalize="all", **w)
        cost = {"cost": 1_000 * (alarm * rows[0, 1] + miss * rows[1, 0])}
    return cost | {
        "auc": sk.roc_auc_score(truth, given, **w),
        "average_precision": sk.average_precision_score(truth, given, **w),
        "logloss": sk.log_loss(truth, y_proba=given, labels=[0, 1], **w),
        "accuracy": sk.accuracy_score(truth, chosen, **w),
        "f1": sk.f1_score(truth, chosen, zero_division=0, **w),
        "precision": sk.precision_score(truth, chosen, zero_division=0),
        "recall": sk.recall_score(truth, chosen, zero_division=0),
        "brier": sk.brier_score_loss(truth, given),
    }


def assert_agrees(scored: Scored) -> None:
    with warnings.catch_warnings():
        # scikit-learn warns where a metric is not defined; the values still have to agree.
        warnings.simplefilter("ignore")
        expected = by_scikit_learn(scored)
    found = {n: np.nan if v is None else v for n, v in values_of(scored).items()}
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-9, abs=1e-9, nan_ok=True), name


@settings(max_examples=150)
@given(binary())
def test_binary_metrics_on_any_rows_equal_scikit_learn(scored: Scored) -> None:
    assert_agrees(scored)


@settings(max_examples=100)
@given(multiclass())
def test_multiclass_metrics_on_any_rows_equal_scikit_learn(scored: Scored) -> None:
    assert_agrees(scored)


@settings(max_examples=150)
@given(regression())
def test_regression_metrics_on_any_rows_equal_scikit_learn(scored: Scored) -> None:
    assert_agrees(scored)


@pytest.mark.parametrize("rows", [2_000, 50_000])
@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_metrics_on_many_rows_equal_scikit_learn(task: str, rows: int) -> None:
    assert_agrees(random_scored(task, rows))


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_weighted_metrics_as_in_the_bootstrap_equal_scikit_learn(task: str) -> None:
    scored = random_scored(task, 300)
    weights = np.random.default_rng(1).poisson(1.0, (5, 300)).astype(float)
    for name, metric in METRICS.items():
        if task not in metric.tasks:
            continue
        found = metric.measure(scored).weighted(weights)
        expected = [by_scikit_learn(scored, row)[name] for row in weights]
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.parametrize(
    ("task", "name"), [(task, m.name) for m in METRICS.values() for task in m.tasks]
)
def test_gradient_equals_the_slope_in_each_rows_weight(task: str, name: str) -> None:
    scored = random_scored(task, 40)
    measure = METRICS[name].measure(scored)
    step = 1e-6
    up = measure.weighted(np.ones((40, 40)) + step * np.eye(40))
    down = measure.weighted(np.ones((40, 40)) - step * np.eye(40))
    gradient = measure.gradient()
    if name == "auc":
        # Undo DeLong's n - 1.
        total = np.where(scored.truth == 1, scored.truth.sum(), 40 - scored.truth.sum())
        gradient = gradient * np.sqrt((total - 1) / total)
    np.testing.assert_allclose(gradient, (up - down) / (2 * step), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_metrics_of_no_number_are_refused_as_by_scikit_learn(bad: float) -> None:
    truth, predicted = np.array([0.0, 1.0]), np.array([0.5, bad])
    with pytest.raises(ValueError, match="finite"):
        Scored("binary", truth, predicted)
    with pytest.raises(ValueError, match=r"NaN|infinity"):
        sk.roc_auc_score(truth, predicted)


def test_auc_with_one_class_missing_is_undefined_as_in_scikit_learn() -> None:
    scored = Scored("binary", np.zeros(3), np.array([0.1, 0.2, 0.3]), ["no", "yes"])
    assert values_of(scored)["auc"] is None
    assert np.isnan(value_of(METRICS["auc"].measure(scored), 3))
    with pytest.warns(UndefinedMetricWarning):
        assert np.isnan(sk.roc_auc_score(scored.truth, scored.predicted))


def random_scored(task: str, rows: int) -> Scored:
    draw = np.random.default_rng(rows)
    if task == "regression":
        truth = draw.normal(100, 20, rows)
        return Scored(task, truth, truth + draw.normal(0, 5, rows))
    if task == "binary":
        truth = draw.integers(0, 2, rows).astype(float)
        scores = np.round(1 / (1 + np.exp(-draw.normal(truth, 1.2))), 2)
        return Scored(task, truth, scores, ["no", "yes"], costs=COSTS)
    truth = draw.integers(0, CLASSES, rows).astype(float)
    raw = draw.dirichlet(np.ones(CLASSES), rows) + 0.5 * np.eye(CLASSES)[truth.astype(int)]
    return Scored(task, truth, raw / raw.sum(axis=1, keepdims=True), list("abcd"))
