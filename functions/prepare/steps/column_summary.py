"""Part of step fit: what profile.json says of a column."""

from datetime import datetime, timedelta
from math import ceil, log10
from typing import Any

from pipeline.documents.chunk_profile import Numbers
from pipeline.documents.profile import ColumnSummary
from table.columns.kind import Column


def summary(column: Column) -> ColumnSummary:
    """Return what profile.json says of a column."""
    numbers = column.numbers
    top = sorted((column.counts or {}).items(), key=lambda item: (-item[1], item[0]))[:10]
    low: Any = None
    high: Any = None
    if column.dates:
        low, high = (_date(column.dates[edge]) for edge in ("min", "max"))
    elif numbers:
        low, high = numbers["min"], numbers["max"]
    return {
        "name": column.name,
        "type": column.kind,
        "missing": column.missing,
        "distinct": column.distinct,
        "distinct_is_exact": column.counts is not None,
        "min": low,
        "max": high,
        "mean": _mean(numbers) if numbers else None,
        "top": [[value[:100], count] for value, count in top],
    }


def _mean(numbers: Numbers) -> float:
    """Round to the digits that are sure in any order of adding, also where values cancel."""
    largest = max(abs(numbers["min"]), abs(numbers["max"]))
    sure = round(numbers["mean"], 12 - ceil(log10(largest))) if largest else 0.0
    return float(f"{sure:.9g}") + 0.0


def _date(micros: int) -> str:
    # A float of seconds would round the last microsecond of 9999 up to a year that is none.
    moment = datetime(1970, 1, 1) + timedelta(microseconds=micros)
    return moment.isoformat(sep=" ", timespec="seconds")
