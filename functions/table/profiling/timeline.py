"""A count of rows over time in bounded memory, to find where a split by time divides.

Buckets are 2**width wide and aligned at zero; when there are more than TIME_BUCKETS, the
width doubles. The final width is the smallest that suffices for all rows, so the result
does not depend on chunks.
"""

from bisect import bisect_right

import polars as pl

from pipeline.documents.chunk_profile import Timeline
from table.limits import TIME_BUCKETS

_SMALLEST = -(1 << 63)


def ticks_of_dates(dates: pl.Series) -> pl.Series:
    """Return dates as microseconds."""
    return dates.cast(pl.Int64)


def ticks_of_numbers(numbers: pl.Series) -> pl.Series:
    """Return numbers as whole ones of the same order, near zero and beyond 2**63 as well.

    The bits of a positive float, read as an integer, count the floats below it; those of
    a negative one count downwards from the smallest integer.
    """
    bits = (numbers + 0.0).reinterpret(dtype=pl.Int64)  # -0.0 + 0.0 is 0.0
    return bits.zip_with(bits >= 0, _SMALLEST - bits)


def timeline_of(ticks: pl.Series) -> Timeline:
    """Count ticks that are not null."""
    ticks = ticks.drop_nulls()
    width = 0
    buckets = ticks
    while len(unique := buckets.unique()) > TIME_BUCKETS:
        width += 1
        # Halving the buckets that are there is the same as halving the ticks.
        buckets = unique // 2
    counted = (ticks // (1 << width)).value_counts(name="count").sort(by=pl.first())
    return {"width": width, "counts": [list(row) for row in counted.rows()]}


def merge_timelines(one: Timeline, other: Timeline) -> Timeline:
    """Merge the counts of different rows."""
    width = max(one["width"], other["width"])
    while True:
        merged: dict[int, int] = {}
        for line in (one, other):
            shift = width - line["width"]
            for bucket, count in line["counts"]:
                merged[bucket >> shift] = merged.get(bucket >> shift, 0) + count
        if len(merged) <= TIME_BUCKETS:
            return {"width": width, "counts": [list(pair) for pair in sorted(merged.items())]}
        width += 1


def boundary(timeline: Timeline, share: float) -> int:
    """Return the tick before which at least a share of the rows lies, nearest to it."""
    total = sum(count for _, count in timeline["counts"])
    seen = 0
    best, gap = 0, float("inf")
    for bucket, count in timeline["counts"]:
        if abs(seen - share * total) < gap:
            best, gap = bucket << timeline["width"], abs(seen - share * total)
        seen += count
    return best


def rows_between(timeline: Timeline, ticks: list[int]) -> list[int]:
    """Count the rows before the first tick, between each two, and from the last on."""
    edges = [tick >> timeline["width"] for tick in ticks]
    found = [0] * (len(ticks) + 1)
    for bucket, count in timeline["counts"]:
        found[bisect_right(edges, bucket)] += count
    return found
