"""Values of a column that are no numbers: the few texts that recur, and units behind numbers.

Both are kept while they are few. What merges to more than that is many, whatever was cut.
"""

from collections.abc import Mapping

import polars as pl

from pipeline.documents.chunk_profile import Numbers
from table.profiling.tally import Tally, merge_numbers, numbers_of
from table.values.numbers import units_of

FEW = 20
_FEW_UNITS = 5
_LENGTH = 40


def units_among(values: Tally) -> tuple[dict[str, Numbers] | None, Tally]:
    """Sum up the numbers that have a unit behind them.

    Returns
    -------
    By unit, None if these are many; and the other values.
    """
    read, units = units_of(values.values)
    known = units.drop_nulls().unique()
    rest = values.where(units.is_null())
    if len(known) > _FEW_UNITS:
        return None, rest
    found = {}
    for unit in known.sort():
        same = (units == unit).fill_null(value=False)
        found[str(unit)] = numbers_of(values.where(same).read_as(read.filter(same)))
    return found, rest


def few_texts(values: Tally) -> dict[str, int] | None:
    """Count values; None if they are many."""
    cut = values.values.str.slice(0, _LENGTH)
    if cut.head(50 * FEW).n_unique() > FEW or cut.n_unique() > FEW:
        return None
    counts = pl.Series([1]).new_from_index(0, len(cut)) if values.counts is None else values.counts
    summed = (
        pl.DataFrame({"text": cut, "count": counts}).group_by("text").agg(pl.col("count").sum())
    )
    return {str(text): int(count) for text, count in sorted(summed.rows())}


def merge_texts(
    one: Mapping[str, int] | None, other: Mapping[str, int] | None
) -> dict[str, int] | None:
    """Merge two counts."""
    if one is None or other is None:
        return None
    merged = {text: one.get(text, 0) + other.get(text, 0) for text in sorted({*one, *other})}
    return merged if len(merged) <= FEW else None


def merge_units(
    one: Mapping[str, Numbers] | None, other: Mapping[str, Numbers] | None
) -> dict[str, Numbers] | None:
    """Merge two sums by unit."""
    if one is None or other is None:
        return None
    merged = {
        unit: merge_numbers(one[unit], other[unit])
        if unit in one and unit in other
        else {**one, **other}[unit]
        for unit in sorted({*one, *other})
    }
    return merged if len(merged) <= _FEW_UNITS else None
