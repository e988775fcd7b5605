"""Which columns are worth a closer look: in order of one thing, the other changes seldom.

All columns are looked at in one query, which a file of thousands of columns needs. Rows that are
equal are put in the order that changes least, so that no column is passed over that
``strength`` would find. Of columns of few values nearly all rows are equal: they are counted.
"""

from collections.abc import Iterable, Iterator

import polars as pl

from prepare.checks.leakage.counted import (
    counts_in_turn,
    filled_of,
    largest_area,
    most_gained,
    naive_errors,
)
from prepare.checks.leakage.limits import LIKELY_AREA, LIKELY_FILLED, LIKELY_GAIN
from prepare.checks.leakage.rows import HELD, Rows

# What the nearest five rows of the other half tell comes in runs of six rows and more; a slip
# in fifty rows adds two runs.
_RUNS = 0.5
_RUNS_A_VALUE = 2
# Of neighbours' squared difference over twice the variance; 0.002 is left over at most.
_JUMPS = 0.02
_ROWS_A_VALUE = 10
_DIGIT = 1e-9


def likely_of_classes(rows: Rows) -> list[str]:
    """Return the columns of few values that may tell the classes, and those in few runs of them."""
    names, frame = _numbered(rows)
    few, many = _few_and_many(frame)
    found = {at for texts in (False, True) for at in _telling(frame, few, rows, texts=texts)}
    most = _RUNS * rows.off_commonest + _RUNS_A_VALUE * rows.labels.n_unique()
    if many:
        runs = frame.select(_changes("y", [at, "y"]).alias(at) for at in many).row(0, named=True)
        found |= {at for at in many if runs[at] <= most}
    return [name for at, name in names.items() if at in found]


def _telling(frame: pl.DataFrame, few: Iterable[str], rows: Rows, *, texts: bool) -> Iterator[str]:
    """Return the columns of few values that reach a limit if their values are told at best."""
    columns = [frame[at] for at in few if (frame[at].dtype == pl.String) is texts]
    halves = pl.DataFrame({"y": rows.labels, HELD: rows.held})
    naive, classes = naive_errors(halves), sorted(rows.labels.unique().to_list())
    for counts in counts_in_turn(columns, halves):
        bounds = [(most_gained(counts, naive), LIKELY_GAIN), (filled_of(counts), LIKELY_FILLED)]
        if len(classes) == 2:
            bounds.append((largest_area(counts, classes[-1]), LIKELY_AREA))
        for bound, limit in bounds:
            # Sums of shares may be a last digit less.
            yield from bound.filter(pl.col("share") >= limit - _DIGIT)["column"]


def smooth(rows: Rows) -> list[str]:
    """Return the columns of numbers in whose order the target hardly jumps.

    Of few numbers, which have ties, those around whose means the target hardly varies.
    """
    names, frame = _numbered(rows)
    few, many = _few_and_many(frame)
    several = {*few, *many}
    numbers = [at for at in names if at in several and frame[at].dtype != pl.String]
    if not numbers:
        return []
    frame = frame.with_columns(pl.col("y").rank(), rows.held.alias(HELD))
    jumps = frame.select((_around(at) if at in few else _jumps(at)).alias(at) for at in numbers)
    return [
        names[at]
        for at, jump in jumps.row(0, named=True).items()
        if jump is not None and jump <= _JUMPS
    ]


def parted(rows: Rows) -> list[str]:
    """Return the columns of few values that come in few runs in the target's order."""
    if not rows.columns:
        return []
    names, frame = _numbered(rows)
    few, _ = _few_and_many(frame)
    if not few:
        return []
    runs = frame.select(_changes(at, ["y", at]).alias(at) for at in few).row(0, named=True)
    off = frame.select((pl.len() - pl.col(at).unique_counts().max()).alias(at) for at in few).row(
        0, named=True
    )
    return [names[at] for at, n in few.items() if runs[at] <= _RUNS * off[at] + _RUNS_A_VALUE * n]


def _numbered(rows: Rows) -> tuple[dict[str, str], pl.DataFrame]:
    """Return the columns by their position, since a column of the file may be called y."""
    names = {str(at): name for at, name in enumerate(rows.columns)}
    columns = {at: rows.columns[name] for at, name in names.items()}
    return names, pl.DataFrame({"y": rows.labels, **columns})


def _few_and_many(frame: pl.DataFrame) -> tuple[dict[str, int], list[str]]:
    """Return how many values there are of each column that has few, but for those of one value.

    And the columns that have many.
    """
    values = frame.select(pl.exclude("y").n_unique()).row(0, named=True)
    few = {at: n for at, n in values.items() if n * _ROWS_A_VALUE <= len(frame)}
    return {at: n for at, n in few.items() if n > 1}, [at for at in values if at not in few]


def _jumps(at: str) -> pl.Expr:
    return pl.col("y").sort_by(at, "y").diff().pow(2).mean() / (2 * pl.col("y").var())


def _around(at: str) -> pl.Expr:
    """Return the share of the variance that is left over by the means of each half's values."""
    y = pl.when(pl.col(at).is_not_null()).then("y")
    return (y - y.mean().over(at, HELD)).pow(2).mean() / y.var()


def _changes(of: str, by: list[str]) -> pl.Expr:
    ordered = pl.col(of).sort_by(by)
    return ordered.ne_missing(ordered.shift()).sum()
