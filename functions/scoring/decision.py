"""A model's decision: its probabilities corrected, and from which one a row is positive.

In plain Python for single rows, since what joins predictions and rows has no numpy.
"""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.documents.scoring import decision
from pipeline.vocabulary import THRESHOLD

LEAST, MOST = 1e-15, 1 - 2.0**-25
"""Nearer to 0 and 1 probabilities as 32-bit floats are 0 and 1, whose log odds are infinite."""
_DIGITS = 7


@dataclass(frozen=True)
class Decision:
    """How the numbers that a model answers are read.

    Attributes
    ----------
    threshold : a binary row counts as positive from this corrected probability on.
    slope, intercept : of the correction (pipeline.documents.scoring.decision); 1 and 0 are none.
    """

    threshold: float = THRESHOLD
    slope: float = 1.0
    intercept: float = 0.0

    @classmethod
    def of_document(cls, document: decision.Decision | None) -> "Decision":
        """Read decision.json; None is of a model that has none, as those of earlier versions."""
        if document is None:
            return cls()
        known = document["calibration"]
        if known is None:
            return cls(document["threshold"])
        return cls(document["threshold"], known["slope"], known["intercept"])

    @functools.cached_property
    def corrects(self) -> bool:
        """Whether probabilities are other than the model's."""
        return (self.slope, self.intercept) != (1.0, 0.0)

    def of_two(self, positive: float) -> float:
        """Correct the probability of the second of two classes."""
        if not self.corrects:
            return positive
        inner = LEAST if positive < LEAST else MOST if positive > MOST else positive
        return _sigmoid(self.slope * math.log(inner / (1 - inner)) + self.intercept)

    def of_many(self, probabilities: Sequence[float]) -> list[float]:
        """Correct the probabilities of several classes."""
        if not self.corrects:
            return list(probabilities)
        logs = [self.slope * math.log(max(one, LEAST)) for one in probabilities]
        largest = max(logs)
        odds = [math.exp(one - largest) for one in logs]
        whole = sum(odds)
        return [one / whole for one in odds]


def rounded(probability: float) -> float:
    """Keep the digits that a 32-bit float has; those beyond say nothing."""
    return float(f"{probability:.{_DIGITS}g}")


def _sigmoid(margin: float) -> float:
    if margin >= 0:
        return 1 / (1 + math.exp(-margin))
    odds = math.exp(margin)
    return odds / (1 + odds)
