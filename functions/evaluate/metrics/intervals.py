"""95 % intervals of a metric, and of the difference of two models on the same rows.

Up to BOOTSTRAP_ROWS rows: the percentile bootstrap (Efron and Tibshirani, An
Introduction to the Bootstrap, 1993, chapter 13), rows drawn with replacement
from a fixed seed; both models are weighed by the same draws, so the difference
is paired. Its percentiles are expanded, since of few rows the plain ones lie
too close together (Hesterberg, What Teachers Should Know about the Bootstrap,
The American Statistician 69, 2015, 371-386). Above: the normal interval from
the infinitesimal jackknife (Efron, The Jackknife, the Bootstrap and Other
Resampling Plans, 1982, chapter 6), whose standard error is the root of the sum
of squared gradients; for AUC that is the estimate of DeLong et al. (1988), for
means the textbook standard error.

Rows that leave the metric as it is, however they are drawn, as where each is
predicted rightly, say nothing of its spread: there is no interval, but for
accuracy Wilson's (Journal of the American Statistical Association 22, 1927,
209-212).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from evaluate.metrics.measures import Floats, Groups, Mean, Measure
from evaluate.metrics.quantiles import NORMAL, TAIL, tail_share, wilson

BOOTSTRAP_ROWS = 10_000
REPLICATES = 1_000
SEED = 20_240_229
_CELLS_AT_ONCE = 2**20
_DEFINED_SHARE = 0.9
_UNBOUNDED = (-math.inf, math.inf)
_ROUNDING = 1e-12
"""Of a metric's value, a spread that only the order of additions makes."""


Method = Literal["bootstrap", "infinitesimal jackknife", "wilson"]


@dataclass(frozen=True)
class Interval:
    """Where a value lies with 95 % confidence, and how that was found."""

    low: float
    high: float
    method: Method
    groups: int | None = None
    """Of how many groups of rows, if rows belong together."""


@dataclass(frozen=True)
class Sample:
    """What the test rows tell of several metrics at once, so that differences are paired."""

    values: Floats
    """(measures,), on all rows."""
    rows: int
    spread: Floats
    """(measures, replicates) of the bootstrap; if analytic, (measures, units) of gradients."""
    analytic: bool
    groups: int | None = None

    @property
    def units(self) -> int:
        """How many draws there are: groups, or rows that stand for themselves."""
        return self.groups or self.rows

    def interval(
        self, shares: Sequence[float], bounds: tuple[float, float] = _UNBOUNDED
    ) -> Interval | None:
        """Return the interval of a sum of the metrics, so much of each."""
        spread = _sum(self.spread, shares)
        if self.analytic:
            found = _normal(float(_sum(self.values, shares)), spread, bounds, self._reach(TAIL))
        else:
            found = _percentiles(spread, self.units)
        return replace(found, groups=self.groups) if found else None

    def lower_bound(self, shares: Sequence[float], risk: float) -> float:
        """Return what a sum of the metrics is below with no more than this risk; NaN if unknown."""
        spread = _sum(self.spread, shares)
        if self.analytic:
            error = float(np.sqrt(spread @ spread))
            return float(_sum(self.values, shares)) - self._reach(risk) * error
        found = _defined(spread)
        tail = tail_share(self.units, risk)
        return math.nan if found is None else float(np.quantile(found, tail))

    def _reach(self, tail: float) -> float:
        """Return how many standard errors there are to an end; of groups there may be few."""
        share = tail if self.groups is None else tail_share(self.groups, tail)
        return -NORMAL.inv_cdf(share)


def sample_of(measures: Sequence[Measure], rows: int, groups: Groups | None = None) -> Sample:
    """Draw the rows again and again, or take the derivatives if they are many.

    Rows of a group are drawn together, and their derivatives added up (Cameron and Miller,
    A Practitioner's Guide to Cluster-Robust Inference, Journal of Human Resources 50, 2015,
    317-372): what they have in common is one observation, not as many as there are rows.
    """
    count = None if groups is None else int(groups.max()) + 1
    ones = np.ones((1, rows))
    values = np.array([float(measure.weighted(ones)[0]) for measure in measures])
    if rows <= BOOTSTRAP_ROWS:
        return Sample(values, rows, replicates_of(measures, rows, groups), False, count)
    gradients = np.array([measure.gradient() for measure in measures])
    if groups is not None:
        gradients = np.array([np.bincount(groups, each) for each in gradients])
    return Sample(values, rows, gradients, True, count)


def intervals_of(
    measures: Sequence[Measure],
    rows: int,
    bounds: tuple[float, float],
    sample: Sample | None = None,
) -> list[Interval | None]:
    """Return the interval of each measure, then that of the second minus the first, if two.

    Parameters
    ----------
    measures : one, or two on the same rows.
    bounds : between which the metric itself lies, for clipping.
    sample : of the same measures (others may follow), if it is there already.

    Returns
    -------
    None where no interval is defined, as with a class missing from the rows, or where the
    rows show no spread. Two models that differ on no row differ by 0 to 0.
    """
    sample = sample or sample_of(measures, rows)
    found = [sample.interval(_only(index), bounds) for index in range(len(measures))]
    if len(measures) == 2:
        found.append(sample.interval((-1, 1)))
    singles = [
        _wilson(measure, bounds, sample) if interval and _is_flat(interval, interval) else interval
        for measure, interval in zip(measures, found, strict=False)
    ]
    return singles + [_difference(last, found[0]) for last in found[len(measures) :]]


def _only(index: int) -> list[float]:
    return [0.0] * index + [1.0]


def _sum(values: Floats, shares: Sequence[float]) -> Floats:
    """Add up so much of each; what has no share may be undefined."""
    total = np.zeros(values.shape[1:])
    for row, share in zip(values, shares, strict=False):
        if share:
            total += row if share == 1 else share * row
    return total


def replicates_of(measures: Sequence[Measure], rows: int, groups: Groups | None = None) -> Floats:
    """Return bootstrap replicates, (measures, REPLICATES), drawn from a fixed seed."""
    units = rows if groups is None else int(groups.max()) + 1
    draw = np.random.default_rng(SEED)
    batch = max(1, min(REPLICATES, _CELLS_AT_ONCE // rows))
    found: list[list[Floats]] = [[] for _ in measures]
    for start in range(0, REPLICATES, batch):
        size = min(batch, REPLICATES - start)
        drawn = draw.integers(0, units, (size, units)) + np.arange(size)[:, None] * units
        counts = np.bincount(drawn.ravel(), minlength=size * units).reshape(size, units)
        weights = counts.astype(np.float64)
        if groups is not None:
            weights = weights[:, groups]
        for values, measure in zip(found, measures, strict=True):
            values.append(measure.weighted(weights))
    return np.array([np.concatenate(values) for values in found])


def _percentiles(values: Floats, rows: int) -> Interval | None:
    defined = _defined(values)
    if defined is None:
        return None
    tail = tail_share(rows)
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Interval(float(low), float(high), "bootstrap")


def _defined(values: Floats) -> Floats | None:
    """Return the replicates that have a value; None if too many have none."""
    defined = values[np.isfinite(values)]
    return defined if defined.size >= _DEFINED_SHARE * values.size else None


def _normal(
    value: float, gradient: Floats, bounds: tuple[float, float], errors: float
) -> Interval | None:
    if not np.isfinite(value) or not np.all(np.isfinite(gradient)):
        return None
    reach = errors * float(np.sqrt(gradient @ gradient))
    low, high = np.clip([value - reach, value + reach], *bounds)
    return Interval(float(low), float(high), "infinitesimal jackknife")


def _is_flat(interval: Interval, beside: Interval) -> bool:
    """Tell whether an interval has no width, but for rounding of values as large as others."""
    largest = max(abs(beside.low), abs(beside.high))
    return interval.high - interval.low <= _ROUNDING * largest


def _difference(interval: Interval | None, single: Interval | None) -> Interval | None:
    if interval is None or not _is_flat(interval, single or interval):
        return interval
    if _is_flat(replace(interval, low=0, high=abs(interval.high)), single or interval):
        return replace(interval, low=0.0, high=0.0)
    return None


def _wilson(measure: Measure, bounds: tuple[float, float], sample: Sample) -> Interval | None:
    """Return the interval of a share of rows that is 0 or 1; None for another metric."""
    if isinstance(measure, Mean) and bounds == (0.0, 1.0):
        ends = wilson(float(measure.values.mean()), sample.units)
        return Interval(*ends, "wilson", sample.groups)
    return None
