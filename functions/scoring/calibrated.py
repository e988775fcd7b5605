"""A model's decision on many rows at once, as scoring.decision has it of one."""

import numpy as np

from scoring.decision import LEAST, MOST, Decision
from scoring.links import Floats


def calibrated(decision: Decision, predicted: Floats) -> Floats:
    """Correct probabilities.

    Parameters
    ----------
    predicted : (rows,), of the second of two classes; (rows, classes) of several.
    """
    if not decision.corrects:
        return predicted
    if predicted.ndim == 2:
        logs = decision.slope * np.log(np.maximum(predicted, LEAST))
        odds = np.exp(logs - logs.max(axis=1, keepdims=True))
        shares: Floats = odds / odds.sum(axis=1, keepdims=True)
        return shares
    return sigmoid(decision.slope * log_odds(predicted) + decision.intercept)


def log_odds(probabilities: Floats) -> Floats:
    """Return the logarithm of p / (1 - p), finite for every probability."""
    inner = np.clip(probabilities, LEAST, MOST)
    found: Floats = np.log(inner / (1 - inner))
    return found


def sigmoid(margins: Floats) -> Floats:
    """Return the probabilities that have these log odds."""
    odds = np.exp(-np.abs(margins))
    found: Floats = np.where(margins >= 0, 1.0, odds) / (1 + odds)
    return found
