"""Values of a column that are no numbers: the few texts that recur, and units behind numbers.

Both are kept while they are few. What merges to more than that is many, whatever was cut.
"""

import polars as pl

from pipeline.documents.chunk_profile import Numbers
from table.profiling.numeric import numbers_of
from table.profiling.tally import Tally
from table.values.numbers import units_of

FEW_TEXTS = 20
FEW_UNITS = 5
_LENGTH = 40


def shortened(values: pl.Series) -> pl.Series:
    """Cut texts to what a profile keeps of them."""
    return values.str.slice(0, _LENGTH)


def units_among(values: Tally, signed: pl.Series) -> tuple[dict[str, Numbers] | None, Tally]:
    """Sum up the numbers that have a unit behind them.

    Parameters
    ----------
    signed : the values as `as_signed` writes them.

    Returns
    -------
    By unit, None if these are many; and the other values.
    """
    read, units = units_of(signed)
    known = units.drop_nulls().unique()
    rest = values.where(units.is_null())
    if len(known) > FEW_UNITS:
        return None, rest
    found = {}
    for unit in known.sort():
        same = (units == unit).fill_null(value=False)
        found[str(unit)] = numbers_of(values.where(same).read_as(read.filter(same)))
    return found, rest


def few_texts(values: Tally) -> dict[str, int] | None:
    """Count values; None if they are many."""
    cut = shortened(values.values)
    if cut.head(50 * FEW_TEXTS).n_unique() > FEW_TEXTS or cut.n_unique() > FEW_TEXTS:
        return None
    counts = pl.Series([1]).new_from_index(0, len(cut)) if values.counts is None else values.counts
    summed = (
        pl.DataFrame({"text": cut, "count": counts}).group_by("text").agg(pl.col("count").sum())
    )
    return {str(text): int(count) for text, count in sorted(summed.rows())}
