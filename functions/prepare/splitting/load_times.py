"""Columns that say when a row was loaded, not what it is about: they differ between copies."""

import polars as pl

from table.columns.kind import column_of
from table.profiling.column import profile_column
from table.values.dates import dates
from table.values.missing import stripped
from table.values.time_names import says_load

_DIFFERENT = 0.9
"""Of the rows looked at, so many have a time of their own where it is taken as each row is."""
_ROWS_A_BATCH = 20
_MINUTE = 60_000_000
# What is measured is measured on the minute; a program that loads a file begins at any second.
_ANY_SECOND = 0.5
_DAY = r"[0-9]{1,4}.{1,5}[0-9]"
_CLOCK = r"[0-9]:[0-9]{2}|[0-9]T[0-9]{4}|^[0-9]{10}"


def is_load_time(values: pl.Series, name: str) -> bool:
    """Tell whether a column holds times of loading, by its name or by how they stand in a file.

    They do if each row has its own, or many rows of a batch have one; with seconds, unless all rows
    have one.

    Parameters
    ----------
    values : of the file's first rows.
    """
    named = says_load(name)
    there = stripped(values).drop_nulls()
    if not len(there) or not (named or _may_be(there)):
        # Quicker than to find out what it holds, and enough for nearly all columns.
        return False
    column = column_of(name, profile_column(there, name=name), len(there))
    if column.dates is None or named or column.distinct == 1:
        return column.dates is not None
    ticks = dates(there.unique(), column.style).drop_nulls().cast(pl.Int64)
    return int((ticks % _MINUTE != 0).sum()) >= _ANY_SECOND * len(ticks)


def _may_be(there: pl.Series) -> bool:
    """Tell whether values stand as times of loading do, if they are times at all."""
    different, first = there.n_unique(), there.head(1)
    if different == 1:
        return len(there) >= _ROWS_A_BATCH and bool(first.str.contains(_DAY)[0])
    often = different * _ROWS_A_BATCH <= len(there) or different >= _DIFFERENT * len(there)
    return often and bool(first.str.contains(_CLOCK)[0])
