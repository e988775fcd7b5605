"""Which fields hold nothing."""

import polars as pl

from pipeline.documents.plan import MissingValues
from table.values.numbers import plain
from table.values.spellings import MISSING


def stripped(values: pl.Series) -> pl.Series:
    """Strip blanks and turn every spelling of missing into null."""
    values = values.str.strip_chars()
    return values.set(values.is_in(MISSING), None)


def present(values: pl.Series, name: str, missing: MissingValues | None) -> pl.Series:
    """Turn what the settings say is missing in a column into null.

    A number among them counts however it is written: -999 is also -999.0.
    """
    said = missing_in(name, missing)
    if not said:
        return values
    texts = values.str.strip_chars()
    gone = texts.is_in(said)
    numbers = plain(pl.Series(said)).drop_nulls()
    if len(numbers):
        gone |= plain(texts).is_in(numbers.implode()).fill_null(value=False)
    return values.set(gone.fill_null(value=False), None)


def all_present(
    frame: pl.DataFrame, columns: list[str], missing: MissingValues | None
) -> pl.DataFrame:
    """Do so in all columns of a frame of strings, which stand in the order of their names."""
    if missing is None:
        return frame
    return frame.with_columns(
        present(values, name, missing)
        for values, name in zip(frame.get_columns(), columns, strict=True)
        if missing_in(name, missing)
    )


def missing_in(name: str, missing: MissingValues | None) -> list[str]:
    """Return what stands for a missing value in a column."""
    if missing is None:
        return []
    return [*missing["everywhere"], *missing["columns"].get(name, [])]
