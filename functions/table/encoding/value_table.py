"""A table of a column's values, each known by its hash: its rank, and the target's mean there.

A value's text is nowhere in the table, so that its size does not depend on how long texts are, and
values of which there are too many share places (table.encoding.target_sums).
"""

from functools import lru_cache

import polars as pl

from pipeline.documents.encoder import Feature, ValueTable
from table.encoding.categories import folded
from table.values.hashing import text_hash
from table.values.missing import stripped

OF_TABLE = ("value_rank", "target_mean")
"""Encodings that look values up in a table."""
KEY_BITS = 48
"""Two of 100,000 values have the same hash with a probability of 2e-5."""


def value_keys(values: pl.Series, *, fold: bool) -> pl.Series:
    """Hash texts, the same everywhere and always: UInt64, null where one is missing.

    Parameters
    ----------
    fold : whether texts that differ only in case are one value.
    """
    unique = values.drop_nulls().unique()
    texts = stripped(unique)
    texts = folded(texts) if fold else texts
    hashes = [None if text is None else text_hash(text, 0) % (1 << KEY_BITS) for text in texts]
    keys = pl.Series(hashes, dtype=pl.UInt64)
    return values.replace_strict(unique, keys, default=None, return_dtype=pl.UInt64)


def places_of(values: pl.Series, table: ValueTable) -> pl.Series:
    """Look values up: UInt32, the place of each, one past the last if it is not known.

    Returns
    -------
    Null where a value is missing.
    """
    keys = value_keys(values, fold=table["folded"])
    known = _keys(table["keys"])
    place = pl.int_range(len(known), dtype=pl.UInt32, eager=True)
    found = (keys % (1 << table["bits"])).replace_strict(
        known, place, default=len(known), return_dtype=pl.UInt32
    )
    return found.set(keys.is_null(), None)


def are_new(values: pl.Series, table: ValueTable) -> pl.Series:
    """Tell which values are there and not in a table."""
    return (places_of(values, table) == len(_keys(table["keys"]))).fill_null(value=False)


def from_table(
    values: pl.Series, features: list[Feature], table: ValueTable
) -> tuple[list[pl.Series], int]:
    """Encode a column by its table.

    A value that is not known has the rank behind all others, and the mean of all rows.

    Returns
    -------
    A series a feature, and how many values are not known.
    """
    places = places_of(values, table)
    made = [
        places if feature["encoding"] == "value_rank" else mean_at(places, table, feature["slot"])
        for feature in features
    ]
    return made, int((places == len(_keys(table["keys"]))).sum())


def mean_at(places: pl.Series, table: ValueTable, slot: int) -> pl.Series:
    """Return the mean at each place, of one of the target's numbers."""
    prior = pl.Series([table["prior"][slot]], dtype=pl.Float64)
    return pl.concat([numbers_in(table["means"][slot]), prior]).gather(places)


@lru_cache(maxsize=64)
def numbers_in(text: str) -> pl.Series:
    """Read numbers that blanks part, as Float64; the series is shared."""
    return pl.Series(text.split(), dtype=pl.String).cast(pl.Float64)


@lru_cache(maxsize=64)
def _keys(text: str) -> pl.Series:
    return pl.Series([int(key, 16) for key in text.split()], dtype=pl.UInt64)
