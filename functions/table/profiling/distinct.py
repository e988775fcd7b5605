"""Counts of different values, in bounded memory, that merge to the same whatever was cut.

Up to EXACT_DISTINCT values each has its count. Above, only the SKETCH_SIZE smallest hashes are
kept, each with the rows that have it: the smallest of a union are the smallest of the parts'
smallest, and one that is among them is so in each part where it occurs, so that its count is
exact. That no two rows are equal is therefore always seen, and how many are is estimated from
these. How many values there are in all follows from the rows that they have, or, if these differ
much, from how small the hashes are (Bar-Yossef et al. 2002, "Counting distinct elements in a data
stream"; Beyer et al. 2007 give the estimator (k - 1) / kth smallest).
Polars' hash is stable within one release, and all chunks of a run use one release.
"""

from dataclasses import dataclass

import polars as pl

from pipeline.documents.chunk_profile import Sketch
from table.limits import EXACT_DISTINCT, EXACT_DISTINCT_BYTES, SKETCH_SIZE

_HASHES = 2.0**64
_LOOK = 10_000
_ALL_SEEN = 1 - 3 / SKETCH_SIZE**0.5


@dataclass(frozen=True)
class Variety:
    """How much the values of a column differ.

    Attributes
    ----------
    different : values; an estimate unless exact.
    share : of the rows, how many have a different value: 1 if no two are equal.
    seen : rows of which it is known how often their values occur.
    """

    different: int
    share: float
    seen: int
    exact: bool


def sketch_of(values: pl.Series, counts: pl.Series | None = None) -> Sketch:
    """Count values that are not missing.

    Parameters
    ----------
    counts : how often each value occurs, if the values are different ones; else None.

    Returns
    -------
    {"counts": {value: count}} or {"hashes": [smallest, ...], "rows": [count, ...]}.
    """
    hashes = values.hash()
    # Most columns of many values show it at once, and their smallest are found without
    # looking for equal ones among all.
    many = hashes.head(_LOOK).n_unique() > EXACT_DISTINCT
    if many or hashes.n_unique() > EXACT_DISTINCT:
        return _sampled(hashes, counts)
    if counts is None:
        counted = values.value_counts(sort=False, name="count")
        values, counts = counted.to_series(0), counted.to_series(1)
    return _bounded(dict(zip(values.to_list(), counts.to_list(), strict=True)))


def merge_sketches(one: Sketch, other: Sketch) -> Sketch:
    """Merge two counts of different rows."""
    if "counts" in one and "counts" in other:
        merged = dict(one["counts"])
        for value, count in other["counts"].items():
            merged[value] = merged.get(value, 0) + count
        return _bounded(merged)
    rows = _rows(one)
    for digest, count in _rows(other).items():
        rows[digest] = rows.get(digest, 0) + count
    return _first(rows)


def variety(sketch: Sketch, present: int) -> Variety:
    """Return how much values differ.

    Parameters
    ----------
    present : how many there are.
    """
    if "counts" in sketch:
        return _counted(list(sketch["counts"].values()), exact=True)
    hashes, rows = sketch["hashes"], sketch["rows"]
    if len(hashes) < SKETCH_SIZE:
        # Few values, too long to be kept themselves.
        return _counted(rows, exact=False)
    seen, kept = sum(rows), len(rows)
    by_hashes = (kept - 1) / (hashes[-1] / _HASHES)
    # Both estimates err by 1/sqrt(kept), the first times how much the counts differ. It knows
    # nothing of a value of many rows that is not among those kept; the second does.
    alike = kept * sum(count * count for count in rows) < 2 * seen * seen
    if alike and by_hashes * seen > _ALL_SEEN * present * kept:
        return Variety(round(present * kept / seen), kept / seen, seen, exact=False)
    different = min(present, round(by_hashes))
    return Variety(different, different / max(1, present), seen, exact=False)


def _counted(counts: list[int], *, exact: bool) -> Variety:
    total = sum(counts)
    return Variety(len(counts), len(counts) / max(1, total), total, exact)


def _bounded(counts: dict[str, int]) -> Sketch:
    size = sum(len(value) for value in counts)
    if len(counts) > EXACT_DISTINCT or size > EXACT_DISTINCT_BYTES:
        return _first(_rows({"counts": counts}))
    return {"counts": counts}


def _sampled(hashes: pl.Series, counts: pl.Series | None) -> Sketch:
    kept = smallest(hashes)
    among = hashes <= kept[-1]
    weights = pl.repeat(1, len(hashes), eager=True) if counts is None else counts
    rows: dict[int, int] = {}
    for digest, count in zip(hashes.filter(among), weights.filter(among), strict=True):
        rows[digest] = rows.get(digest, 0) + count
    return _first(rows)


def _rows(sketch: Sketch) -> dict[int, int]:
    """Return the rows of each hash."""
    if "hashes" in sketch:
        return dict(zip(sketch["hashes"], sketch["rows"], strict=True))
    hashes = pl.Series(list(sketch["counts"]), dtype=pl.String).hash().to_list()
    return dict(zip(hashes, sketch["counts"].values(), strict=True))


def _first(rows: dict[int, int]) -> Sketch:
    hashes = sorted(rows)[:SKETCH_SIZE]
    return {"hashes": hashes, "rows": [rows[digest] for digest in hashes]}


def smallest(hashes: pl.Series) -> list[int]:
    """Return the smallest different ones, in order."""
    size = 2 * SKETCH_SIZE
    while True:
        found = hashes.bottom_k(size).unique()
        if len(found) >= SKETCH_SIZE or size >= len(hashes):
            return found.sort().head(SKETCH_SIZE).to_list()
        size *= 8
