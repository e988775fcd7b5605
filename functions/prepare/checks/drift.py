"""A file in the order of time whose target goes on from where it was, as prices do.

Divided by position, such a file is tested on rows whose neighbours in time trained.
"""

from itertools import pairwise

import polars as pl

from pipeline.documents.encoder import TargetFacts
from prepare.checks.sample import Sample
from table.columns.identifiers import is_times_name
from table.columns.kind import Column
from table.values.dates import dates
from table.values.missing import stripped
from table.values.numbers import numbers

_TIMES = 100
_ORDERED = 0.99
# A walk moves away from where it was without end, each step alike: twice the distance in time,
# twice the squared distance. What returns (seasons, weeks) or jumps about stops growing. Measured
# on public tables and on walks (ADR 43).
_NEAR = 0.1
_GROWTH = 1.2
_DOUBLINGS = 5
_TREND = 0.85


def drifting_with(sample: Sample | None, columns: list[Column], target: TargetFacts) -> str | None:
    """Return the column of times that the rows are in order of, if the target drifts with it."""
    if sample is None or target["task"] == "multiclass":
        return None
    for at, column in enumerate(columns):
        times = (
            _times(column, sample.frame.to_series(at)) if column.name != target["name"] else None
        )
        if times is None or not _in_order(times):
            continue
        labels = sample.labels.filter(times.is_not_null())
        if _wanders(labels) or _rises(labels):
            return column.name
    return None


def _times(column: Column, values: pl.Series) -> pl.Series | None:
    if column.kind == "date":
        return dates(stripped(values), column.style).cast(pl.Int64)
    if column.kind in ("integer", "float") and is_times_name(column.name):
        return numbers(stripped(values), column.style)
    return None


def _in_order(times: pl.Series) -> bool:
    """Tell whether the rows go forward in time, or all back, but for a hundredth of the way."""
    present = times.drop_nulls()
    if present.n_unique() < _TIMES:
        return False
    steps = present.diff().drop_nulls().cast(pl.Float64)
    forward, back = (float(way.clip(lower_bound=0).sum()) for way in (steps, -steps))
    # A few rows may stand elsewhere; where time goes back to its start, another thing's rows begin.
    return min(forward, back) <= (1 - _ORDERED) * max(forward, back)


def _wanders(labels: pl.Series) -> bool:
    """Tell whether rows are the less alike the farther apart they are, from near to far."""
    variance = float(labels.var() or 0)  # type: ignore[arg-type]
    lags = [1 << n for n in range(_DOUBLINGS + 1) if (1 << n) <= len(labels) // 8]
    if not variance or len(lags) < _DOUBLINGS:
        return False
    apart = [
        float((labels.diff(lag) ** 2).mean() or 0) / (2 * variance)  # type: ignore[arg-type]
        for lag in lags
    ]
    grows = all(far >= _GROWTH * near for near, far in pairwise(apart))
    return apart[0] <= _NEAR and grows


def _rises(labels: pl.Series) -> bool:
    rows = pl.DataFrame({"label": labels}).with_row_index("at")
    trend = rows.select(pl.corr("at", "label")).item()
    return trend is not None and abs(trend) >= _TREND
