"""What the numbers of a column come to."""

from typing import cast

from pipeline.documents.chunk_profile import Numbers
from table.profiling.ends import merge_ends, number_ends
from table.profiling.tally import Tally

# Above 2**53 a float no longer holds every integer.
EXACT = 2.0**53


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
    return merged
