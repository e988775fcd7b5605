"""Counts of different values, in bounded memory, that merge to the same whatever was cut.

Up to EXACT_DISTINCT values each has its count. Above, only the SKETCH_SIZE smallest
hashes are kept: the smallest of a union are the smallest of the parts' smallest, so the
estimate does not depend on chunks (Bar-Yossef et al. 2002, "Counting distinct elements
in a data stream"; Beyer et al. 2007 give the estimator (k - 1) / kth smallest).
Polars' hash is stable within one release, and all chunks of a run use one release.
"""

import polars as pl

from pipeline.documents.chunk_profile import Sketch
from table.limits import EXACT_DISTINCT, EXACT_DISTINCT_BYTES, SKETCH_SIZE

_HASHES = 2.0**64
_LOOK = 10_000


def sketch_of(values: pl.Series, counts: pl.Series | None = None) -> Sketch:
    """Count values that are not missing.

    Parameters
    ----------
    counts : how often each value occurs, if the values are different ones; else None.

    Returns
    -------
    {"counts": {value: count}} or {"hashes": [smallest, ...]}.
    """
    hashes = values.hash()
    # Most columns of many values show it at once, and their smallest are found without
    # looking for equal ones among all.
    many = hashes.head(_LOOK).n_unique() > EXACT_DISTINCT
    if many or hashes.n_unique() > EXACT_DISTINCT:
        return {"hashes": smallest(hashes)}
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
    both = pl.Series([*_hashes(one), *_hashes(other)], dtype=pl.UInt64)
    return {"hashes": smallest(both)}


def distinct(sketch: Sketch) -> int:
    """Return how many different values there are, above EXACT_DISTINCT an estimate."""
    if "counts" in sketch:
        counts: dict[str, int] = sketch["counts"]
        return len(counts)
    hashes: list[int] = sketch["hashes"]
    if len(hashes) < SKETCH_SIZE:
        return len(hashes)
    return round((len(hashes) - 1) / (hashes[-1] / _HASHES))


def _bounded(counts: dict[str, int]) -> Sketch:
    size = sum(len(value) for value in counts)
    if len(counts) > EXACT_DISTINCT or size > EXACT_DISTINCT_BYTES:
        return {"hashes": smallest(pl.Series(list(counts), dtype=pl.String).hash())}
    return {"counts": counts}


def _hashes(sketch: Sketch) -> list[int]:
    if "hashes" in sketch:
        found: list[int] = sketch["hashes"]
        return found
    return pl.Series(list(sketch["counts"]), dtype=pl.String).hash().to_list()


def smallest(hashes: pl.Series) -> list[int]:
    """Return the smallest different ones, in order."""
    size = 2 * SKETCH_SIZE
    while True:
        found = hashes.bottom_k(size).unique()
        if len(found) >= SKETCH_SIZE or size >= len(hashes):
            return found.sort().head(SKETCH_SIZE).to_list()
        size *= 8
