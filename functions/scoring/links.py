"""From an objective's margins to its predictions, row by row in a fixed order of additions."""

from collections.abc import Callable, Iterable
from functools import reduce

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Link = Callable[[Floats, Floats], tuple[Floats, Floats]]
"""From base and margin to the base's prediction, and the slope of the prediction between them."""
_NEAR = 1e-4
"""Margins nearer than this: the slope between them is as exact as the difference, and stays so."""


def total(parts: Iterable[Floats]) -> Floats:
    """Add arrays one after the other: numpy's own sum goes another way by an array's shape."""
    found: Floats = reduce(np.add, parts)
    return found


def softmax(margins: Floats) -> Floats:
    """Return the classes' probabilities (classes, rows)."""
    odds = np.exp(margins - margins.max(axis=0))
    shares: Floats = odds / total(odds)
    return shares


def _identity(base: Floats, _: Floats) -> tuple[Floats, Floats]:
    return base, np.ones_like(base)


def _exp(base: Floats, margin: Floats) -> tuple[Floats, Floats]:
    gone = margin - base
    with np.errstate(all="ignore"):
        # expm1 keeps the digits of small differences.
        slope = np.where(gone == 0, 1.0, np.expm1(gone) / gone)
        level = np.exp(base)
        return level, level * slope


def _logistic(base: Floats, margin: Floats) -> tuple[Floats, Floats]:
    gone, level = margin - base, _sigmoid(base)
    middle = _sigmoid(base + gone / 2)
    with np.errstate(all="ignore"):
        steep = (_sigmoid(margin) - level) / gone
    return level, np.where(np.abs(gone) < _NEAR, middle * (1 - middle), steep)


def _sigmoid(margin: Floats) -> Floats:
    found: Floats = 0.5 * (1.0 + np.tanh(margin / 2))
    return found


LINKS: dict[str, Link | None] = {
    "reg:squarederror": _identity,
    "reg:linear": _identity,
    "reg:absoluteerror": _identity,
    "reg:pseudohubererror": _identity,
    "reg:squaredlogerror": _identity,
    "count:poisson": _exp,
    "reg:gamma": _exp,
    "reg:tweedie": _exp,
    "reg:logistic": _logistic,
    "binary:logistic": _logistic,
    "multi:softprob": None,
}
"""Of the objectives that a model can have here; others' predictions are classes or ranks."""
