"""Values of a column that are no numbers: the few texts that recur, and units behind numbers.

Both are kept while they are few. What merges to more than that is many, whatever was cut.
"""

from dataclasses import dataclass
from functools import reduce

import polars as pl

from pipeline.documents.chunk_profile import Alike, ColumnProfile, Numbers
from table.profiling.numeric import merge_numbers, numbers_of
from table.profiling.tally import Tally
from table.values.labels import LABELS
from table.values.like_numbers import MARKED, PAIR, RANGE
from table.values.numbers import units_of
from table.values.units import unit_key

FEW_TEXTS = 20
FEW_UNITS = 8
_LENGTH = 40


def shortened(values: pl.Series) -> pl.Series:
    """Cut texts to what a profile keeps of them."""
    return values.str.slice(0, _LENGTH)


@dataclass(frozen=True)
class WithUnits:
    """The numbers among values that have a unit behind them.

    Attributes
    ----------
    points, commas : by unit, as decimal points and as decimal commas have them; None if the
        units are many.
    rest : the other values.
    there : which of the values are such numbers.
    """

    points: dict[str, Numbers] | None
    commas: dict[str, Numbers] | None
    rest: Tally
    there: pl.Series


def units_among(values: Tally, signed: pl.Series) -> WithUnits:
    """Sum up the numbers that have a unit behind them.

    Parameters
    ----------
    signed : the values as `as_signed` writes them.
    """
    points, commas, units = units_of(signed)
    there = units.is_not_null()
    rest = values.where(~there)
    known = units.drop_nulls().unique().sort().to_list()
    if len(known) > FEW_UNITS:
        return WithUnits(None, None, rest, there)
    of_points, of_commas = (
        {
            str(unit): numbers_of(some)
            for unit in known
            if len((some := _of_unit(values, read, units, unit)).values)
        }
        for read in (points, commas)
    )
    return WithUnits(of_points, of_commas, rest, there)


def _of_unit(values: Tally, read: pl.Series, units: pl.Series, unit: str) -> Tally:
    same = (units == unit).fill_null(value=False)
    return values.where(same).read_as(read.filter(same))


def with_units(found: ColumnProfile, *, comma: bool) -> dict[str, Numbers]:
    """Return the numbers of a column by the unit behind them; none if the units are many."""
    return (found.get("comma_units") if comma else found.get("units")) or {}


def unit_rows(found: ColumnProfile) -> dict[str, int]:
    """Return how many values of a column have each unit, by its spellings."""
    points, commas = (with_units(found, comma=comma) for comma in (False, True))
    return {
        text: max(read[text]["count"] for read in (points, commas) if text in read)
        for text in sorted({*points, *commas})
    }


def of_unit(found: ColumnProfile, unit: str, *, comma: bool) -> Numbers | None:
    """Return the numbers of a column with a unit, in all its spellings; None if there are none."""
    units = with_units(found, comma=comma).items()
    same = [numbers for text, numbers in units if unit_key(text) == unit_key(unit)]
    return reduce(merge_numbers, same) if same else None


def alike(some: Tally) -> Alike:
    """Count texts of one form; the smallest is the same for every chunk size, also if cut."""
    return {"count": some.total, "first": str(some.values.min())[:_LENGTH]}


def merge_alike(one: Alike, other: Alike) -> Alike:
    """Add up, and keep the smallest."""
    return {
        "count": one["count"] + other["count"],
        "first": min(one["first"], other["first"]),
    }


def like_numbers(texts: Tally) -> dict[str, Alike]:
    """Count the texts that are numbers to a person, by their form."""
    marked = texts.where(texts.values.str.contains(MARKED))
    pairs = texts.where(texts.values.str.contains(PAIR))
    if len(pairs.values):
        pairs = pairs.where(~_falls(pairs.values))
    return {
        form: alike(some)
        for form, some in (("marked", marked), ("pair", pairs))
        if len(some.values)
    }


def _falls(pairs: pl.Series) -> pl.Series:
    """Tell which pairs are no ranges, since the second number is the smaller one."""
    ends = pairs.str.extract_groups(RANGE).struct.unnest()
    low, high = (
        ends.to_series(at).str.replace_all(",", "").cast(pl.Float64, strict=False) for at in (0, 1)
    )
    return (low > high).fill_null(value=False)


def labels_among(missing: Tally) -> dict[str, int]:
    """Count the spellings of missing that people write for an answer, too: None, NA, -."""
    texts = missing.read_as(missing.values.str.strip_chars())
    return few_texts(texts.where(texts.values.is_in(list(LABELS)))) or {}


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
