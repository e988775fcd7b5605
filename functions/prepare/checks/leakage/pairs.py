"""Two columns whose sum, difference, product or ratio is the target."""

from itertools import combinations

import polars as pl

from prepare.checks.leakage.limits import LEAST

MOST = 60
"""Columns of numbers that are tried two by two: 1,770 pairs."""
_FILLED = 0.9
_ROWS = 2_000
# A hundredth of a per cent of the target's variance is left over by rounding at the most.
_EXACT = 0.9999
_ALONE = 0.998


def pairs_that_tell(
    columns: dict[str, pl.Series], labels: pl.Series, held: pl.Series
) -> list[tuple[str, str]]:
    """Find two columns of numbers that make the target, up to rounding.

    Each pair is tried on the rows that have both: of 60 columns that are each filled in in nine of
    ten rows, hardly a row has all.

    Parameters
    ----------
    columns : of numbers. Those of the fullest 60 that are filled in in nearly all rows are tried.
    """
    filled = numbers_filled_in(columns)
    fullest = set(sorted(filled, key=lambda name: filled[name].null_count())[:MOST])
    names = [name for name in filled if name in fullest]
    if len(names) < 2:
        return []
    rows = pl.DataFrame({str(at): filled[name] for at, name in enumerate(names)}).with_columns(
        y=labels, held=held
    )
    fit, tried = rows.filter(~pl.col("held")), rows.filter("held")
    found = []
    for logarithms in (False, True):
        at = [str(n) for n in range(len(names))]
        if logarithms:
            at = [n for n in at if (rows[n].drop_nulls() > 0).all()]
            if not (rows["y"] > 0).all():
                break
        found += _of(
            _logarithms(fit, at) if logarithms else fit,
            _logarithms(tried, at) if logarithms else tried,
            at,
        )
    return [(names[int(a)], names[int(b)]) for a, b in dict.fromkeys(found)]


def numbers_filled_in(columns: dict[str, pl.Series]) -> dict[str, pl.Series]:
    """Return the columns of numbers that nearly all rows have."""
    return {
        name: values
        for name, values in columns.items()
        if values.dtype != pl.String and values.null_count() <= (1 - _FILLED) * len(values)
    }


def _logarithms(rows: pl.DataFrame, at: list[str]) -> pl.DataFrame:
    return rows.select(pl.col(*at, "y").log())


def _of(fit: pl.DataFrame, tried: pl.DataFrame, at: list[str]) -> list[tuple[str, str]]:
    """Return the pairs whose plane through one half leaves nothing over in the other."""
    return [
        (a, b)
        for (a, b), (ay, by, ab) in _correlations(fit.head(_ROWS), at).items()
        if max(abs(ay), abs(by)) ** 2 < _ALONE
        and _told(ay, by, ab) >= _EXACT
        and _left_over(_both(fit, a, b), _both(tried, a, b), a, b) <= 1 - _EXACT
    ]


def _both(rows: pl.DataFrame, a: str, b: str) -> pl.DataFrame:
    return rows.select(a, b, "y").drop_nulls()


def _correlations(
    rows: pl.DataFrame, at: list[str]
) -> dict[tuple[str, str], tuple[float, float, float]]:
    """Return of each pair how it goes with the target, and with each other, where both are."""
    pairs = list(combinations(at, 2))
    if not pairs:
        return {}
    gaps = {name for name in at if rows[name].null_count()}

    def with_target(name: str, other: str) -> pl.Expr:
        there = pl.when(pl.col(other).is_not_null()).then(name) if other in gaps else pl.col(name)
        return pl.corr(there, "y").alias(f"{name} {other}")

    found = rows.select(
        expression
        for a, b in pairs
        for expression in (
            with_target(a, b),
            with_target(b, a),
            pl.corr(a, b).alias(f"{a} and {b}"),
        )
    ).row(0)
    known = [r if r is not None and r == r else 0.0 for r in found]
    return {
        pair: (known[n], known[n + 1], known[n + 2])
        for n, pair in zip(range(0, len(known), 3), pairs, strict=True)
    }


def _told(ay: float, by: float, ab: float) -> float:
    """Return the share of the variance that two columns tell (R squared of a plane)."""
    rest = 1 - ab * ab
    return (ay * ay + by * by - 2 * ay * by * ab) / rest if rest > 1e-9 else 0.0


def _left_over(fit: pl.DataFrame, tried: pl.DataFrame, a: str, b: str) -> float:
    """Return the share of the other half's variance that the plane leaves over."""
    if min(len(fit), len(tried)) < 2 * LEAST:
        return 1.0
    means = {name: float(fit[name].mean()) for name in (a, b, "y")}  # type: ignore[arg-type]
    centred = {name: fit[name] - means[name] for name in means}
    aa, bb = (float((centred[n] * centred[n]).sum()) for n in (a, b))
    ab = float((centred[a] * centred[b]).sum())
    ay, by = (float((centred[n] * centred["y"]).sum()) for n in (a, b))
    rest = aa * bb - ab * ab
    if rest <= 0:
        return 1.0
    slopes = {a: (ay * bb - by * ab) / rest, b: (by * aa - ay * ab) / rest}
    plane = sum((tried[n] - means[n]) * slope for n, slope in slopes.items())
    over = tried["y"] - means["y"] - plane
    spread = float(((tried["y"] - tried["y"].mean()) ** 2).sum())
    return float((over * over).sum()) / spread if spread else 1.0
