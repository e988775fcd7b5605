"""The promotion rule: from finding, data and settings to the outcome."""

from typing import Any

import pytest

from evaluate.metrics.intervals import Interval
from evaluate.metrics.scored import METRICS
from evaluate.verdict.margin import Shown
from evaluate.verdict.rule import (
    ASKED_ANEW,
    NO_BETTER,
    NotCompared,
    Rule,
    decide,
    finding_of,
    still_open,
)
from pipeline.vocabulary import DataAge

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
        (0.9, Rule(), UNFIT, "newer", "pending"),
        (0.9, Rule(), UNFIT, "same", "pending"),
        (0.9, Rule(minimum=0.8), UNFIT, "newer", "pending"),
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
        # Nobody said what to predict: whatever the metric, a person does.
        (0.9, Rule(target_by="settings"), None, "newer", "approved"),
        (0.9, Rule(target_by="name"), None, "newer", "approved"),
        (0.9, Rule(target_by="names"), None, "newer", "pending"),
        (0.9, Rule(target_by="last"), None, "newer", "pending"),
        (0.9, Rule(target_by="first"), "better", "newer", "pending"),
        (0.9, Rule(target_by="last"), "worse", "newer", "pending"),
        (0.9, Rule(minimum=0.8, target_by="last"), None, "newer", "pending"),
        (0.9, Rule(minimum=0.95, target_by="last"), None, "newer", "pending"),
        (None, Rule(target_by="last"), None, "newer", "pending"),
        (0.9, Rule("never", target_by="last"), None, "newer", "kept_champion"),
        # The data is in doubt: nothing is approved, and what is not stays as it is.
        (0.9, Rule(doubt="so"), None, "newer", "pending"),
        (0.9, Rule(minimum=0.8, doubt="so"), "better", "newer", "pending"),
        (0.9, Rule(doubt="so"), "worse", "newer", "kept_champion"),
    ],
)
def test_the_rule(value: Any, rule: Rule, against: Any, data: DataAge, outcome: str) -> None:
    verdict = decide(METRICS["auc"], value, rule, against, data, 0.5)
    assert verdict.outcome == outcome


def test_minimum_of_an_error_metric_is_an_upper_limit() -> None:
    rmse = METRICS["rmse"]
    assert decide(rmse, 3.0, Rule(minimum=2.9), None, "newer", 9).outcome == "below_minimum"
    assert decide(rmse, 2.9, Rule(minimum=2.9), None, "newer", 9).outcome == "approved"


@pytest.mark.parametrize(
    ("name", "low", "high", "within", "finding"),
    [
        ("auc", 0.1, 0.2, False, "better"),
        ("auc", -0.2, -0.1, True, "worse"),
        ("rmse", 0.1, 0.2, True, "worse"),
        ("rmse", -0.2, -0.1, False, "better"),
        ("auc", 0.0, 0.2, True, "equal"),
        ("auc", -0.1, 0.2, True, "equal"),
        ("auc", -0.1, 0.2, False, "undecided"),
        ("auc", 0.0, 0.0, False, "undecided"),
    ],
)
def test_finding_of_an_interval_around_zero_goes_by_the_margin(
    name: str, low: float, high: float, within: bool, finding: str
) -> None:
    assert finding_of(METRICS[name], Interval(low, high, "bootstrap"), within) == finding


def test_finding_without_an_interval_is_undecided() -> None:
    assert finding_of(METRICS["auc"], None, within=True) == "undecided"


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (None, "these test rows are too few to compare it with the model in use"),
        (Shown(False, None), "30 test rows do not tell whether it is nearly as good"),
        (
            Shown(False, 0.1, 1200),
            "30 test rows do not tell whether it is nearly as good, about 1,200 would",
        ),
    ],
)
def test_open_comparison_says_how_many_rows_would_settle_it(shown: Shown | None, said: str) -> None:
    reason = still_open(30, shown)
    assert reason == said
    verdict = decide(METRICS["auc"], 0.9, Rule(), "undecided", "newer", 0.5, reason)
    assert (verdict.outcome, verdict.reason) == ("pending", said)


ASKED = Rule(doubt="rows may be copies")


def test_decide_with_a_question_about_the_file_asks_before_it_promotes() -> None:
    verdict = decide(METRICS["auc"], 0.9, ASKED, "better", "newer", 0.5)
    assert (verdict.outcome, verdict.reason) == ("pending", "rows may be copies")


def test_decide_with_a_question_keeps_what_is_no_promotion_anyway() -> None:
    assert decide(METRICS["auc"], 0.9, ASKED, "worse", "newer", 0.5).outcome == "kept_champion"
    assert decide(METRICS["auc"], 0.4, ASKED, None, "newer", 0.5).reason == NO_BETTER


def test_pending_model_says_what_a_person_is_to_look_at() -> None:
    auc = METRICS["auc"]
    guessed = decide(auc, 0.9, Rule(target_by="last", doubt="so"), None, "newer", 0.5)
    assert guessed.reason == "nobody said that this is what to predict"
    doubted = decide(auc, 0.9, Rule(doubt="its target is odd"), None, "newer", 0.5)
    assert doubted.reason == "its target is odd"
    unfit = decide(auc, 0.9, Rule(), UNFIT, "newer", 0.5)
    assert unfit.reason == "it could not be compared with the model in use (so)"


@pytest.mark.parametrize(
    ("against", "data", "outcome"),
    [
        ("equal", "same", "pending"),
        ("undecided", "same", "pending"),
        ("better", "same", "approved"),
        ("worse", "same", "kept_champion"),
        ("equal", "not newer", "kept_champion"),
        ("equal", "newer", "approved"),
    ],
)
def test_same_file_asked_anew_does_not_keep_the_old_decision(
    against: Any, data: DataAge, outcome: str
) -> None:
    verdict = decide(METRICS["cost"], 9, Rule(), against, data, 99, anew=True)
    assert verdict.outcome == outcome
    assert (verdict.reason == ASKED_ANEW) is (outcome == "pending")
