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
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.documents.scoring.decision import ChosenFor
from pipeline.settings import Costs
from pipeline.vocabulary import THRESHOLD
from pipeline.wording import probability
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
_DIGITS = range(3, 7)
_LEAST = 2.0**-53
_NOISE = 2.0**-22
"""Of a probability, by which it may be another elsewhere: 32-bit floats are written as decimals of
half their last bit, and a correction ends in another bit in numpy than in math."""
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
        alarm, miss = self.costs["false_alarm"], self.costs["miss"]
        return float(probability(min(max(alarm / (alarm + miss), _LEAST), 1 - _LEAST)))

    @property
    def unseen(self) -> tuple[float, float]:
        """Of the false alarms and the misses of a threshold, how many more to reckon with.

        Of an error that no row shows there may still be one, and up to three with 95 % confidence
        (Hanley and Lippman-Hand, JAMA 249, 1983, 1743-1745), as of a Poisson number of mean 1.
        Where both errors cost the same, those that are seen say as much of it.
        """
        alarm, miss = self.costs["false_alarm"], self.costs["miss"]
        return max(0.0, 1 - miss / alarm), max(0.0, 1 - alarm / miss)

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
    levels = _Levels(predicted)
    if aim.chosen_for == "f1":
        chosen = levels.short(_expected_best(levels))
    else:
        chosen = levels.clear(aim.usual)
    ours = predicted >= chosen
    if _is_better(truth, _held_out(truth, predicted, aim), ours, aim):
        return levels.short(_by_labels(truth, levels, aim))
    if _is_better(truth, predicted >= THRESHOLD, ours, aim):
        return THRESHOLD
    return chosen


def value_of(truth: Floats, positive: Rows, aim: Aim) -> float:
    """Return what an aim is of rows that count as positive or not."""
    hits, alarms = float(truth[positive].sum()), float((1 - truth[positive]).sum())
    counts = (hits, alarms, float(truth.sum()), float(len(truth)))
    return float(aim.of(*(np.array([count]) for count in counts))[0])


class _Levels:
    """The probabilities of rows, those as one that are the same but for noise.

    Attributes
    ----------
    rows : (rows,), as they are.
    low, high : (levels,), the least and the largest of each level, ascending.
    counts : (levels,), its rows.
    """

    def __init__(self, rows: Floats) -> None:
        ascending = np.sort(rows)
        begins = np.r_[True, np.diff(ascending) > _NOISE * ascending[1:]]
        self.rows = rows
        self.low: Floats = ascending[begins]
        self.high: Floats = ascending[np.r_[begins[1:], True]]
        self.counts = np.diff(np.r_[np.flatnonzero(begins), len(rows)])

    @cached_property
    def floors(self) -> Floats:
        """(levels,), the middle between each level and the next lower one."""
        floors: Floats = (self.low + np.r_[0.0, self.high[:-1]]) / 2
        return floors

    def below(self, threshold: float) -> float:
        """Return the floor of the lowest level that a threshold counts as positive."""
        at = int(np.searchsorted(self.high, threshold * (1 - _NOISE / 2)))
        return float(self.floors[min(at, len(self.floors) - 1)])

    def clear(self, threshold: float) -> float:
        """Return a threshold that no level is at, moved down by no more than that takes.

        What is a 32-bit float itself lies between the same of them in whatever digits.
        """
        if float(np.float32(threshold)) == threshold or not self._at(threshold):
            return threshold
        at = int(np.searchsorted(self.high, threshold * (1 - _NOISE)))
        return float(max(self.floors[at], self.low[at] * (1 - 4 * _NOISE)))

    def short(self, threshold: float) -> float:
        """Write a threshold with few digits where that moves few rows, and none is at it."""
        wanted = self.rows >= threshold
        for digits in _DIGITS:
            short = float(probability(threshold, digits))
            moved = ((self.rows >= short) != wanted).mean()
            if moved < 0.25 / _LEVELS and not self._at(short):
                return short
        return threshold

    def _at(self, threshold: float) -> bool:
        at = int(np.searchsorted(self.high, threshold * (1 - _NOISE)))
        return at < len(self.low) and bool(self.low[at] <= threshold * (1 + _NOISE))


def _expected_best(levels: _Levels) -> float:
    """Return the threshold of the best F1 to be expected if the probabilities are right."""
    hits = np.cumsum((levels.low * levels.counts)[::-1])
    values = 2 * hits / (np.cumsum(levels.counts[::-1]) + hits[-1])
    return float(levels.floors[::-1][int(values.argmax())])


def _held_out(truth: Floats, predicted: Floats, aim: Aim) -> Rows:
    """Return which rows count as positive by the threshold that is best for the other rows."""
    fold = np.arange(len(truth)) % _FOLDS
    np.random.default_rng(_SEED).shuffle(fold)
    positive = np.zeros(len(truth), dtype=bool)
    for number in range(_FOLDS):
        out = fold == number
        others = _Levels(predicted[~out])
        positive[out] = predicted[out] >= _by_labels(truth[~out], others, aim)
    return positive


def _by_labels(truth: Floats, levels: _Levels, aim: Aim) -> float:
    """Return the median of the thresholds that are best in resamples of the rows.

    Rows are counted by groups of like probability: a row that is drawn a Poisson number of times
    makes such numbers of a group's positives and negatives, however many rows there are.
    """
    predicted = levels.rows
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
    return levels.below(float(np.median(edges[::-1][values.argmax(axis=1)])))


def _is_better(truth: Floats, theirs: Rows, ours: Rows, aim: Aim) -> bool:
    """Tell whether one way of counting rows as positive beats another beyond noise."""
    cell = 4 * truth.astype(np.intp) + 2 * theirs + ours
    counts = np.bincount(cell, minlength=8).astype(np.float64)
    for kind, alone, unseen in zip((2, 5), (theirs > ours, ours > theirs), aim.unseen, strict=True):
        counts[kind] += unseen * bool(alone.any())
    drawn = np.random.default_rng(_SEED + 1).poisson(counts, (_REPLICATES, 8)).astype(np.float64)
    positives, rows = drawn[:, 4:].sum(axis=1), drawn.sum(axis=1)
    mine = aim.of(drawn[:, [5, 7]].sum(axis=1), drawn[:, [1, 3]].sum(axis=1), positives, rows)
    other = aim.of(drawn[:, [6, 7]].sum(axis=1), drawn[:, [2, 3]].sum(axis=1), positives, rows)
    return bool(np.quantile(other - mine, RISK) > 0)
