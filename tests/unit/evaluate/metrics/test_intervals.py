"""Intervals: against published figures, by coverage, and one method against the other."""

import numpy as np
import pytest
from scipy import stats

from evaluate.metrics import intervals
from evaluate.metrics.intervals import (
    intervals_of,
    replicates_of,
    sample_of,
)
from evaluate.metrics.measures import Mean
from evaluate.metrics.quantiles import student_quantile, tail_share, wilson
from evaluate.metrics.ranking import Auc, Ranking
from evaluate.metrics.scored import METRICS, Scored

NAMES = [(metric.tasks[0], name) for name, metric in METRICS.items()]


def scored(task: str, rows: int, seed: int, noise: float = 1.0) -> Scored:
    draw = np.random.default_rng(seed)
    if task == "regression":
        truth = draw.normal(0, 2, rows)
        return Scored(
            task, truth, truth + noise * np.random.default_rng(seed + 1).normal(size=rows)
        )
    if task == "binary":
        truth = (draw.random(rows) < 0.4).astype(float)
        predicted = 1 / (1 + np.exp(-draw.normal(1.5 * truth - 0.7, noise)))
        return Scored(task, truth, predicted, "ny", costs={"false_alarm": 1, "miss": 3})
    truth = draw.integers(0, 3, rows).astype(float)
    raw = draw.dirichlet(np.ones(3), rows) + 0.6 * np.eye(3)[truth.astype(int)]
    return Scored(task, truth, raw / raw.sum(axis=1, keepdims=True), "abc")


def delong_by_definition(positives: np.ndarray, negatives: np.ndarray) -> float:
    """Return the variance of AUC after DeLong et al. (1988), equations 1 to 6, pair by pair."""
    wins = (positives[:, None] > negatives) + 0.5 * (positives[:, None] == negatives)
    v10, v01 = wins.mean(axis=1), wins.mean(axis=0)
    return float(v10.var(ddof=1) / len(v10) + v01.var(ddof=1) / len(v01))


@pytest.mark.parametrize("decimals", [1, 6])
def test_auc_above_the_bootstrap_is_delongs(decimals: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intervals, "BOOTSTRAP_ROWS", 0)
    rows = scored("binary", 400, 3)
    scores = rows.predicted.round(decimals)
    auc = Auc(Ranking(rows.truth, scores))
    (interval,) = intervals_of([auc], 400, (0, 1))
    assert interval is not None
    deviation = np.sqrt(delong_by_definition(scores[rows.truth == 1], scores[rows.truth == 0]))
    assert interval.high - interval.low == pytest.approx(2 * 1.959963984540054 * deviation)


def test_mean_above_the_bootstrap_is_the_textbook_interval() -> None:
    rows = scored("regression", 20_000, 1)
    errors = np.abs(rows.truth - rows.predicted)
    (interval,) = intervals_of([METRICS["mae"].measure(rows)], 20_000, (0, np.inf))
    assert interval is not None
    reach = 1.959963984540054 * errors.std() / np.sqrt(20_000)
    assert interval.low == pytest.approx(errors.mean() - reach)
    assert interval.method == "infinitesimal jackknife"


@pytest.mark.parametrize(("task", "name"), NAMES)
def test_both_methods_agree_on_many_rows(
    task: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = scored(task, 4_000, 8)
    metric = METRICS[name]
    (drawn,) = intervals_of([metric.measure(rows)], 4_000, metric.bounds)
    monkeypatch.setattr(intervals, "BOOTSTRAP_ROWS", 0)
    (analytic,) = intervals_of([metric.measure(rows)], 4_000, metric.bounds)
    assert drawn is not None
    assert analytic is not None
    width = analytic.high - analytic.low
    assert drawn.high - drawn.low == pytest.approx(width, rel=0.12)
    assert drawn.low == pytest.approx(analytic.low, abs=0.1 * width)


@pytest.mark.parametrize("limit", [0, 10_000])
@pytest.mark.parametrize("name", ["rmse", "r2"])
def test_intervals_cover_the_truth_about_as_often_as_they_say(
    name: str, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RMSE is 1 and R² 0.75 by construction; 60 samples of 300 rows."""
    monkeypatch.setattr(intervals, "BOOTSTRAP_ROWS", limit)
    metric, true = METRICS[name], {"rmse": 1.0, "r2": 0.75}[name]
    hits = 0
    for seed in range(0, 120, 2):
        rows = scored("regression", 300, 1_000 + seed)
        (interval,) = intervals_of([metric.measure(rows)], 300, metric.bounds)
        assert interval is not None
        hits += interval.low <= true <= interval.high
    assert hits >= 52


@pytest.mark.parametrize(("rows", "least"), [(5, 91), (10, 90)])
def test_intervals_of_few_rows_are_wide_enough(rows: int, least: int) -> None:
    """Of MAE, in 100 samples, of which the plain percentiles cover 86 and 87."""
    true, hits = np.sqrt(2 / np.pi), 0
    for seed in range(100):
        errors = np.abs(np.random.default_rng(seed).normal(size=rows))
        (interval,) = intervals_of([Mean(errors)], rows, (0, np.inf))
        assert interval is not None
        hits += interval.low <= true <= interval.high
    assert hits >= least


@pytest.mark.parametrize("rows", [5, 10, 30, 300, 10_000])
def test_percentiles_are_expanded_by_students_t(rows: int) -> None:
    """Hesterberg (2015): alpha' / 2 = Phi(-sqrt(n / (n - 1)) t), t at alpha / 2 and n - 1."""
    quantile = stats.t.ppf(0.975, rows - 1)
    assert student_quantile(rows - 1) == pytest.approx(quantile, rel=5e-4)
    expanded = stats.norm.cdf(-np.sqrt(rows / (rows - 1)) * quantile)
    assert tail_share(rows) == pytest.approx(expanded, rel=5e-3)
    one_sided = stats.norm.cdf(-np.sqrt(rows / (rows - 1)) * stats.t.ppf(0.9, rows - 1))
    assert tail_share(rows, 0.1) == pytest.approx(one_sided, rel=5e-3)


def patients(seed: int, groups: int = 30, size: int = 10) -> np.ndarray:
    """Return values of which half of the variance lies between groups."""
    draw = np.random.default_rng(seed)
    between = np.repeat(draw.normal(size=groups), size)
    return between + draw.normal(size=groups * size)


@pytest.mark.parametrize("limit", [0, 10_000])
def test_rows_of_a_group_are_one_observation(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """30 groups of 10 rows, intraclass correlation 0.5: by row 60 to 70 % cover the mean of 0."""
    monkeypatch.setattr(intervals, "BOOTSTRAP_ROWS", limit)
    together, covered, found = np.repeat(np.arange(30), 10), {True: 0, False: 0}, 0
    for seed in range(200):
        both = [Mean(patients(2 * seed + n)) for n in (0, 1)]
        for by_group in covered:
            sample = sample_of(both, 300, together if by_group else None)
            single, _, difference = intervals_of(both, 300, (-np.inf, np.inf), sample)
            assert single is not None
            assert difference is not None
            covered[by_group] += single.low <= 0 <= single.high
            found += by_group and not difference.low <= 0 <= difference.high
    assert covered[False] <= 150
    assert covered[True] >= 182
    assert found <= 18


@pytest.mark.parametrize("rows", [300, 12_000])
def test_groups_of_one_row_change_nothing_but_for_students_t(rows: int) -> None:
    measure = METRICS["auc"].measure(scored("binary", rows, 5))
    alone = sample_of([measure], rows).interval([1])
    grouped = sample_of([measure], rows, np.arange(rows)).interval([1])
    assert alone is not None
    assert grouped is not None
    assert grouped.groups == rows
    assert (grouped.low, grouped.high) == pytest.approx((alone.low, alone.high), rel=1e-4)


def test_a_single_group_has_no_interval() -> None:
    for rows in (300, 12_000):
        sample = sample_of([Mean(np.arange(rows))], rows, np.zeros(rows, dtype=np.intp))
        (interval,) = intervals_of([Mean(np.arange(rows))], rows, (0, np.inf), sample)
        assert interval is None


def test_accuracy_that_is_all_counts_groups_as_trials() -> None:
    truth = np.tile([0.0, 1.0], 20)
    measure = METRICS["accuracy"].measure(Scored("binary", truth, truth, "ny"))
    sample = sample_of([measure], 40, np.repeat(np.arange(10), 4))
    (interval,) = intervals_of([measure], 40, (0.0, 1.0), sample)
    assert interval is not None
    assert (interval.low, interval.groups) == (pytest.approx(0.7225, abs=1e-4), 10)


@pytest.mark.parametrize("limit", [0, 10_000])
def test_a_lower_bound_is_missed_as_often_as_the_risk_says(
    limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the difference of two means of 200 rows, 0 by construction; 300 samples, 1 in 10."""
    monkeypatch.setattr(intervals, "BOOTSTRAP_ROWS", limit)
    missed = 0
    for seed in range(300):
        both = np.random.default_rng(seed).random((2, 200))
        sample = sample_of([Mean(values) for values in both], 200)
        missed += sample.lower_bound((-1, 1), 0.1) > 0
    assert 17 <= missed <= 45


@pytest.mark.parametrize("rows", [300, 12_000])
def test_a_sum_of_metrics_needs_only_those_that_have_a_share(rows: int) -> None:
    values = np.random.default_rng(2).random(rows)
    undefined = Auc(Ranking(np.zeros(rows), values))
    sample = sample_of([Mean(values), undefined], rows)
    assert sample.lower_bound((2, 0), 0.1) == pytest.approx(2 * values.mean(), rel=0.1)
    assert np.isnan(sample.lower_bound((1, 1), 0.1))


@pytest.mark.parametrize(("right", "low", "high"), [(1.0, 0.7225, 1.0), (0.0, 0.0, 0.2775)])
@pytest.mark.parametrize("limit", [0, 10_000])
def test_accuracy_that_is_all_or_none_has_wilsons_interval(
    right: float, low: float, high: float, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intervals, "BOOTSTRAP_ROWS", limit)
    truth = np.tile([0.0, 1.0], 5)
    metric = METRICS["accuracy"]
    rows = Scored("binary", truth, np.where(right, truth, 1 - truth), "ny")
    (interval,) = intervals_of([metric.measure(rows)], 10, metric.bounds)
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-4)
    assert interval.method == "wilson"


def test_wilsons_interval_is_the_published_one() -> None:
    """Newcombe, Statistics in Medicine 17 (1998) 857-872, table I: 81 of 263."""
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


@pytest.mark.parametrize("rows", [1, 50, 12_000])
@pytest.mark.parametrize("error", [0.0, 0.1])
def test_rows_without_spread_leave_no_interval_of_a_mean_error(rows: int, error: float) -> None:
    truth = np.arange(rows, dtype=float)
    exact = Scored("regression", truth, truth + error)
    for name in ("mae", "rmse"):
        metric = METRICS[name]
        assert intervals_of([metric.measure(exact)], rows, metric.bounds) == [None]


@pytest.mark.parametrize("rows", [40, 12_000])
def test_a_perfect_ranking_has_no_interval(rows: int) -> None:
    truth = np.tile([0.0, 1.0], rows // 2)
    metric = METRICS["auc"]
    perfect = Scored("binary", truth, truth, "ny")
    assert intervals_of([metric.measure(perfect)], rows, metric.bounds) == [None]


@pytest.mark.parametrize("rows", [1, 50, 12_000])
def test_a_difference_without_spread_is_none_or_zero(rows: int) -> None:
    errors = np.random.default_rng(1).random(rows)
    other, same = Mean(errors + 0.5), Mean(errors * (1 + 1e-16))
    assert intervals_of([Mean(errors), other], rows, (0, np.inf))[2] is None
    equal = intervals_of([Mean(errors), same], rows, (0, np.inf))[2]
    assert equal is not None
    assert (equal.low, equal.high) == (0, 0)


def test_the_bootstrap_is_the_same_every_time_and_in_any_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measure = METRICS["auc"].measure(scored("binary", 200, 5))
    first = replicates_of([measure], 200)
    assert first.shape == (1, intervals.REPLICATES)
    np.testing.assert_array_equal(replicates_of([measure], 200), first)
    monkeypatch.setattr(intervals, "_CELLS_AT_ONCE", 200 * 7)
    np.testing.assert_allclose(replicates_of([measure], 200), first, rtol=1e-12)


@pytest.mark.parametrize("rows", [300, 12_000])
def test_a_model_against_itself_differs_by_nothing(rows: int) -> None:
    measure = METRICS["auc"].measure(scored("binary", rows, 5))
    difference = intervals_of([measure, measure], rows, (0, 1))[2]
    assert difference is not None
    assert (difference.low, difference.high) == (0, 0)


@pytest.mark.parametrize("rows", [300, 12_000])
def test_a_class_missing_leaves_no_interval_of_auc(rows: int) -> None:
    measure = Auc(Ranking(np.zeros(rows), np.linspace(0, 1, rows)))
    assert intervals_of([measure], rows, (0, 1)) == [None]


def test_a_share_stays_between_zero_and_one() -> None:
    truth = np.r_[np.ones(10), np.zeros(19_990)]
    predicted = np.r_[np.full(9, 0.9), np.full(19_991, 0.1)]
    metric = METRICS["accuracy"]
    rows = Scored("binary", truth, predicted, "ny")
    (interval,) = intervals_of([metric.measure(rows)], 20_000, metric.bounds)
    assert interval is not None
    assert interval.high == 1.0
