"""A challenger passes for equal if the rows show it, not because they show nothing."""

from typing import Any

import numpy as np
import pytest

from bench.intervals.models import FAMILIES, Family
from bench.intervals.promotion import KINDS, outcomes
from evaluate.metrics import intervals
from evaluate.metrics.baseline import naive
from evaluate.metrics.intervals import sample_of
from evaluate.metrics.measures import value_of
from evaluate.metrics.scored import METRICS, Scored
from evaluate.verdict.judgement import Judgement, Rivals, judge
from evaluate.verdict.margin import Shown, _rows, shown
from evaluate.verdict.rule import Rule

AUC, RMSE, LOG_LOSS = FAMILIES


def judged(name: str, champion: Scored, challenger: Scored) -> Judgement:
    return judge(METRICS[name], challenger, Rivals(champion, challenger), Rule(), "newer")


def around(error: float, spread: float, rows: int, seed: int = 0, scale: float = 1.0) -> Any:
    """Return a target of standard deviation `spread` and errors of exactly this RMSE."""
    draw = np.random.default_rng(seed)
    truth, errors = draw.normal(size=(2, rows))
    truth = (truth - truth.mean()) / truth.std() * spread
    return scale * truth, scale * errors / np.sqrt((errors**2).mean()) * error


@pytest.mark.parametrize("rows", [15, 30, 100])
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.metric)
def test_clearly_worse_models_are_promoted_in_less_than_one_of_ten_samples(
    family: Family, rows: int
) -> None:
    """A sample of the table of bench.intervals; without the margin up to 92 % are promoted."""
    assert outcomes(family, "clearly worse", rows, 150).get("approved", 0) <= 0.1


@pytest.mark.parametrize(
    ("family", "rows", "better", "equal"),
    [(AUC, 100, 0.9, 0.8), (RMSE, 30, 0.9, 0.85), (LOG_LOSS, 100, 0.9, 0.85)],
    ids=lambda value: getattr(value, "metric", None),
)
def test_better_and_equal_models_are_promoted_where_rows_suffice(
    family: Family, rows: int, better: float, equal: float
) -> None:
    assert outcomes(family, "clearly better", rows, 150)["approved"] >= better
    assert outcomes(family, "equal", rows, 150)["approved"] >= equal


@pytest.mark.parametrize("rows", [10, 15])
@pytest.mark.parametrize("metric", ["auc", "accuracy"])
def test_ranks_that_agree_on_a_few_rows_are_no_proof(
    metric: str, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Models that share most of their noise often agree on ten rows, though one is worse."""
    alike = Family(metric, 0.9, 0.9, 0.78, AUC.draw)
    monkeypatch.setitem(KINDS, "alike", (lambda family: (family.good, family.bad), 0.9))
    assert outcomes(alike, "alike", rows, 300).get("approved", 0) <= 0.05


def same_ranks(times: int, size: int = 1) -> Judgement:
    """Compare models that rank so many times 24 rows, in groups of a size, alike: AUC 0.93."""
    truth = np.tile(np.repeat([0.0, 1.0], 12), times)
    scores = np.tile(np.linspace(0, 0.7, 24) + 0.2 * np.tile([0, 1.0], 12), times)
    scores = np.where(np.arange(len(truth)) % 12 == 3, 0.45, scores)
    groups = np.arange(len(truth)) // size if size > 1 else None
    champion, challenger = (
        Scored("binary", truth, one, "ny", groups) for one in (scores, scores**2)
    )
    return judged("auc", champion, challenger)


@pytest.mark.parametrize(("times", "within"), [(2, False), (3, True)])
def test_the_same_ranks_show_something_only_of_enough_rows(times: int, within: bool) -> None:
    """Of 48 and of 72 rows: the margin of 0.036 needs 2.3 / 0.036 of them."""
    found = same_ranks(times)
    assert found.shown is not None
    assert found.shown.margin is not None
    wanted = -np.log(0.1) / found.shown.margin
    assert 48 < wanted < 72
    assert (found.shown.within, found.finding) == (within, "equal" if within else "undecided")
    assert (found.shown.rows is None) == within
    assert within or found.shown.rows == int(np.ceil(wanted))


def test_the_same_ranks_of_groups_show_something_only_of_enough_groups() -> None:
    """72 rows of 36 groups, where 64 would do."""
    found = same_ranks(3, size=2)
    assert found.shown is not None
    assert found.shown.margin is not None
    assert found.finding == "undecided"
    assert found.shown.rows == pytest.approx(-np.log(0.1) / found.shown.margin * 2, rel=0.05)


def test_rows_that_would_tell_are_not_fewer_for_one_that_seems_better() -> None:
    assert _rows(100, -0.05, [0.1], [0.3]) == _rows(100, 0.0, [0.1], [0.3]) is not None


@pytest.mark.parametrize("rows", [12, 12_000])
def test_the_very_same_predictions_are_equal_on_any_rows(rows: int) -> None:
    truth = np.tile([0.0, 1.0], rows // 2)
    perfect = Scored("binary", truth, truth, "ny")
    same = judged("auc", perfect, Scored("binary", truth, truth.copy(), "ny"))
    assert (same.finding, same.verdict.outcome) == ("equal", "approved")
    assert same.shown == Shown(True, None)


@pytest.mark.parametrize(
    ("error", "spread", "margin"),
    [(0.5, 1.0, 0.125), (0.9, 1.0, 0.025), (0.1, 1.0, 0.05), (1.1, 1.0, None)],
)
@pytest.mark.parametrize("scale", [1.0, 1000.0])
def test_margin_is_a_quarter_of_the_gain_or_half_of_the_loss(
    error: float, spread: float, margin: float | None, scale: float
) -> None:
    truth, errors = around(error, spread, 400, scale=scale)
    champion, challenger = (
        Scored("regression", truth, truth + e) for e in (errors, errors[::-1].copy())
    )
    found = judged("rmse", champion, challenger)
    assert found.shown is not None
    assert found.shown.margin == (margin and pytest.approx(scale * margin))
    if margin is None:
        assert (found.finding, found.shown.rows) == ("undecided", None)


def test_margin_of_a_share_counts_from_one_downwards() -> None:
    draw = np.random.default_rng(3)
    champion, challenger = AUC.draw(draw, 2000, (0.95, 0.95), 0.9)
    found = judged("auc", champion, challenger)
    value = found.champion_value
    assert value is not None
    assert found.shown is not None
    assert found.shown.margin == pytest.approx(0.5 * (1 - value))


@pytest.mark.parametrize("limit", [0, 10_000])
def test_both_methods_of_intervals_find_the_same(
    limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intervals, "BOOTSTRAP_ROWS", limit)
    for family in FAMILIES:
        metric = METRICS[family.metric]
        for value, within in ((family.good, True), (family.bad, False)):
            pair = family.draw(np.random.default_rng(4), 400, (family.good, value), 0.9)
            measures = [metric.measure(scored) for scored in (*pair, naive(pair[0], metric))]
            assert shown(metric, sample_of(measures, 400), False).within == within


def test_a_near_perfect_model_is_not_replaced_by_one_of_twice_its_error() -> None:
    """Two models of diamonds: RMSE 434 and 1,061 where the best constant has 3,989."""
    truth, errors = around(434, 3989, 100)
    _, others = around(1061, 3989, 100, seed=1)
    found = judged(
        "rmse",
        Scored("regression", truth, truth + errors),
        Scored("regression", truth, truth + others),
    )
    assert found.verdict.outcome != "approved"
    assert found.shown == Shown(False, pytest.approx(217), found.shown and found.shown.rows)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.metric)
def test_rows_that_are_said_to_settle_it_do_in_most_samples(family: Family) -> None:
    """Of two equal models: the median of what 15 to 30 rows say shows them equal, four in five."""
    told = []
    for seed in range(60):
        champion, challenger = family.draw(
            np.random.default_rng(seed), 25, (family.good, family.good), 0.9
        )
        found = judged(family.metric, champion, challenger)
        if found.finding == "undecided" and found.shown and found.shown.rows:
            told.append(found.shown.rows)
    assert len(told) >= 3
    wanted = int(np.median(told))
    settled = outcomes(family, "equal", wanted, 60)
    assert settled.get("pending", 0) <= 0.25


def test_reason_says_how_many_rows_would_tell() -> None:
    champion, challenger = AUC.draw(np.random.default_rng(1), 20, (0.85, 0.84), 0.5)
    found = judged("auc", champion, challenger)
    assert found.finding == "undecided"
    assert found.shown is not None
    assert found.verdict.outcome == "pending"
    assert found.verdict.reason == (
        f"20 test rows do not tell whether it is nearly as good, about {found.shown.rows:,} would"
    )


def test_families_have_the_values_that_they_say() -> None:
    for family in FAMILIES:
        metric = METRICS[family.metric]
        pair = family.draw(np.random.default_rng(9), 40_000, (family.good, family.bad), 0.5)
        good, bad = (value_of(metric.measure(one), one.rows) for one in pair)
        assert (good, bad) == pytest.approx((family.good, family.bad), abs=0.01)
