"""A booster's contributions to its margins, taken through the objective's link."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.links import Floats, Link, softmax, total

_NODES, _WEIGHTS = (part.tolist() for part in np.polynomial.legendre.leggauss(32))
"""Of Gauss-Legendre, exact for polynomials up to degree 63."""


@dataclass(frozen=True)
class Sums:
    """Base (rows,) and values (columns, rows) of one output."""

    base: Floats
    values: Floats

    def turned(self, against: NDArray[np.bool_]) -> "Sums":
        """Speak for the other of two classes where it is the one that was predicted."""
        return Sums(
            np.where(against, 1.0 - self.base, self.base),
            np.where(against, -self.values, self.values),
        )


@dataclass(frozen=True)
class Margins:
    """One booster's contributions to its margins, by column of the user.

    Attributes
    ----------
    base : (outputs, rows).
    values : (outputs, columns, rows).
    """

    link: Link | None
    """None is softmax."""
    base: Floats
    values: Floats

    def corrected(self, slope: float, intercept: float) -> "Margins":
        """Correct the margins as a decision corrects the log odds or logarithms they stand for."""
        return Margins(self.link, slope * self.base + intercept, slope * self.values)

    def outputs(self) -> list[Sums]:
        """Return the contributions to each number that the booster predicts."""
        if self.link:
            margin = self.base[0] + total(self.values[0])
            base, slope = self.link(self.base[0], margin)
            return [Sums(base, self.values[0] * slope)]
        values = np.zeros_like(self.values)
        for weight, odds, mean in self._along():
            for number, own in enumerate(self.values):
                values[number] += weight * odds[number] * (own - mean)
        return [Sums(base, own) for base, own in zip(softmax(self.base), values, strict=True)]

    def chosen(self, classes: NDArray[np.intp]) -> Sums:
        """Return the contributions to one class's probability in each row."""
        rows = np.arange(len(classes))
        own = self.values[classes, :, rows].T
        values = np.zeros_like(own)
        for weight, odds, mean in self._along():
            values += weight * odds[classes, rows] * (own - mean)
        return Sums(softmax(self.base)[classes, rows], values)

    def _along(self) -> Iterator[tuple[float, Floats, Floats]]:
        """Go along the line from base to margins by Gauss-Legendre.

        Yields
        ------
        The node's weight, the classes' probabilities there (classes, rows), and the mean of the
        classes' contributions by them (columns, rows): softmax's derivative by a class's margin
        is p_k ([k = j] - p_j).
        """
        gone = np.stack([total(own) for own in self.values])
        for node, weight in zip(_NODES, _WEIGHTS, strict=True):
            odds = softmax(self.base + gone * (node + 1) / 2)
            mean = total(own * odd for own, odd in zip(self.values, odds, strict=True))
            yield weight / 2, odds, mean


def mean(parts: list[Sums]) -> Sums:
    """Return the mean of boosters, which is what an ensemble predicts."""
    count = len(parts)
    return Sums(
        total(part.base for part in parts) / count, total(part.values for part in parts) / count
    )
