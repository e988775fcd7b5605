"""Encoded rows as 32-bit floats, which is what XGBoost makes of the text that `to_csv` writes."""

import sys
from array import array

import polars as pl


def to_floats(features: pl.DataFrame) -> bytes:
    """Write features one after the other, little-endian, each with a float a row; NaN is missing.

    A text is read as a 64-bit float first, as the container does (numpy's ``astype(float)``), and
    then rounded.
    """
    return b"".join(_column(column) for column in features.get_columns())


def _column(column: pl.Series) -> bytes:
    read = column.cast(pl.Float64).cast(pl.Float32).fill_null(float("nan"))
    # polars has no public way to its buffer without numpy, which the layer lacks.
    floats = array("f", read.to_list())
    if sys.byteorder == "big":
        floats.byteswap()
    return floats.tobytes()
