"""Whether a model's probabilities are worth correcting, and how: by cross-validated log loss.

Two numbers for two classes, one for several: isotonic regression has as many as there are steps,
makes ties, which cost AUC, and needs a thousand rows (Niculescu-Mizil and Caruana, Predicting Good
Probabilities with Supervised Learning, 2005).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.documents.scoring.decision import Calibration
from pipeline.vocabulary import THRESHOLD
from scoring.calibrated import calibrated, log_odds, sigmoid
from scoring.decision import Decision
from scoring.links import Floats

LEAST_ROWS = 100
LEAST_OF_CLASS = 10
"""Rows of either of two classes, and of those whose likeliest class is not theirs. A model that is
hardly ever wrong looks too careful, until it is wrong once."""
SURE = 1.645
"""Standard errors of the mean gain on other rows, which of a calibrated model is below 0."""
FOLDS = 10
_ROUNDS = 50
_CLOSE = 1e-9
_PRIOR = 1.0
"""Weight of slope 1 and intercept 0 against the rows', so that separable rows have an end."""
_STEEPEST = 20.0
_EPSILON = float(np.finfo(np.float64).eps)
_SEED = 20_260_301


@dataclass(frozen=True)
class Gain:
    """What a correction of probabilities gains on rows that it was not made by.

    Attributes
    ----------
    calibration : None if the gain is not beyond noise.
    raw, corrected : log loss without it, and with it on rows that it was not made by.
    """

    calibration: Calibration | None
    raw: float
    corrected: float


def calibration_of(truth: Floats, predicted: Floats) -> Gain:
    """Correct probabilities if that makes other rows' log loss smaller beyond noise.

    Parameters
    ----------
    truth : (rows,), class indices.
    predicted : (rows,), probabilities of class 1, or (rows, classes).
    """
    losses = log_losses(truth, predicted)
    raw = float(losses.mean())
    if not _enough(truth, predicted):
        return Gain(None, raw, raw)
    corrected = np.empty(len(truth))
    fold = np.arange(len(truth)) % FOLDS
    np.random.default_rng(_SEED).shuffle(fold)
    for number in range(FOLDS):
        out = fold == number
        inner = _fitted(truth[~out], predicted[~out])
        corrected[out] = log_losses(truth[out], calibrated(inner, predicted[out]))
    gain = losses - corrected
    error = float(gain.std(ddof=1)) / np.sqrt(len(gain))
    if not gain.mean() > SURE * error:
        return Gain(None, raw, raw)
    found = _fitted(truth, predicted)
    return Gain(
        {
            "method": "platt" if predicted.ndim == 1 else "temperature",
            "slope": found.slope,
            "intercept": found.intercept,
        },
        raw,
        float(corrected.mean()),
    )


def log_losses(truth: Floats, predicted: Floats) -> Floats:
    """Return each row's log loss in nats."""
    if predicted.ndim == 1:
        own = np.where(truth == 1, predicted, 1 - predicted)
    else:
        own = predicted[np.arange(len(truth)), truth.astype(np.intp)]
    losses: Floats = -np.log(np.clip(own, _EPSILON, 1 - _EPSILON))
    return losses


def _enough(truth: Floats, predicted: Floats) -> bool:
    if len(truth) < LEAST_ROWS:
        return False
    if predicted.ndim == 2:
        return int((predicted.argmax(axis=1) != truth).sum()) >= LEAST_OF_CLASS
    positives, wrong = int(truth.sum()), int(((predicted >= THRESHOLD) != truth).sum())
    # What is 0 or 1 alone is no probability, as of binary:hinge.
    known: NDArray[np.bool_] = (predicted > 0) & (predicted < 1)
    least = min(positives, len(truth) - positives, wrong)
    return least >= LEAST_OF_CLASS and bool(known.any())


def _fitted(truth: Floats, predicted: Floats) -> Decision:
    """Return the correction that makes the rows likeliest, its slope above 0."""
    slope, intercept = _platt(truth, predicted) if predicted.ndim == 1 else _heat(truth, predicted)
    if not (np.isfinite([slope, intercept]).all() and 1 / _STEEPEST <= slope <= _STEEPEST):
        return Decision()
    return Decision(slope=slope, intercept=intercept)


def _platt(truth: Floats, predicted: Floats) -> tuple[float, float]:
    """Fit slope and intercept of the log odds by Newton's method."""
    sides = np.column_stack([log_odds(predicted), np.ones(len(truth))])
    start = np.array([1.0, 0.0])
    found = start
    for _ in range(_ROUNDS):
        own = sigmoid(sides @ found)
        slope = sides.T @ (own - truth) + _PRIOR * (found - start)
        bend = (sides * (own * (1 - own))[:, None]).T @ sides + _PRIOR * np.eye(2)
        step = np.linalg.solve(bend, slope)
        # A step of more than 2 goes beyond where the second derivative tells anything.
        found = found - step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < _CLOSE:
            break
    return float(found[0]), float(found[1])


def _heat(truth: Floats, predicted: Floats) -> tuple[float, float]:
    """Fit the slope of the logarithms of several classes' probabilities by Newton's method."""
    logs = np.log(np.maximum(predicted, 1e-15))
    own = logs[np.arange(len(truth)), truth.astype(np.intp)]
    found = 1.0
    for _ in range(_ROUNDS):
        shares = calibrated(Decision(slope=found), predicted) if found != 1.0 else predicted
        mean = (shares * logs).sum(axis=1)
        slope = float((mean - own).sum()) + _PRIOR * (found - 1.0)
        bend = float(((shares * logs**2).sum(axis=1) - mean**2).sum()) + _PRIOR
        step = slope / bend
        found = max(found - float(np.clip(step, -0.5, 0.5)), 1e-3)
        if abs(step) < _CLOSE:
            break
    return found, 0.0
