"""From which probability on a row counts as positive: best for F1 or accuracy, or cheapest.

Where probabilities are right, what a threshold gives is known without labels: its true positives
are the sum of the probabilities above it. For costs the best one is then false alarm / (false alarm
+ miss) (Elkan, The Foundations of Cost-Sensitive Learning, 2001), for accuracy 0.5, and for F1 half
of the best F1 (Lipton, Elkan and Naryanaswamy, Thresholding Classifiers to Maximize F1 Score,
2014). That varies from sample to sample far less than the threshold at which the labels of a sample
have their best. The latter is taken only if it is better beyond noise on rows that it was not
chosen by: so probabilities that are wrong in a way that no correction mended do no harm where rows
suffice to see it.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.documents.scoring.decision import ChosenFor
from pipeline.settings import Costs
from pipeline.vocabulary import THRESHOLD
from scoring.links import Floats

LEAST_OF_CLASS = 5
"""Validation rows of either class; with fewer the threshold stays where it is."""
RISK = 0.05
"""How often a threshold that is no better may look so."""
_FOLDS = 5
_REPLICATES = 1_000
_RESAMPLES = 100
"""Of which the median threshold is taken."""
_LEVELS = 250
"""Groups of equally many rows between which thresholds lie; 0.4 % of the rows each."""
_SEED = 20_260_302
_DIGITS = 4
Rows = NDArray[np.bool_]
"""(rows,), which of them count as positive."""


@dataclass(frozen=True)
class Aim:
    """What a threshold is to be best for."""

    chosen_for: ChosenFor
    """f1, accuracy or cost."""
    costs: Costs = field(default_factory=lambda: Costs(false_alarm=1.0, miss=1.0))
    """Of one error each; accuracy counts both alike."""

    @property
    def usual(self) -> float:
        """The threshold that stands without rows: for costs the best one of right probabilities."""
        if self.chosen_for == "f1":
            return THRESHOLD
        return self.costs["false_alarm"] / (self.costs["false_alarm"] + self.costs["miss"])

    def of(self, hits: Floats, alarms: Floats, positives: Floats, rows: Floats) -> Floats:
        """Return the value, of which more is better: F1, or the negative cost a row.

        Parameters
        ----------
        hits, alarms : positives, and negatives, that count as positive.
        positives, rows : all that there are.
        """
        if self.chosen_for == "f1":
            marks = hits + alarms + positives
            return np.divide(2 * hits, marks, out=np.zeros_like(marks), where=marks > 0)
        spent = self.costs["false_alarm"] * alarms + self.costs["miss"] * (positives - hits)
        return -spent / np.maximum(rows, 1)


def threshold_of(truth: Floats, predicted: Floats, aim: Aim) -> float:
    """Choose the threshold of a binary model.

    Parameters
    ----------
    truth : (rows,), 1 for positive.
    predicted : (rows,), corrected probabilities of class 1.
    """
    positives = int(truth.sum())
    if min(positives, len(truth) - positives) < LEAST_OF_CLASS:
        return aim.usual
    expected = _expected_best(predicted) if aim.chosen_for == "f1" else aim.usual
    chosen = _short(expected, predicted)
    ours = predicted >= chosen
    if _is_better(truth, _held_out(truth, predicted, aim), ours, aim):
        return _short(_by_labels(truth, predicted, aim), predicted)
    if _is_better(truth, predicted >= THRESHOLD, ours, aim):
        return THRESHOLD
    return chosen


def value_of(truth: Floats, positive: Rows, aim: Aim) -> float:
    """Return what an aim is of rows that count as positive or not."""
    hits, alarms = float(truth[positive].sum()), float((1 - truth[positive]).sum())
    counts = (hits, alarms, float(truth.sum()), float(len(truth)))
    return float(aim.of(*(np.array([count]) for count in counts))[0])


def _expected_best(predicted: Floats) -> float:
    """Return the threshold of the best F1 to be expected if the probabilities are right."""
    level = -np.sort(-predicted)
    # Equal probabilities are on one side.
    last = np.flatnonzero(np.r_[level[1:] != level[:-1], True])
    hits = np.cumsum(level)[last]
    values = 2 * hits / (last + 1 + level.sum())
    best = int(values.argmax())
    below = level[last[best + 1]] if best + 1 < len(last) else 0.0
    return float(level[last[best]] + below) / 2


def _held_out(truth: Floats, predicted: Floats, aim: Aim) -> Rows:
    """Return which rows count as positive by the threshold that is best for the other rows."""
    fold = np.arange(len(truth)) % _FOLDS
    np.random.default_rng(_SEED).shuffle(fold)
    positive = np.zeros(len(truth), dtype=bool)
    for number in range(_FOLDS):
        out = fold == number
        positive[out] = predicted[out] >= _by_labels(truth[~out], predicted[~out], aim)
    return positive


def _by_labels(truth: Floats, predicted: Floats, aim: Aim) -> float:
    """Return the median of the thresholds that are best in resamples of the rows.

    Rows are counted by groups of like probability: a row that is drawn a Poisson number of times
    makes such numbers of a group's positives and negatives, however many rows there are.
    """
    edges = np.unique(np.quantile(predicted, np.linspace(0, 1, _LEVELS + 1)))
    # From the group of the largest probabilities down, as the threshold falls.
    group = len(edges) - np.searchsorted(edges, predicted, side="right")
    draw = np.random.default_rng(_SEED)
    hits, alarms = (
        draw.poisson(np.bincount(group, side, len(edges)), (_RESAMPLES, len(edges)))
        .cumsum(axis=1)
        .astype(np.float64)
        for side in (truth, 1 - truth)
    )
    values = aim.of(hits, alarms, hits[:, -1:], hits[:, -1:] + alarms[:, -1:])
    return float(np.median(edges[::-1][values.argmax(axis=1)]))


def _is_better(truth: Floats, theirs: Rows, ours: Rows, aim: Aim) -> bool:
    """Tell whether one way of counting rows as positive beats another beyond noise."""
    cell = 4 * truth.astype(np.intp) + 2 * theirs + ours
    counts = np.bincount(cell, minlength=8)
    drawn = np.random.default_rng(_SEED + 1).poisson(counts, (_REPLICATES, 8)).astype(np.float64)
    positives, rows = drawn[:, 4:].sum(axis=1), drawn.sum(axis=1)
    mine = aim.of(drawn[:, [5, 7]].sum(axis=1), drawn[:, [1, 3]].sum(axis=1), positives, rows)
    other = aim.of(drawn[:, [6, 7]].sum(axis=1), drawn[:, [2, 3]].sum(axis=1), positives, rows)
    return bool(np.quantile(other - mine, RISK) > 0)


def _short(threshold: float, predicted: Floats) -> float:
    """Write a threshold with few digits where that takes no more rows than a level to a side."""
    wanted = predicted >= threshold
    for digits in range(2, _DIGITS + 1):
        short = float(round(threshold, digits))
        if ((predicted >= short) != wanted).mean() < 0.25 / _LEVELS:
            return short
    return threshold
