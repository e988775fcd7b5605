"""A few rows whose target lies far off, and that make up most of an error that is squared."""

import numpy as np

from evaluate.metrics.scored import Metric, Scored
from evaluate.verdict.warnings import FEW_ROWS, Warnings
from pipeline.documents.evaluation import WorstRow
from pipeline.notices import notice
from pipeline.wording import counted, figure, quoted, shorten

_SQUARED = ("rmse", "r2")
_MOST = 3
_HALF = 0.5
# In multiples of the range of all other rows. Of 348 runs of 29 sound tables the farthest was
# 1.9 off (two airports in the Pacific); a line of totals 121.
_FAR = 3
_TEXT = 40


def deciding_rows(metric: Metric, scored: Scored) -> int:
    """Return how many rows, the largest errors first, decide the metric by a far-off target.

    0 unless one to three of at least 30 rows make up more than half of the squared error, and
    the target of each lies far outside the range of all others. Large errors alone say nothing:
    in small or skewed tables three rows often make up half.
    """
    if metric.name not in _SQUARED or scored.rows < FEW_ROWS:
        return 0
    errors = (scored.truth - scored.predicted) ** 2
    order = np.argsort(-errors, kind="stable")
    for count in range(1, _MOST + 1):
        far, rest = scored.truth[order[:count]], scored.truth[order[count:]]
        low, high = float(rest.min()), float(rest.max())
        off = float(np.maximum(low - far, far - high).min())
        if errors[order[:count]].sum() > _HALF * errors.sum() and off > _FAR * (high - low):
            return count
    return 0


def outlier_warnings(
    metric: Metric, scored: Scored, count: int, worst: list[WorstRow], target: str
) -> Warnings:
    """Name the rows that decide a metric.

    Parameters
    ----------
    count : of them, as ``deciding_rows`` found.
    worst : the rows of the largest errors, the largest first.
    """
    if not count or not worst:
        return []
    named = ", ".join(_named(row) for row in worst[:count])
    verb = "makes" if count == 1 else "make"
    text = (
        f"{named} {verb} up most of the {metric.label} of {counted(scored.rows, 'test row')}: "
        f"{quoted(shorten(target, _TEXT))} lies far off all others there. Take out lines that are "
        f'no rows, such as totals, or set "metric" to "mae" in pipeline.json.'
    )
    return [notice("few_rows_decide", text[0].upper() + text[1:])]


def _named(row: WorstRow) -> str:
    """Name a row by its number, its target, and an id or the first text that it has."""
    texts = [*row["ids"].items(), *((k, v) for k, v in row["values"].items() if isinstance(v, str))]
    told = "".join(f", {shorten(name, 20)} {quoted(str(text)[:20])}" for name, text in texts[:1])
    actual = row["actual"] if isinstance(row["actual"], str) else figure(row["actual"])
    return f"row {row['row']:,} ({actual}{told})"
