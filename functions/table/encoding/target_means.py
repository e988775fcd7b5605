"""From sums by value and fold to means: those of all rows, and for each row those of other folds.

A mean is drawn to that of all rows as empirical Bayes has it (Efron and Morris 1975; Micci-Barreca
2001, "A preprocessing scheme for high-cardinality categorical attributes"): as if so many rows more
had the mean of all, as it takes to make the mean of a value as sure as values differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import fsum, sqrt

import polars as pl

from pipeline.documents.encoder import Encoder, ValueTable
from pipeline.documents.fit import FoldMeans, Folds
from table.encoding.target_sums import Outputs, TargetSums
from table.encoding.value_table import mean_at, numbers_in, places_of
from table.values.missing import present

FOLDS = 5
_DIGITS = 7
"""XGBoost keeps a mean as a 32-bit float, which has as many."""
_LEAST = 1e-6
"""Rows that are added at least: a value with no row in other folds has the mean of all."""
_GRAIN = 0.5
"""Of the standard error of a value's mean: what means differ by at least."""
_TELLING = 16.0
"""Rows that are added at most where values differ much: they are 6 % of all variance (ADR 58)."""


_SURE = 4.0
"""Rows of a value for each that is added, where means are sure: 80 % of such a mean is its own."""


@dataclass(frozen=True)
class Means:
    """What is learned of a column: for files that follow, and for the rows that it is from.

    Attributes
    ----------
    sure : of the target's numbers, those whose means are sure where most rows are.
    telling : those by which values differ much, however few rows each has.
    """

    table: ValueTable
    folds: FoldMeans
    sure: list[int]
    telling: list[int]


@dataclass(frozen=True)
class _Shrinking:
    """How the sums of one number become means.

    Attributes
    ----------
    prior : the mean of all rows.
    added : rows of that mean which are added to each value's; None if values do not differ.
    grain : what means differ by at least. A smaller difference is chance, and trees would take it
        for more: they see the order of the means, not how far they are apart.
    """

    prior: float
    added: float | None
    grain: float

    def means(self, sums: pl.Series, rows: pl.Series) -> pl.Series:
        """Return the mean of each."""
        if self.added is None:
            return pl.Series([self.prior], dtype=pl.Float64).new_from_index(0, len(sums))
        apart = (sums + self.added * self.prior) / (rows + self.added) - self.prior
        if self.grain:
            apart = (apart / self.grain).round() * self.grain
        return apart + self.prior


def means_of(sums: TargetSums, outputs: Outputs, *, fold: bool) -> Means | None:
    """Turn sums into means; None if no row counts.

    Parameters
    ----------
    fold : whether texts that differ only in case are one value.
    """
    if not len(sums.rows):
        return None
    values = sums.rows.group_by("key").agg(pl.exclude("key", "fold").sum())
    values = values.sort("rows", "key", descending=[True, False]).with_row_index("place")
    pairs = sums.rows.join(values, on="key", suffix="_all")
    pairs = pairs.with_columns(pair=pl.col("place") * FOLDS + pl.col("fold")).sort("pair")
    rows, left = values["rows"], pairs["rows_all"] - pairs["rows"]
    ways, means, others = [], [], []
    for number in range(outputs.count):
        name = f"sum{number}"
        way = _shrinking(rows.to_list(), values[name].to_list(), sums.squares[number])
        ways.append(way)
        means.append(way.means(values[name], rows) * outputs.step)
        others.append(way.means(pairs[f"{name}_all"] - pairs[name], left) * outputs.step)
    table: ValueTable = {
        "bits": sums.bits,
        "folded": fold,
        "keys": " ".join(f"{key:x}" for key in values["key"]),
        "means": [_text(mean) for mean in means],
        "prior": [float(f"{way.prior * outputs.step:.{_DIGITS}g}") for way in ways],
    }
    folds: FoldMeans = {
        "pairs": " ".join(map(str, pairs["pair"])),
        "means": [_text(mean) for mean in others],
    }
    usual = _usual_rows(rows.to_list())
    sure = [n for n, way in enumerate(ways) if way.added is not None and _SURE * way.added <= usual]
    telling = [n for n, way in enumerate(ways) if way.added is not None and way.added <= _TELLING]
    return Means(table, folds, sure, telling)


def _shrinking(rows: Sequence[int], sums: Sequence[int], squares: int) -> _Shrinking:
    """Tell from what is sure of the values' means how far they are drawn to that of all.

    The variance of rows of one value, and of the values' means, are as an analysis of variance with
    groups of different sizes estimates them (Searle, Casella and McCulloch 1992).
    """
    total, values = sum(rows), len(rows)
    prior = sum(sums) / total
    if values < 2 or total == values:
        return _Shrinking(prior, None, 0.0)
    # Numbers far from 0 would cancel; whole ones can be moved without loss.
    middle = round(Fraction(sum(sums), total))
    centred = [s - n * middle for s, n in zip(sums, rows, strict=True)]
    square = squares - 2 * middle * sum(sums) + middle * middle * total
    explained = fsum(s * (s / n) for s, n in zip(centred, rows, strict=True))
    within = max(0.0, square - explained) / (total - values)
    between = max(0.0, explained - sum(centred) * (sum(centred) / total)) / (values - 1)
    unequal = sum(n * n for n in rows) / total
    variance = (between - within) / ((total - unequal) / (values - 1))
    if variance <= 0:
        return _Shrinking(prior, None, 0.0)
    added = max(_LEAST, within / variance)
    return _Shrinking(prior, added, _GRAIN * sqrt(within / (_usual_rows(rows) + added)))


def _usual_rows(rows: Sequence[int]) -> float:
    """Return of how many rows the value of a row is, on average.

    A value of more than half of the rows ("none") says nothing of the others, and does not count.
    """
    total, most = sum(rows), max(rows)
    if 2 * most > total > most:
        return (sum(n * n for n in rows) - most * most) / (total - most)
    return sum(n * n for n in rows) / total


def _text(means: pl.Series) -> str:
    return " ".join(means.round_sig_figs(_DIGITS).cast(pl.String))


def mean_elsewhere(
    places: pl.Series, folds: pl.Series, table: ValueTable, found: FoldMeans, slot: int
) -> pl.Series:
    """Return for each row the mean of its value in the folds that it is not in.

    Parameters
    ----------
    places : as `places_of` returns them.
    folds : of each row, UInt8.
    """
    pairs = numbers_in(found["pairs"]).cast(pl.UInt64)
    wanted = places.cast(pl.UInt64) * FOLDS + folds
    # A row that was not counted is in no fold's sum.
    known = mean_at(places, table, slot)
    return wanted.replace_strict(
        pairs, numbers_in(found["means"][slot]), default=known, return_dtype=pl.Float64
    )


def with_means_elsewhere(
    features: pl.DataFrame,
    frame: pl.DataFrame,
    columns: list[str],
    encoder: Encoder,
    found: Folds,
    folds: pl.Series,
) -> pl.DataFrame:
    """Put the means of other folds in the place of those of all rows.

    Parameters
    ----------
    features : as `encode_frame` returns them.
    """
    tables, missing = encoder.get("tables", {}), encoder.get("missing_values")
    made = []
    places: dict[str, pl.Series] = {}
    for number, feature in enumerate(encoder["features"]):
        if feature["encoding"] != "target_mean":
            continue
        name = feature["column"]
        if name not in places:
            values = present(frame.to_series(columns.index(name)), name, missing)
            places[name] = places_of(values, tables[name])
        own = found["columns"][name]
        mean = mean_elsewhere(places[name], folds, tables[name], own, feature["slot"])
        made.append(mean.alias(features.columns[number]))
    return features.with_columns(made)
