"""Intervals as evaluation.json has them."""

from evaluate.metrics.intervals import REPLICATES, SEED, Interval
from evaluate.metrics.quantiles import LEVEL
from pipeline.documents import plots as documents


def interval_part(interval: Interval | None) -> documents.Interval | None:
    """Return an interval with how it was found."""
    if interval is None:
        return None
    found: documents.Interval = {
        "low": interval.low,
        "high": interval.high,
        "method": interval.method,
        "level": LEVEL,
    }
    if interval.method == "bootstrap":
        found["replicates"], found["seed"] = REPLICATES, SEED
    if interval.groups:
        found["groups"] = interval.groups
    return found
