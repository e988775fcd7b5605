"""Metrics as functions of row weights.

Each measure is written once, for weighted rows: with weights of one it is the
reported value, with resampled counts a bootstrap replicate, and its gradient
with respect to the weights gives the analytic interval (see intervals.py).
The values agree with scikit-learn's to 1e-9; tests/unit/evaluate holds them to it.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Groups = NDArray[np.intp]
"""(rows,), the number of each row's group, from 0 without a gap."""
Goal = Literal["min", "max"]

EPSILON = float(np.finfo(np.float64).eps)
_ROUNDING = 1e-9


class Measure(Protocol):
    """A metric of one model on fixed test rows."""

    def weighted(self, weights: Floats) -> Floats:
        """Return the metric of each replicate.

        Parameters
        ----------
        weights : (replicates, rows), each >= 0.

        Returns
        -------
        (replicates,); NaN where the metric is not defined.
        """

    def gradient(self) -> Floats:
        """Return the derivative by each row's weight, (rows,), at weights of one."""


def value_of(measure: Measure, rows: int) -> float:
    """Return the metric on all rows, each counted once; NaN if it is not defined."""
    return float(measure.weighted(np.ones((1, rows)))[0])


@dataclass(frozen=True)
class Mean:
    """The mean of one value a row: MAE, accuracy, log loss, Brier score."""

    values: Floats

    def weighted(self, weights: Floats) -> Floats:
        """See Measure."""
        means: Floats = (weights @ self.values) / weights.sum(axis=1)
        return means

    def gradient(self) -> Floats:
        """See Measure."""
        gradient: Floats = (self.values - self.values.mean()) / self.values.size
        return gradient


@dataclass(frozen=True)
class RootMean:
    """The square root of the mean of one value a row: RMSE."""

    values: Floats

    def weighted(self, weights: Floats) -> Floats:
        """See Measure."""
        return np.sqrt(Mean(self.values).weighted(weights))

    def gradient(self) -> Floats:
        """See Measure."""
        root = float(np.sqrt(self.values.mean()))
        return Mean(self.values).gradient() / (2 * root) if root else np.zeros(self.values.size)


@dataclass(frozen=True)
class RSquared:
    """The coefficient of determination, 1 - residual / total sum of squares.

    Not defined on a single row.
    A constant truth gives 1 for a perfect prediction and else 0, as
    scikit-learn's r2_score does with force_finite.
    """

    truth: Floats
    predicted: Floats

    def weighted(self, weights: Floats) -> Floats:
        """See Measure."""
        centred = self.truth - self.truth.mean()
        residual = weights @ (self.truth - self.predicted) ** 2
        second = weights @ centred**2
        total = second - (weights @ centred) ** 2 / weights.sum(axis=1)
        # Rounding hides a replicate whose rows all have one truth: look at its rows.
        flat = total <= _ROUNDING * second
        flat[flat] = _is_flat(self.truth, weights[flat])
        ratio = np.divide(residual, total, out=np.ones_like(residual), where=~flat)
        ratio[flat & (residual == 0)] = 0.0
        scores: Floats = 1 - ratio
        return scores if self.truth.size > 1 else np.full_like(scores, np.nan)

    def gradient(self) -> Floats:
        """See Measure."""
        residual = (self.truth - self.predicted) ** 2
        spread = (self.truth - self.truth.mean()) ** 2
        total = spread.sum()
        if np.ptp(self.truth) == 0:
            return np.zeros(self.truth.size)
        gradient: Floats = -(residual * total - residual.sum() * spread) / total**2
        return gradient


def _is_flat(truth: Floats, weights: Floats) -> NDArray[np.bool_]:
    low = np.min(np.where(weights > 0, truth, np.inf), axis=1)
    high = np.max(np.where(weights > 0, truth, -np.inf), axis=1)
    flat: NDArray[np.bool_] = low == high
    return flat


@dataclass(frozen=True)
class Balance:
    """F1, averaged over classes: the mean of 2 TP / (2 TP + FP + FN).

    Macro F1 averages over the classes that occur in the truth or among the
    predictions, as scikit-learn's f1_score does; with a single class it is F1.
    """

    truth: NDArray[np.intp]
    """(rows,), class indices."""
    chosen: NDArray[np.intp]
    """(rows,), indices of the predicted classes."""
    classes: slice
    """The classes that count."""
    known: int
    """How many classes there are."""

    def _counts(self, weights: Floats) -> tuple[Floats, Floats]:
        """Return TP, and 2 TP + FP + FN, of every class for the weights of one replicate."""
        right = np.where(self.truth == self.chosen, weights, 0.0)
        hits: Floats = np.bincount(self.truth, right, self.known).astype(np.float64)
        marks: Floats = np.bincount(self.truth, weights, self.known).astype(np.float64)
        return hits, marks + np.bincount(self.chosen, weights, self.known)

    def weighted(self, weights: Floats) -> Floats:
        """See Measure."""
        return np.array([self._score(row) for row in weights])

    def _score(self, weights: Floats) -> float:
        hits, marks = (counts[self.classes] for counts in self._counts(weights))
        used = marks > 0
        return float((2 * hits[used] / marks[used]).sum() / max(used.sum(), 1))

    def gradient(self) -> Floats:
        """See Measure."""
        hits, marks = self._counts(np.ones(self.truth.size))
        counted = np.zeros(self.known, dtype=bool)
        counted[self.classes] = True
        counted &= marks > 0
        inverse = np.divide(2, marks, out=np.zeros(self.known), where=counted)
        loss = hits * inverse**2 / 2
        gain = np.where(self.truth == self.chosen, inverse[self.truth], 0.0)
        gradient: Floats = (gain - loss[self.truth] - loss[self.chosen]) / max(counted.sum(), 1)
        return gradient


def log_losses(given: Floats) -> Floats:
    """Return each row's log loss in nats.

    Parameters
    ----------
    given : (rows,), the probability of the true class, clipped here to [eps, 1 - eps] as
        scikit-learn's log_loss does.
    """
    return -np.log(np.clip(given, EPSILON, 1 - EPSILON))
