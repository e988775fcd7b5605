"""A table of strings out of whole records, by polars."""

from collections.abc import Collection

import polars as pl

from table.reading.dialect import Dialect


def read_strings(
    data: bytes, dialect: Dialect, width: int, only: Collection[int] | None
) -> pl.DataFrame:
    """Read records that all have the same number of fields.

    Parameters
    ----------
    width : number of fields.
    only : positions of the columns that are read, at least one, the others are null; None for all.

    Returns
    -------
    String columns c0, c1, ...
    """
    schema = {f"c{n}": pl.String for n in range(width)}
    if not data:
        return pl.DataFrame(schema=schema)
    frame = pl.read_csv(
        data,
        columns=None if only is None else sorted(only),
        has_header=False,
        schema=schema,
        separator=dialect.delimiter,
        quote_char=dialect.quote,
        empty_string_is_null=False,
        extra_columns="ignore",
        missing_columns="insert",
    )
    if only is None:
        return frame
    null = pl.lit(None, pl.String)
    return frame.select(pl.col(n) if n in frame.columns else null.alias(n) for n in schema)
