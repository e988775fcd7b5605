"""Which rows train, which validate and which test: by position, by time or by group."""

from dataclasses import dataclass

import polars as pl

from pipeline.documents.fit import FractionFacts
from pipeline.vocabulary import TEST, TRAIN, VALIDATION
from table.limits import EXACT_SPLIT_ROWS, STRATIFIED_ROWS
from table.values.hashing import mix, text_hash

_WORD = 1 << 64


@dataclass(frozen=True)
class Fractions:
    """Shares of rows, summing to 1, and the seed."""

    train: float
    validation: float
    test: float
    seed: int


def sizes(rows: int, fractions: Fractions) -> tuple[int, int, int]:
    """Divide a number of rows exactly; from STRATIFIED_ROWS on no share is empty."""
    if rows < STRATIFIED_ROWS:
        return 1 if rows else 0, 0, 1 if rows == STRATIFIED_ROWS - 1 else 0
    test = max(1, round(rows * fractions.test))
    validation = max(1, round(rows * fractions.validation))
    while test + validation >= rows:
        test, validation = (test - 1, validation) if test >= validation else (test, validation - 1)
    return rows - test - validation, validation, test


def split_by_position(ordinals: pl.Series, rows: int, fractions: Fractions) -> pl.Series:
    """Assign rows by a hash of their position among those of their class.

    All classes have the same key. With the index of the class in it, a class that comes first in
    the alphabet, or is written in another way, would divide the rows of all others anew.

    Parameters
    ----------
    ordinals : UInt64, the row's number among all of its class in the file, from 0.
    rows : of the class in the whole file. Up to EXACT_SPLIT_ROWS the hashes are ranked,
        so that the sizes are exact; above, a threshold decides.
    """
    key = pl.Series([fractions.seed * 0x9E3779B97F4A7C15 % _WORD], dtype=pl.UInt64)
    key = mix(key)
    if rows > EXACT_SPLIT_ROWS:
        hashes = mix(ordinals.cast(pl.UInt64) * 0x9E3779B97F4A7C15 + key[0])
        return _thresholds(hashes, fractions)
    hashes = mix(pl.int_range(rows, dtype=pl.UInt64, eager=True) * 0x9E3779B97F4A7C15 + key[0])
    _, validation, test = sizes(rows, fractions)
    rank = hashes.rank("ordinal") - 1
    return _ranked(rank, validation, test).gather(ordinals)


def _ranked(rank: pl.Series, validation: int, test: int) -> pl.Series:
    frame = rank.to_frame("rank").select(
        pl.when(pl.col("rank") < test)
        .then(pl.lit(TEST, pl.Int8))
        .when(pl.col("rank") < test + validation)
        .then(pl.lit(VALIDATION, pl.Int8))
        .otherwise(pl.lit(TRAIN, pl.Int8))
    )
    return frame.to_series()


def _thresholds(hashes: pl.Series, fractions: Fractions) -> pl.Series:
    test = int(fractions.test * _WORD)
    return _ranked(hashes, int(fractions.validation * _WORD), test)


def split_by_time(ticks: pl.Series, validation_from: int, test_from: int) -> pl.Series:
    """Assign the oldest rows to train and the newest to test; without a time, to train."""
    frame = ticks.to_frame("tick").select(
        pl.when(pl.col("tick") >= test_from)
        .then(pl.lit(TEST, pl.Int8))
        .when(pl.col("tick") >= validation_from)
        .then(pl.lit(VALIDATION, pl.Int8))
        .otherwise(pl.lit(TRAIN, pl.Int8))
    )
    return frame.to_series()


def split_by_group(
    groups: pl.Series, known: dict[str, int] | None, fractions: Fractions
) -> pl.Series:
    """Assign whole groups: as listed, or by a hash of the group's name."""
    unique = groups.unique()
    if known is not None:
        chosen = [known[name] for name in unique]
    else:
        hashes = pl.Series([text_hash(n, fractions.seed) for n in unique], dtype=pl.UInt64)
        chosen = _thresholds(hashes, fractions).to_list()
    splits = pl.Series(chosen, dtype=pl.Int8)
    # Without a default, polars leaves an empty series the type that it had.
    return groups.replace_strict(unique, splits, default=None, return_dtype=pl.Int8)


def split_by_content(
    digests: pl.Series, known: dict[str, int] | None, fractions: Fractions
) -> pl.Series:
    """Assign rows of one content together: as listed, or by the content's hash."""
    if known is None:
        key = pl.Series([fractions.seed * 0x9E3779B97F4A7C15 % _WORD], dtype=pl.UInt64)
        return _thresholds(mix(digests + mix(key)[0]), fractions)
    listed = pl.Series([int(digest) for digest in known], dtype=pl.UInt64)
    splits = pl.Series(list(known.values()), dtype=pl.Int8)
    return digests.replace_strict(listed, splits, return_dtype=pl.Int8)


def assign_groups(counts: dict[str, int], fractions: Fractions) -> dict[str, int]:
    """Divide groups so that each split has one and the rows come near the fractions.

    Parameters
    ----------
    counts : rows of each group, three or more of them.
    """
    order = sorted(counts, key=lambda name: (text_hash(name, fractions.seed), name))
    rows = sum(counts.values())
    wanted = {TEST: fractions.test * rows, VALIDATION: fractions.validation * rows}
    assigned: dict[str, int] = {}
    for split in (TEST, VALIDATION):
        left = [name for name in order if name not in assigned]
        spare = 1 if split == VALIDATION else 2
        have, chosen = 0, 0
        for name in left:
            if chosen < len(left) - spare and have + counts[name] / 2 <= wanted[split]:
                assigned[name] = split
                have, chosen = have + counts[name], chosen + 1
        if not chosen:
            # All are too large; a dominant one must not become the test rows.
            assigned[min(left, key=counts.__getitem__)] = split
    return {name: assigned.get(name, TRAIN) for name in order}


def to_json(fractions: Fractions) -> FractionFacts:
    """Return what ``Fractions(**value)`` takes."""
    return {
        "train": fractions.train,
        "validation": fractions.validation,
        "test": fractions.test,
        "seed": fractions.seed,
    }
