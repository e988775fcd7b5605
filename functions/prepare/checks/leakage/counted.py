"""What columns of few values tell, from how many rows of each class have each value.

Thousands of columns are counted one by one, and reckoned with at once.
"""

from collections.abc import Iterator, Sequence

import polars as pl

from prepare.checks.leakage.limits import LEAST, LEAST_OF_CLASS
from prepare.checks.leakage.rows import HELD

_AT_ONCE = 50
# Of the rows that chance alone would bring, how many may be there all the same.
_SLIPS = 0.01
_USUAL = 0.2
_LEAST_AMOUNTS = 3
_HALF = ["column", HELD]


def counts_in_turn(columns: Sequence[pl.Series], rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Count the rows of each value, class and half, of some columns at a time.

    Parameters
    ----------
    columns : all of numbers, or all of texts; each is known by its name.
    rows : the class "y", and the half.
    """
    for at in range(0, len(columns), _AT_ONCE):
        yield pl.concat(counts_of(values, rows) for values in columns[at : at + _AT_ONCE])


def counts_of(values: pl.Series, rows: pl.DataFrame) -> pl.DataFrame:
    """Count the rows of each value, class and half, of one column."""
    counted = rows.with_columns(x=values).group_by("x", "y", HELD).len("rows")
    return counted.select(pl.lit(values.name).alias("column"), pl.all())


def naive_errors(rows: pl.DataFrame) -> int:
    """Return how many rows are not of the class that is the commonest in the other half."""
    counted = rows.group_by(HELD, "y").len().sort("len", "y", descending=[True, False])
    common = counted.unique(HELD, keep="first", maintain_order=True)
    if len(common) < 2:
        return 0
    other = common.select((~pl.col(HELD)).alias(HELD), pl.col("y").alias("common"))
    return int((rows.join(other, on=HELD)).select((pl.col("y") != pl.col("common")).sum()).item())


def most_gained(counts: pl.DataFrame, naive: int) -> pl.DataFrame:
    """Return the "share" of naive errors that each column avoids at the most.

    Whatever class a value is given in a half, no more rows are right than its commonest has there.
    """
    best = counts.group_by(*_HALF, "x").agg(pl.col("rows").sum(), most=pl.col("rows").max())
    wrong = best.group_by("column").agg((pl.col("rows") - pl.col("most")).sum().alias("wrong"))
    if naive < 2 * LEAST:
        return wrong.select("column", share=pl.lit(0.0))
    return wrong.select("column", share=1 - pl.col("wrong") / naive)


def largest_area(counts: pl.DataFrame, positive: float) -> pl.DataFrame:
    """Return the "share" of each column: the largest area under the ROC curve, in its worse half.

    It is that of values in order of their share of positive rows in the half that is tried.
    """
    of_class = pl.col("rows").filter(pl.col("y") == positive).sum().cast(pl.Float64)
    by_value = counts.group_by(*_HALF, "x").agg(of_class.alias("yes"), pl.col("rows").sum())
    by_value = by_value.with_columns(no=pl.col("rows") - pl.col("yes"))
    by_value = by_value.sort(pl.col("yes") / pl.col("rows"))
    below = pl.col("no").cum_sum().over(_HALF) - pl.col("no") / 2
    sums = (
        by_value.with_columns(right=pl.col("yes") * below)
        .group_by(_HALF)
        .agg(pl.col("yes", "no", "right").sum())
    )
    enough = pl.min_horizontal("yes", "no") >= LEAST_OF_CLASS
    area = pl.when(enough).then(pl.col("right") / (pl.col("yes") * pl.col("no"))).otherwise(0.5)
    return sums.group_by("column").agg(area.min().alias("share"))


def filled_of(counts: pl.DataFrame) -> pl.DataFrame:
    """Return the class "y" for which alone a column says something, and of what "share" of it.

    Nothing is a missing value, and of three numbers and more the commonest if a fifth of the rows
    have it: an amount that is 0 where nothing was recovered. Columns that say something for rows of
    several classes are left out.
    """
    sparse = pl.col("x").is_null().any()
    if counts["x"].dtype != pl.String:
        sparse |= pl.col("x").n_unique() >= _LEAST_AMOUNTS
    counts = counts.filter(sparse.over("column"))
    of_class = counts.group_by(*_HALF, "y").agg(positive=pl.col("rows").sum())
    of_class = of_class.with_columns(
        others=1 - pl.col("positive") / pl.col("positive").sum().over(_HALF)
    )
    filled = counts.drop_nulls("x").join(_usual(counts), on=[*_HALF, "x"], how="anti")
    told = filled.group_by(*_HALF, "y").agg(right=pl.col("rows").cast(pl.Int64).sum())
    told = told.with_columns(many=pl.col("right").sum().over(_HALF)).join(
        of_class, on=[*_HALF, "y"]
    )
    by_chance = pl.col("many") * pl.col("others")
    few = pl.col("many") - pl.col("right") <= _SLIPS * by_chance
    alone = told.filter(few & (pl.col("right") >= 2 * LEAST) & (by_chance >= LEAST))
    shares = alone.group_by("column", "y").agg(
        (pl.col("right") / pl.col("positive")).min().alias("share"), halves=pl.len()
    )
    shares = shares.filter(pl.col("halves") == 2).sort("share", "y", descending=[True, False])
    return shares.unique("column", keep="first", maintain_order=True).drop("halves")


def _usual(counts: pl.DataFrame) -> pl.DataFrame:
    """Return for each half the value that says nothing there, as the other half has it."""
    if counts["x"].dtype == pl.String:
        return counts.clear().select(*_HALF, "x")
    of_value = counts.group_by(*_HALF, "x").agg(pl.col("rows").sum())
    of_value = of_value.with_columns(all=pl.col("rows").sum().over(_HALF)).drop_nulls("x")
    of_value = of_value.sort("rows", "x", descending=[True, False])
    common = of_value.group_by(_HALF, maintain_order=True).agg(
        pl.col("x", "rows", "all").first(), values=pl.len()
    )
    # A flag may be one-sided without being an amount.
    common = common.filter(
        (pl.col("values") >= _LEAST_AMOUNTS) & (pl.col("rows") >= _USUAL * pl.col("all"))
    )
    return common.select("column", (~pl.col(HELD)).alias(HELD), "x")
