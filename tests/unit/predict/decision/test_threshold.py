"""A threshold is best for what is asked, steady with few rows, and right with many."""

from typing import Any

import numpy as np
import pytest

from bench.thresholds.__main__ import AIMS, FAMILIES, drawn
from predict.decision import threshold as module
from predict.decision.threshold import Aim, threshold_of, value_of
from scoring.calibrated import sigmoid

F1, ACCURACY = Aim("f1"), Aim("accuracy")
COST = Aim("cost", {"false_alarm": 1.0, "miss": 5.0})


def sample(rows: int, seed: int = 0, base: float = -2.0, bend: float = 0.0) -> tuple[Any, Any]:
    """Return truth, and probabilities that are right unless they are bent."""
    draw = np.random.default_rng(seed)
    margin = base + 1.5 * draw.standard_normal(rows)
    truth = (draw.random(rows) < sigmoid(margin)).astype(float)
    return truth, sigmoid(margin + bend * np.abs(margin - base))


POPULATION = sample(200_000, 99)


def gained(threshold: float, aim: Aim) -> float:
    """Return how much better than 0.5 a threshold is for a population."""
    truth, predicted = POPULATION
    ours, usual = (value_of(truth, predicted >= at, aim) for at in (threshold, 0.5))
    return ours - usual


@pytest.mark.parametrize("rows", [100, 300, 1_000, 10_000])
def test_f1_is_nearly_the_best_that_any_threshold_has(rows: int) -> None:
    truth, predicted = POPULATION
    best = max(value_of(truth, predicted >= at, F1) for at in np.linspace(0.05, 0.6, 56))
    found = [value_of(truth, predicted >= threshold_of(*sample(rows, n), F1), F1) for n in range(4)]
    assert np.mean(found) > best - 0.02
    assert value_of(truth, predicted >= 0.5, F1) < best - 0.1


@pytest.mark.parametrize("aim", [F1, ACCURACY, COST], ids=["f1", "accuracy", "cost"])
@pytest.mark.parametrize("rows", [30, 100, 1_000])
def test_threshold_is_worse_than_usual_by_no_more_than_noise(rows: int, aim: Aim) -> None:
    gains = [gained(threshold_of(*sample(rows, seed), aim), aim) for seed in range(12)]
    assert np.mean(gains) > -0.002
    assert np.quantile(gains, 0.1) > -0.003


def test_costs_are_the_share_of_a_false_alarm_in_both() -> None:
    assert threshold_of(*sample(1_000), COST) == pytest.approx(1 / 6, abs=0.005)
    assert threshold_of(np.zeros(0), np.zeros(0), COST) == 0.167
    dear = Aim("cost", {"false_alarm": 9.0, "miss": 1.0})
    assert threshold_of(*sample(1_000), dear) == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize(
    ("alarm", "miss", "right"),
    [
        (1, 500, 0.002),
        (1, 249, 0.004),
        (500, 1, 0.998),
        (5_000, 1, 0.9998),
        (1, 1e12, 1e-12),
        (1e12, 1e-9, 1.0),
        (1e-300, 1e12, 0.0),
        (1, 1, 0.5),
    ],
)
def test_costs_keep_their_threshold_whatever_the_rows(
    alarm: float, miss: float, right: float
) -> None:
    """100 rows, none of them near the threshold, say nothing of rows that are."""
    aim = Aim("cost", {"false_alarm": float(alarm), "miss": float(miss)})
    truth = (np.arange(100) % 4 == 0).astype(float)
    found = threshold_of(truth, np.where(truth == 1, 0.6, 0.03), aim)
    assert found == pytest.approx(right, rel=0.003, abs=1e-15)
    assert min(found, 1 - found) == pytest.approx(min(aim.usual, 1 - aim.usual))
    assert 0 < found < 1


SHIFTS = (1 - 2.0**-24, 1.0, 1 + 2.0**-24)
"""By which the decimals of a 32-bit float may differ from itself."""


def tied(*levels: float) -> tuple[Any, Any]:
    """Return groups of 40 rows at levels of 32-bit floats, the upper half of them positive."""
    own = np.repeat(np.float32(levels).astype(float), 40)
    return (np.arange(len(own)) >= len(own) / 2).astype(float), own


@pytest.mark.parametrize("aim", [F1, ACCURACY, COST], ids=["f1", "accuracy", "cost"])
@pytest.mark.parametrize(
    "levels",
    [
        (0.0123, 0.123456, 0.1301, 0.7),
        (0.3, 0.7, 0.71, 0.9),
        (0.1, 0.2, 0.3, 0.4),
        (0.60001, 0.60002, 0.9999999, 1.0),
        (0.0, 0.1, 0.1234567, 0.1234568),
        (0.165, 0.166, 0.167, 0.168),
    ],
)
def test_no_level_is_at_the_threshold(aim: Aim, levels: tuple[float, ...]) -> None:
    """What batch transform writes with fewer digits is on the same side as on validation rows."""
    truth, predicted = tied(*levels)
    noisy = predicted * np.resize((1 - 1e-16, 1, 1 + 1e-16), len(predicted))
    for given in (predicted, noisy):
        for found in (threshold_of(truth, given, aim), levels_of_labels(truth, given, aim)):
            sides = {((given * shift) >= found).tobytes() for shift in SHIFTS}
            assert len(sides) == 1
            texts = [float(str(np.float32(value))) >= found for value in given]
            assert texts == (given >= found).tolist()


@pytest.mark.parametrize("aim", [F1, ACCURACY, COST], ids=["f1", "accuracy", "cost"])
def test_last_bits_of_a_correction_are_no_level(aim: Aim) -> None:
    """Of one level the positives are a bit above the negatives; elsewhere they are not."""
    truth = np.tile([0.0, 1.0], 60)
    predicted = np.repeat([0.2, 0.3, 0.7], 40) * np.where(truth == 1, 1 + 2.0**-52, 1.0)
    assert len(np.unique(predicted)) == 6
    assert module._Levels(predicted).counts.tolist() == [40, 40, 40]
    for found in (threshold_of(truth, predicted, aim), levels_of_labels(truth, predicted, aim)):
        assert len({((predicted * shift) >= found).tobytes() for shift in SHIFTS}) == 1


def test_threshold_amid_dense_levels_keeps_the_digits_that_part_them() -> None:
    levels = module._Levels(np.linspace(0.123001, 0.124001, 501))
    assert levels.short(0.1233782) == 0.123378
    assert levels.short(0.5432) == 0.543


def levels_of_labels(truth: Any, predicted: Any, aim: Aim) -> float:
    return module._by_labels(truth, module._Levels(predicted), aim)


def test_costs_at_a_level_move_no_farther_than_noise() -> None:
    """Levels far below say nothing of rows between."""
    aim = Aim("cost", {"false_alarm": 7.0, "miss": 3.0})
    truth, predicted = tied(0.1, 0.2, 0.7, 0.9)
    found = threshold_of(truth, predicted, aim)
    assert 0.6999 < found < 0.7
    assert (predicted >= found).tolist() == (predicted > 0.5).tolist()


@pytest.mark.parametrize(("alarm", "miss"), [(500.0, 1.0), (1.0, 500.0)])
@pytest.mark.parametrize("rows", [100, 1_000])
def test_luck_of_a_few_rows_does_not_beat_what_dear_errors_ask(
    alarm: float, miss: float, rows: int
) -> None:
    aim = Aim("cost", {"false_alarm": alarm, "miss": miss})
    base = -2.0 if alarm > miss else 2.0
    truth, predicted = sample(100_000, 99, base)
    right = value_of(truth, predicted >= aim.usual, aim)
    found = [
        value_of(truth, predicted >= threshold_of(*sample(rows, seed, base), aim), aim)
        for seed in range(25)
    ]
    assert min(found) > 1.5 * right


def test_labels_win_where_probabilities_are_wrong() -> None:
    """All probabilities lie between 0.6 and 1, the positives above 0.9."""
    truth, predicted = sample(4_000)
    skewed = 0.6 + 0.4 * predicted
    for aim in (F1, ACCURACY, COST):
        found = threshold_of(truth, skewed, aim)
        right = threshold_of(truth, predicted, aim)
        ours = value_of(truth, skewed >= found, aim)
        assert ours > value_of(truth, predicted >= right, aim) - 0.02, aim
        assert ours > value_of(truth, skewed >= 0.5, aim) + 0.05, aim


@pytest.mark.parametrize("positives", [0, 1, 4])
def test_few_rows_of_a_class_choose_nothing(positives: int) -> None:
    truth = np.r_[np.ones(positives), np.zeros(200)]
    predicted = np.linspace(0.01, 0.4, len(truth))
    assert threshold_of(truth, predicted, F1) == 0.5
    assert threshold_of(1 - truth, predicted, F1) == 0.5


def test_value_is_that_of_the_rows() -> None:
    truth, positive = np.array([1.0, 1, 1, 0, 0]), np.array([True, True, False, True, False])
    assert value_of(truth, positive, F1) == pytest.approx(2 * 2 / (3 + 3))
    assert value_of(truth, positive, ACCURACY) == pytest.approx(-2 / 5)
    assert value_of(truth, positive, COST) == pytest.approx(-(1 + 5) / 5)


def test_same_rows_have_the_same_threshold_in_any_order() -> None:
    truth, predicted = sample(500)
    turned = np.random.default_rng(0).permutation(500)
    assert threshold_of(truth, predicted, F1) == threshold_of(truth[turned], predicted[turned], F1)


def test_constant_probabilities_and_hinge_have_a_threshold() -> None:
    truth = (np.arange(100) % 4 == 0).astype(float)
    constant = threshold_of(truth, np.full(100, 0.25), F1)
    assert 0 < constant <= 0.25
    hinge = (np.arange(100) % 3 == 0).astype(float)
    assert 0 < threshold_of(truth, hinge, F1) <= 1


def test_bench_measures_what_is_chosen() -> None:
    family = next(one for one in FAMILIES if one.title == "odds times ten, 18 %")
    found = drawn(family, AIMS["F1"], 300, 3)
    truth, predicted = family.population()
    assert found.corrected == 3
    assert (found.losses < -0.3).all()
    assert (found.values > value_of(truth, predicted >= 0.5, F1)).all()


def test_usual_threshold_stands_where_it_is_better_and_labels_tell_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_by_labels", lambda *_: 0.0)
    truth = np.tile([0.0, 0, 0, 1], 25)
    # Negatives whose probability is far too high: right ones would let 0.4 be the best threshold.
    predicted = np.where(truth == 1, 0.8, 0.45)
    assert threshold_of(truth, predicted, F1) == 0.5
