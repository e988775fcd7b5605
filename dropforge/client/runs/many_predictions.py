"""The texts of very many predictions at once: exactly those that `Words` makes one by one.

Additions, products and comparisons are NumPy's, which are IEEE 754's as Python's are;
logarithms and exponentials, in whose last bit libraries differ, are Python's own.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from scoring.decision import LEAST, MOST, Decision
from scoring.words import Words, seven_digits

_FIXED = (1.1e-4, 0.999999)
"""Between these a number of seven digits is written as ``0.`` and digits."""

_Numbers = npt.NDArray[np.float64]


def columns_of_two(words: Words, lines: Sequence[str]) -> list[list[str]]:
    """Return the columns that `Words.fields` fills for two classes, without the second.

    Parameters
    ----------
    lines : of batch transform, each the probability of class 1.

    Raises
    ------
    ValueError
        A line is no number.
    """
    decision, (no, yes) = words.decision, words.classes
    positive = np.fromiter(map(float, lines), np.float64, len(lines))
    if decision.corrects:
        positive = _corrected(decision, positive)
    predicted = [yes if is_yes else no for is_yes in (positive >= decision.threshold).tolist()]
    if decision.corrects:
        own = _texts(positive)
        positive = np.fromiter(map(float, own), np.float64, len(own))
    else:
        own = list(map(str, positive.tolist()))
    return [predicted, _texts(1 - positive), own]


def _corrected(decision: Decision, positive: _Numbers) -> _Numbers:
    """Do what `Decision.of_two` does."""
    inner = np.where(positive < LEAST, LEAST, np.where(positive > MOST, MOST, positive))
    odds = _each(math.log, inner / (1 - inner))
    margins = decision.slope * odds + decision.intercept
    least = _each(math.exp, -np.abs(margins))
    return np.where(margins >= 0, 1 / (1 + least), least / (1 + least))


def _each(function: Callable[[float], float], numbers: _Numbers) -> _Numbers:
    return np.fromiter(map(function, numbers.tolist()), np.float64, len(numbers))


def _texts(numbers: _Numbers) -> list[str]:
    texts = list(map("{:.7g}".format, numbers.tolist()))
    usual = (numbers > _FIXED[0]) & (numbers < _FIXED[1])
    for place in np.flatnonzero(~usual).tolist():
        texts[place] = seven_digits(float(numbers[place]))
    return texts
