"""Which columns are worth a closer look: in order of one thing, the other changes seldom.

All columns are looked at in one query, which a file of thousands of columns needs. Rows that are
equal are put in the order that changes least, so that no column is passed over that
``strength`` would find.
"""

import polars as pl

from prepare.checks.leakage.rows import Rows

# What the nearest five rows of the other half tell comes in runs of six rows and more; a slip
# in fifty rows adds two runs.
_RUNS = 0.5
_RUNS_A_VALUE = 2
# Of neighbours' squared difference over twice the variance; 0.002 is left over at most.
_JUMPS = 0.02
_ROWS_A_VALUE = 10


def likely_of_classes(rows: Rows) -> list[str]:
    """Return the columns in whose order the classes come in few runs."""
    labels = rows.labels
    counts = labels.unique_counts().to_list()
    most = _RUNS * (len(labels) - max(counts)) + _RUNS_A_VALUE * len(counts)
    names, frame = _numbered(rows)
    runs = frame.select(_changes("y", [at, "y"]).alias(at) for at in names)
    return [names[at] for at, many in runs.row(0, named=True).items() if many <= most]


def smooth(rows: Rows) -> list[str]:
    """Return the columns of numbers in whose order the target hardly jumps."""
    names, frame = _numbered(rows)
    numbers = [at for at in names if frame[at].dtype != pl.String]
    if not numbers:
        return []
    frame = frame.with_columns(pl.col("y").rank())
    jumps = frame.select(
        (pl.col("y").sort_by(at, "y").diff().pow(2).mean() / (2 * pl.col("y").var())).alias(at)
        for at in numbers
    )
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
    many = frame.select(pl.exclude("y").n_unique()).row(0, named=True)
    few = {at: n for at, n in many.items() if n > 1 and n * _ROWS_A_VALUE <= len(frame)}
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


def _changes(of: str, by: list[str]) -> pl.Expr:
    ordered = pl.col(of).sort_by(by)
    return ordered.ne_missing(ordered.shift()).sum()
