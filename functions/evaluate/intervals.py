"""95 % intervals of a metric, and of the difference of two models on the same rows.

Up to BOOTSTRAP_ROWS rows: the percentile bootstrap (Efron and Tibshirani, An
Introduction to the Bootstrap, 1993, chapter 13), rows drawn with replacement
from a fixed seed; both models are weighed by the same draws, so the difference
is paired. Above: the normal interval from the infinitesimal jackknife (Efron,
The Jackknife, the Bootstrap and Other Resampling Plans, 1982, chapter 6), whose
standard error is the root of the sum of squared gradients; for AUC that is the
estimate of DeLong et al. (1988), for means the textbook standard error.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from evaluate.measures import Floats, Measure

LEVEL = 0.95
BOOTSTRAP_ROWS = 10_000
REPLICATES = 1_000
SEED = 20_240_229
_CELLS_AT_ONCE = 2**20
_DEFINED_SHARE = 0.9


@dataclass(frozen=True)
class Interval:
    """Where a value lies with 95 % confidence, and how that was found."""

    low: float
    high: float
    method: str


def intervals_of(
    measures: Sequence[Measure], rows: int, bounds: tuple[float, float]
) -> list[Interval | None]:
    """Return the interval of each measure, then that of the second minus the first, if two.

    Parameters
    ----------
    measures : one, or two on the same rows.
    bounds : between which the metric itself lies, for clipping.

    Returns
    -------
    None where no interval is defined, as with a class missing from the rows.
    """
    if rows <= BOOTSTRAP_ROWS:
        draws = replicates_of(measures, rows)
        intervals = [_percentiles(draw) for draw in draws]
        if len(draws) == 2:
            intervals.append(_percentiles(draws[1] - draws[0]))
        return intervals
    ones = np.ones((1, rows))
    values = [float(m.weighted(ones)[0]) for m in measures]
    gradients = [m.gradient() for m in measures]
    intervals = [_normal(v, g, bounds) for v, g in zip(values, gradients, strict=True)]
    if len(measures) == 2:
        apart = (-np.inf, np.inf)
        intervals.append(_normal(values[1] - values[0], gradients[1] - gradients[0], apart))
    return intervals


def replicates_of(measures: Sequence[Measure], rows: int) -> Floats:
    """Return bootstrap replicates, (measures, REPLICATES), drawn from a fixed seed."""
    draw = np.random.default_rng(SEED)
    batch = max(1, min(REPLICATES, _CELLS_AT_ONCE // rows))
    found: list[list[Floats]] = [[] for _ in measures]
    for start in range(0, REPLICATES, batch):
        size = min(batch, REPLICATES - start)
        drawn = draw.integers(0, rows, (size, rows)) + np.arange(size)[:, None] * rows
        counts = np.bincount(drawn.ravel(), minlength=size * rows).reshape(size, rows)
        weights = counts.astype(np.float64)
        for values, measure in zip(found, measures, strict=True):
            values.append(measure.weighted(weights))
    return np.array([np.concatenate(values) for values in found])


def _percentiles(values: Floats) -> Interval | None:
    defined = values[np.isfinite(values)]
    if defined.size < _DEFINED_SHARE * values.size:
        return None
    low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(low), float(high), "bootstrap")


def _normal(value: float, gradient: Floats, bounds: tuple[float, float]) -> Interval | None:
    if not np.isfinite(value) or not np.all(np.isfinite(gradient)):
        return None
    reach = NormalDist().inv_cdf((1 + LEVEL) / 2) * float(np.sqrt(gradient @ gradient))
    low, high = np.clip([value - reach, value + reach], *bounds)
    return Interval(float(low), float(high), "infinitesimal jackknife")
