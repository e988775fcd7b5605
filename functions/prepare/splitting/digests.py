"""Digests of rows, by which a later run knows which rows a model was trained on."""

import platform
from array import array

import polars as pl

from pipeline.documents.fit import DigestRule

_KEPT_ROWS = 1_000_000
"""About how many digests of a file are kept at most: 8 MB, which Evaluate reads twice."""


_CELLS_AT_ONCE = 500_000
"""4 MB of floats, whose memory each piece takes over from the one before: all of a chunk as floats
would be large, and as many more pages to be cleared."""
_SCHEME = "features and target"
"""The digests of earlier versions were of the whole record, which a new key made another."""


def digest_rule(rows: int) -> DigestRule:
    """Say how the digests of a file's rows are made.

    Returns
    -------
    ``scheme``: digests of two files can be compared only where it is the same, since
    polars promises no equal hashes from one version to the next. ``every``, a power of
    two: only digests that it divides are kept.
    """
    every = 1
    while rows > every * _KEPT_ROWS:
        every *= 2
    scheme = f"{_SCHEME}, polars {pl.__version__}, {platform.machine()}"
    return {"scheme": scheme, "every": every}


def learned_digests(features: pl.DataFrame, labels: pl.Series) -> pl.Series:
    """Hash what a model learns from each row: its features and the target, as it sees them.

    A column that the model does not use, as a key, is not among them. Whether a row of another
    file is one of these is asked with the same encoder.

    Returns
    -------
    UInt64, one a row.
    """
    table = features.with_columns(labels.alias(""))
    # Numbers are texts here, and categories a byte each.
    rows = max(1, _CELLS_AT_ONCE // table.width)
    pieces = [
        piece.select(pl.all().cast(pl.Float64)).hash_rows(seed=0)
        for piece in table.iter_slices(rows)
    ]
    return pl.concat(pieces) if pieces else pl.Series(dtype=pl.UInt64)


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
    return frame.select(pl.nth(by_name)).hash_rows(seed=0)


def words(digests: pl.Series) -> bytes:
    """Write digests as 64-bit words, little-endian as all of Lambda's processors are."""
    return array("Q", digests.to_list()).tobytes()
