"""What the numbers of a column come to."""

from math import gcd
from typing import cast

import polars as pl

from pipeline.documents.chunk_profile import Numbers
from table.profiling.ends import merge_ends, number_ends
from table.profiling.tally import Tally

# Above 2**53 a float no longer holds every integer.
EXACT = 2.0**53
_LOOK = 1_000


def numbers_of(numbers: Tally) -> Numbers:
    """Sum up numbers."""
    values = numbers.values
    count = numbers.total
    weights = 1 / count if numbers.counts is None else numbers.counts / count
    whole = (values == values.floor()) & (values.abs() < EXACT)
    found: Numbers = {
        "count": count,
        "whole": numbers.where(whole).total,
        "min": cast(float, values.min()),
        "max": cast(float, values.max()),
        # Weighted before they are added: sums of numbers near 1e308 would overflow.
        "mean": cast(float, (values * weights).sum()),
    }
    if ends := number_ends(numbers, found["min"], found["max"]):
        found["ends"] = ends
    if found["whole"] == count:
        found["step"] = _step(values, found["min"])
    return found


def merge_numbers(one: Numbers, other: Numbers) -> Numbers:
    """Merge the numbers of different values."""
    count = one["count"] + other["count"]
    merged: Numbers = {
        "count": count,
        "whole": one["whole"] + other["whole"],
        "min": min(one["min"], other["min"]),
        "max": max(one["max"], other["max"]),
        # Weighted before it is added: sums of numbers near 1e308 would overflow.
        "mean": one["mean"] * (one["count"] / count) + other["mean"] * (other["count"] / count),
    }
    if ends := merge_ends(one, other):
        merged["ends"] = ends
    if "step" in one and "step" in other:
        merged["step"] = gcd(one["step"], other["step"], int(one["min"]) - int(other["min"]))
    return merged


def _step(values: pl.Series, least: float) -> int:
    """Return what divides the differences of whole numbers; most show at once that it is 1."""
    step = gcd(*_above(values.head(_LOOK), least).to_list())
    while step != 1:
        above = _above(values, least)
        others = above.filter((above % step if step else above) != 0)
        if not len(others):
            break
        step = gcd(step, *others.head(_LOOK).to_list())
    return step


def _above(values: pl.Series, least: float) -> pl.Series:
    # A float does not hold all differences of numbers that it holds.
    return values.cast(pl.Int64) - int(least)
