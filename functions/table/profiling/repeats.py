"""How often rows repeat, in bounded memory, whatever was cut.

The SKETCH_SIZE smallest hashes are kept, each with the rows that have it. One that is among the
smallest of all is so in each part where it occurs, so that its count is exact. A sample that is
drawn by the hash of a row holds all of the row's copies, which a sample of rows does not.
"""

import polars as pl

from pipeline.documents.chunk_profile import Repeats
from table.limits import SKETCH_SIZE
from table.profiling.distinct import smallest


def repeats_of(digests: pl.Series) -> Repeats:
    """Count the rows of the smallest digests."""
    hashes = smallest(digests)
    if not hashes:
        return {"hashes": [], "counts": []}
    counted = digests.filter(digests <= hashes[-1]).value_counts(sort=False, name="rows")
    return _first(dict(zip(*(column.to_list() for column in counted.get_columns()), strict=True)))


def merge_repeats(one: Repeats, other: Repeats) -> Repeats:
    """Merge the counts of different rows."""
    merged = rows_by_hash(one)
    for digest, rows in rows_by_hash(other).items():
        merged[digest] = merged.get(digest, 0) + rows
    return _first(merged)


def rows_by_hash(repeats: Repeats) -> dict[int, int]:
    """Return the rows of each hash that was kept."""
    return dict(zip(repeats["hashes"], repeats["counts"], strict=True))


def complete(repeats: Repeats) -> bool:
    """Tell whether no hash was left out."""
    return len(repeats["hashes"]) < SKETCH_SIZE


def copies(repeats: Repeats, rows: int) -> int:
    """Return how many of so many rows repeat another; estimated unless complete."""
    sampled = sum(repeats["counts"])
    if complete(repeats):
        return sampled - len(repeats["hashes"])
    return round(rows * (1 - len(repeats["hashes"]) / sampled)) if sampled else 0


def single_share(repeats: Repeats) -> float:
    """Return how many of the different rows occur once."""
    return repeats["counts"].count(1) / max(1, len(repeats["counts"]))


def _first(rows: dict[int, int]) -> Repeats:
    hashes = sorted(rows)[:SKETCH_SIZE]
    return {"hashes": hashes, "counts": [rows[digest] for digest in hashes]}
