"""Sums of the target by value and fold, in bounded memory, that merge to the same whatever was cut.

Sums are of whole numbers, so that the order of adding changes nothing. Values are known by a hash;
where there are more than a limit, only so many bits of it count that no more are left, and values
share a sum. A part has fewer values than the whole, so it never counts fewer bits: what the parts
come to does not depend on them. Values that occur often dominate the sum that they share.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import frexp, ldexp

import polars as pl

from table.encoding.value_table import KEY_BITS

_TARGET_BITS = 31
"""Of a target's number: 2**32 rows of them are added without overflow."""
_SMALLEST = -1022
"""Exponent of the smallest normal float."""


@dataclass(frozen=True)
class Outputs:
    """The numbers that are averaged: the target itself, or for each class whether a row is of it.

    Attributes
    ----------
    classes : those that have a number each; None in a regression.
    step : of a regression's target, a power of two; it is counted in whole steps.
    between : least and most that a regression's target counts as; None if it counts as it is.
    """

    classes: tuple[int, ...] | None
    step: float = 1.0
    between: tuple[float, float] | None = None

    @property
    def count(self) -> int:
        """How many there are."""
        return 1 if self.classes is None else len(self.classes)

    def of(self, labels: pl.Series) -> list[pl.Series]:
        """Return each row's numbers: Int64, in steps."""
        if self.classes is not None:
            return [(labels == index).cast(pl.Int64) for index in self.classes]
        if self.between is not None:
            labels = labels.clip(*self.between)
        most = 1 << _TARGET_BITS
        return [(labels / self.step).round().clip(-most, most).cast(pl.Int64)]


def step_of(least: float, most: float) -> float:
    """Return the step in which a target between two numbers is counted: 2**-31 of the larger."""
    largest = max(abs(least), abs(most))
    _, exponent = frexp(largest)
    return ldexp(1.0, max(exponent - _TARGET_BITS, _SMALLEST)) if largest else 1.0


@dataclass(frozen=True)
class TargetSums:
    """What the target comes to by value and fold.

    Attributes
    ----------
    rows : key (UInt64), fold (UInt8), rows (Int64), and sum0, sum1, ... (Int64) of each number.
    squares : the sum of each number's square.
    bits : of the hash that count.
    """

    rows: pl.DataFrame
    squares: tuple[int, ...]
    bits: int = KEY_BITS

    def plus(self, other: "TargetSums", limit: int) -> "TargetSums":
        """Add the sums of other rows."""
        bits = min(self.bits, other.bits)
        rows = pl.concat([_masked(self.rows, bits), _masked(other.rows, bits)])
        squares = tuple(a + b for a, b in zip(self.squares, other.squares, strict=True))
        return _bounded(rows, squares, bits, limit)


def sums_of(
    keys: pl.Series, folds: pl.Series, numbers: Sequence[pl.Series], limit: int
) -> TargetSums:
    """Add up rows.

    Parameters
    ----------
    keys : of the values; rows where it is null do not count.
    folds : UInt8.
    numbers : Int64, as `Outputs.of` returns them.
    limit : to the number of keys.
    """
    frame = pl.DataFrame(
        [
            keys.alias("key"),
            folds.alias("fold"),
            *(n.alias(f"sum{i}") for i, n in enumerate(numbers)),
        ]
    ).drop_nulls("key")
    squares = tuple(int((s * s).sum()) for s in _wide(frame, len(numbers)))
    counted = frame.with_columns(pl.lit(1, pl.Int64).alias("rows"))
    return _bounded(
        counted.select("key", "fold", "rows", pl.col(r"^sum\d+$")), squares, KEY_BITS, limit
    )


def _wide(frame: pl.DataFrame, numbers: int) -> list[pl.Series]:
    return [frame[f"sum{number}"].cast(pl.Int128) for number in range(numbers)]


def _bounded(rows: pl.DataFrame, squares: tuple[int, ...], bits: int, limit: int) -> TargetSums:
    summed = _summed(rows)
    keys = summed["key"].unique()
    while len(keys) > limit:
        bits -= 1
        keys = (keys % (1 << bits)).unique()
    return TargetSums(_summed(_masked(summed, bits)), squares, bits)


def _masked(rows: pl.DataFrame, bits: int) -> pl.DataFrame:
    return rows.with_columns(pl.col("key") % (1 << bits))


def _summed(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by("key", "fold").agg(pl.exclude("key", "fold").sum())
