"""How well scores rank positives above negatives: AUC and average precision.

AUC is the probability that a positive's score is above a negative's, ties
counted half; its gradient is the placement values of DeLong, DeLong and
Clarke-Pearson, Biometrics 44 (1988) 837-845, computed from ranks as in Sun and
Xu, IEEE Signal Processing Letters 21 (2014) 1389-1393. Average precision is the
step-wise sum that scikit-learn's average_precision_score takes.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.metrics.measures import Floats


@dataclass(frozen=True)
class Ranking:
    """Test rows from the highest score down, in groups of equal scores."""

    truth: Floats
    """(rows,), 1 for positive, 0 for negative."""
    scores: Floats

    @cached_property
    def rising(self) -> NDArray[np.intp]:
        """Rows by rising score; of equal scores the first row first."""
        found: NDArray[np.intp] = np.argsort(self.scores, kind="stable")
        return found

    @property
    def order(self) -> NDArray[np.intp]:
        """Rows by falling score."""
        return self.rising[::-1]

    @cached_property
    def starts(self) -> NDArray[np.intp]:
        """Where in the order each group of equal scores starts."""
        ordered = self.scores[self.order]
        return np.concatenate([[0], 1 + np.flatnonzero(ordered[1:] != ordered[:-1])])

    @cached_property
    def group(self) -> NDArray[np.intp]:
        """(rows,), the group of each row, in the rows' own order."""
        sizes = np.diff(np.r_[self.starts, self.scores.size])
        group = np.empty(self.scores.size, dtype=np.intp)
        group[self.order] = np.repeat(np.arange(self.starts.size), sizes)
        return group

    @cached_property
    def whole(self) -> tuple[Floats, Floats]:
        """Positives and negatives of each group, (1, groups) each, with every row counted once."""
        return self._grouped(np.float64(1), self.truth[None, self.order])

    def counts(self, weights: Floats) -> tuple[Floats, Floats]:
        """Return positives and negatives of each group, (replicates, groups) each."""
        # What every metric, curve and gradient begins with.
        if len(weights) == 1 and (weights == 1).all():
            return self.whole
        ordered = weights[:, self.order]
        return self._grouped(ordered, ordered * self.truth[self.order])

    def _grouped(self, ordered: Any, positives: Floats) -> tuple[Floats, Floats]:
        negatives = ordered - positives
        if self.starts.size == self.scores.size:
            return positives, negatives
        return (
            np.add.reduceat(positives, self.starts, axis=1),
            np.add.reduceat(negatives, self.starts, axis=1),
        )


@dataclass(frozen=True)
class Auc:
    """The area under the ROC curve."""

    ranking: Ranking

    def weighted(self, weights: Floats) -> Floats:
        """See Measure; NaN where a class is missing."""
        positives, negatives = self.ranking.counts(weights)
        below = negatives.sum(axis=1, keepdims=True) - np.cumsum(negatives, axis=1)
        wins = (positives * (below + negatives / 2)).sum(axis=1)
        pairs = positives.sum(axis=1) * negatives.sum(axis=1)
        areas: Floats = np.divide(wins, pairs, out=np.full_like(wins, np.nan), where=pairs > 0)
        return areas

    def gradient(self) -> Floats:
        """See Measure; scaled so that the sum of squares is DeLong's variance."""
        rows = self.ranking.scores.size
        positives, negatives = (counts[0] for counts in self.ranking.whole)
        total_p, total_n = positives.sum(), negatives.sum()
        if not total_p or not total_n:
            return np.full(rows, np.nan)
        below = total_n - np.cumsum(negatives) + negatives / 2
        above = np.cumsum(positives) - positives / 2
        group, positive = self.ranking.group, self.ranking.truth == 1
        area = float(positives @ below / (total_p * total_n))
        placement = np.where(positive, below[group] / total_n, above[group] / total_p) - area
        total = np.where(positive, total_p, total_n)
        # DeLong divides the variance of the placements by n - 1, not by n.
        gradient: Floats = placement / np.sqrt(total * np.maximum(total - 1, 1))
        return gradient


@dataclass(frozen=True)
class AveragePrecision:
    """The precision at each positive, averaged; 0 without a positive, as in scikit-learn."""

    ranking: Ranking

    def weighted(self, weights: Floats) -> Floats:
        """See Measure."""
        positives, negatives = self.ranking.counts(weights)
        found = np.cumsum(positives, axis=1)
        taken = found + np.cumsum(negatives, axis=1)
        precision = np.divide(found, taken, out=np.zeros_like(found), where=taken > 0)
        total = positives.sum(axis=1)
        area = (positives * precision).sum(axis=1)
        areas: Floats = np.divide(area, total, out=np.zeros_like(area), where=total > 0)
        return areas

    def gradient(self) -> Floats:
        """See Measure."""
        rows = self.ranking.scores.size
        positives, negatives = (counts[0] for counts in self.ranking.whole)
        total = positives.sum()
        if not total:
            return np.zeros(rows)
        found = np.cumsum(positives)
        taken = found + np.cumsum(negatives)
        precision = found / taken
        # A row counts in every group at or after its own.
        as_found = np.cumsum((positives / taken)[::-1])[::-1]
        as_taken = np.cumsum((positives * found / taken**2)[::-1])[::-1]
        group, truth = self.ranking.group, self.ranking.truth
        area = float(positives @ precision / total)
        gradient: Floats = (
            truth * (precision[group] + as_found[group] - area) - as_taken[group]
        ) / total
        return gradient
