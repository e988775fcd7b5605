"""The fold of each row: what is learned of the target beside a row is learned from other folds."""

import polars as pl

from pipeline.documents.fit import FirstRow, Split
from table.encoding.target_means import FOLDS
from table.values.hashing import mix

_STEP = 0x9E3779B97F4A7C15
_KEY = 0x632BE59BD9B4E019
"""Unlike the split's, whose hash of a row's number within its class is another one."""


def folds_of(
    rows: pl.Series, chunk: FirstRow, split: Split, groups: pl.Series | None = None
) -> pl.Series:
    """Return the fold of each row, from 0, by its number in the file: chunks change nothing.

    Parameters
    ----------
    rows : number of each row in the chunk, from 0.
    groups : a number that rows share which stay in one split; they stay in one fold, too.
    """
    numbers = rows.cast(pl.UInt64) + chunk["first_row"] if groups is None else groups
    seed = split["fractions"]["seed"]
    return (mix(numbers * _STEP + _KEY + seed) % FOLDS).cast(pl.UInt8)
