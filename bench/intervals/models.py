"""Pairs of models whose true metric is known, on rows that are drawn.

Each model sees a signal of the target under noise of its own and noise that both share, and
answers with what follows from it, so its predictions are calibrated.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist
from typing import Any

import numpy as np

from evaluate.metrics.scored import Scored
from pipeline.vocabulary import Task

Pair = tuple[Scored, Scored]
"""Champion and challenger, on the same rows."""
_POSITIVES = 0.4
_CLASSES = 3
_LEVELS = 40


@dataclass(frozen=True)
class Family:
    """Models of one task, from good to bad."""

    metric: str
    good: float
    """The metric's true value."""
    slightly_worse: float
    bad: float
    """It lacks 29 % of what the good one gains on the best constant."""
    draw: Callable[[np.random.Generator, int, tuple[float, float], float], Pair]


def _noises(draw: np.random.Generator, shape: Any, shared: float) -> list[Any]:
    """Return noise of standard deviation 1 for each of two models, correlated so much."""
    common = draw.normal(size=shape)
    apart = [draw.normal(size=shape) for _ in range(2)]
    return [math.sqrt(shared) * common + math.sqrt(1 - shared) * own for own in apart]


def _pair(task: Task, truth: Any, predicted: list[Any], classes: tuple[str, ...] = ()) -> Pair:
    champion, challenger = (Scored(task, truth, one, classes) for one in predicted)
    return champion, challenger


def _binary(
    draw: np.random.Generator, rows: int, areas: tuple[float, float], shared: float
) -> Pair:
    truth = (draw.random(rows) < _POSITIVES).astype(float)
    predicted = []
    for area, noise in zip(areas, _noises(draw, rows, shared), strict=True):
        apart = NormalDist().inv_cdf(area) * math.sqrt(2)
        odds = apart * (apart * truth + noise - apart / 2)
        predicted.append(1 / (1 + np.exp(-odds) * (1 - _POSITIVES) / _POSITIVES))
    return _pair("binary", truth, predicted, ("no", "yes"))


def _regression(
    draw: np.random.Generator, rows: int, errors: tuple[float, float], shared: float
) -> Pair:
    """Draw a target of standard deviation 1, which is the best constant's RMSE."""
    truth = draw.normal(size=rows)
    predicted = []
    for error, noise in zip(errors, _noises(draw, rows, shared), strict=True):
        known = 1 - error**2
        predicted.append(known * truth + math.sqrt(known) * error * noise)
    return _pair("regression", truth, predicted)


def _multiclass(
    draw: np.random.Generator, rows: int, losses: tuple[float, float], shared: float
) -> Pair:
    truth = draw.integers(0, _CLASSES, rows)
    predicted = []
    for loss, noise in zip(losses, _noises(draw, (rows, _CLASSES), shared), strict=True):
        predicted.append(_posterior(truth, noise, _signal_of(loss)))
    return _pair("multiclass", truth.astype(float), predicted, tuple("abc"))


def _posterior(truth: Any, noise: Any, signal: float) -> Any:
    odds = signal * (signal * np.eye(_CLASSES)[truth] + noise)
    odds = np.exp(odds - odds.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


@cache
def _signal_of(loss: float) -> float:
    """Return how strong a signal has this log loss, by bisection on rows drawn once."""
    draw = np.random.default_rng(0)
    truth, noise = np.zeros(100_000, dtype=int), draw.normal(size=(100_000, _CLASSES))
    low, high = 0.0, 6.0
    for _ in range(_LEVELS):
        middle = (low + high) / 2
        found = -np.log(_posterior(truth, noise, middle)[:, 0]).mean()
        low, high = (middle, high) if found > loss else (low, middle)
    return low


FAMILIES = (
    Family("auc", 0.85, 0.83, 0.75, _binary),
    Family("rmse", 0.5, 0.53, 0.645, _regression),
    Family("mlogloss", 0.6, 0.63, 0.745, _multiclass),
)
