"""Which fields hold nothing."""

import polars as pl

from table.values.spellings import MISSING


def stripped(values: pl.Series) -> pl.Series:
    """Strip blanks and turn every spelling of missing into null."""
    values = values.str.strip_chars()
    return values.set(values.is_in(MISSING), None)
