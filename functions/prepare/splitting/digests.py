"""Digests of rows, by which a later run knows which rows a model was trained on."""

import platform
from array import array
from hashlib import sha256

import polars as pl

from pipeline.documents.fit import DigestRule

_KEPT_ROWS = 1_000_000
"""About how many digests of a file are kept at most: 8 MB, which Evaluate reads twice."""


def digest_rule(columns: list[str], rows: int) -> DigestRule:
    """Say how the digests of a file's rows are made.

    Returns
    -------
    ``scheme``: digests of two files can be compared only where it is the same, since
    polars promises no equal hashes from one version to the next. ``every``, a power of
    two: only digests that it divides are kept.
    """
    names = sha256("\0".join(sorted(columns)).encode()).hexdigest()[:16]
    every = 1
    while rows > every * _KEPT_ROWS:
        every *= 2
    return {"scheme": f"polars {pl.__version__}, {platform.machine()}, {names}", "every": every}


def row_digests(frame: pl.DataFrame, columns: list[str]) -> pl.Series:
    """Hash each row's fields, whatever the order of the columns.

    Parameters
    ----------
    frame : strings, one column for each name in columns, in that order.

    Returns
    -------
    UInt64, one a row.
    """
    by_name = sorted(range(len(columns)), key=columns.__getitem__)
    return frame.select(frame.columns[position] for position in by_name).hash_rows(seed=0)


def words(digests: pl.Series) -> bytes:
    """Write digests as 64-bit words, little-endian as all of Lambda's processors are."""
    return array("Q", digests.to_list()).tobytes()
