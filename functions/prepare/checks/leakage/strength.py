"""How well one column alone tells the target, on rows that it was not learned from.

Each half of the rows is tried once, with what the other half tells.
"""

from collections.abc import Iterator

import polars as pl

from prepare.checks.leakage.limits import LEAST, LEAST_OF_CLASS
from prepare.checks.leakage.rows import HELD

# A row among four of another class is more likely a slip than a class of its own.
_NEIGHBOURS = 5
_OFTEN = 3
_CLASSES = 50


def gain(rows: pl.DataFrame) -> float:
    """Return how many of the naive guess's errors a column alone avoids; 1 is all of them.

    A row is given the class that most of the other half's rows of its value have; a number, if
    few of them occur twice, the class of the nearest five rows there.

    Parameters
    ----------
    rows : the column "x", its class "y", and the half.
    """
    wrong = naive = 0
    for fit, tried in _halves(rows):
        common = _commonest(fit.with_columns(x=pl.lit(0)))["y"][0]
        found = _looked_up(tried, _classes_of(fit)).fill_null(common)
        wrong += int((found != tried["y"]).sum())
        naive += int((tried["y"] != common).sum())
    return 1 - wrong / naive if naive >= 2 * LEAST else 0.0


def changes(rows: pl.DataFrame) -> int:
    """Return how often the commonest class changes from number to number.

    Of texts, which have no order, how many there are.

    Parameters
    ----------
    rows : the column "x" and its class "y".
    """
    known = _commonest(rows.drop_nulls("x"))
    if known["x"].dtype == pl.String:
        return len(known)
    return int((known["y"] != known["y"].shift()).sum())


def area(rows: pl.DataFrame) -> float:
    """Return the area under the ROC curve of a column alone, of the half where it is smaller.

    A text stands for the share of positive rows that its value has in the other half; so does a
    missing value. Whether large numbers are positive or small ones is learned there, too.

    Parameters
    ----------
    rows : the column "x", whether "y" is 1 or 0, and the half.
    """
    found = []
    for fit, tried in _halves(rows):
        of_class = int(tried["y"].sum())
        if min(of_class, len(tried) - of_class) < LEAST_OF_CLASS:
            return 0.5
        found.append(_area(_scores(fit, tried), tried["y"]))
    return min(found, default=0.5)


def likeness(rows: pl.DataFrame) -> float:
    """Return how much of the variance of a target's ranks a column alone tells.

    Of two the larger: the square of the rank correlation (Spearman), and what the mean of the
    rows of the same value, or of the nearest number, in the other half tells. Ranks are the same
    for a logarithm, a root or another scale.
    """
    rows = rows.drop_nulls("x").with_columns(pl.col("y").rank())
    found = []
    for fit, tried in _halves(rows):
        if min(len(fit), len(tried)) < 2 * LEAST or tried["y"].n_unique() < LEAST:
            return 0.0
        means = fit.group_by("x").agg(pl.col("y").mean()).sort("x")
        guessed = _looked_up(tried, means).fill_null(float(fit["y"].mean()))  # type: ignore[arg-type]
        told = 1 - float(((tried["y"] - guessed) ** 2).mean() / tried["y"].var(ddof=0))  # type: ignore[operator, arg-type]
        if tried["x"].dtype != pl.String:
            ranks = tried.select(pl.corr(pl.col("x").rank(), pl.col("y").rank())).item()
            told = max(told, ranks * ranks if ranks is not None and ranks == ranks else 0.0)
        found.append(told)
    return min(found, default=0.0)


def apart(rows: pl.DataFrame) -> float:
    """Return how well the values of a column lie apart in a target of numbers; 1 is entirely.

    So lie the grades of a score, or whether a delay is more than 15 minutes. The other half's
    rows in order of the target are cut into as many of each value as there are, and a row is
    right if it is of the value between whose cuts it lies.

    Parameters
    ----------
    rows : the column "x" as texts, the target "y", and the half.
    """
    wrong = naive = 0
    for fit, tried in _halves(rows):
        levels = fit.group_by("x").agg(pl.col("y").median().alias("middle"), pl.len().alias("rows"))
        levels = levels.sort("middle", "x").with_row_index("level")
        if len(levels) * LEAST > len(fit):
            return 0.0
        ends = levels["rows"].cum_sum().to_list()[:-1]
        ordered = fit["y"].sort()
        below = ordered.gather([end - 1 for end in ends])
        above = ordered.gather(ends)
        most = levels["x"][int(levels["rows"].arg_max() or 0)]
        known = tried.join(levels.select("x", "level"), on="x", how="left")
        # Between the last row of one value and the first of the next, either may be right.
        sides = pl.DataFrame(
            {
                "a": above.search_sorted(known["y"], "right"),
                "b": below.search_sorted(known["y"], "left"),
            }
        )
        level = known["level"].cast(pl.Int64)
        least = sides.min_horizontal().cast(pl.Int64)
        largest = sides.max_horizontal().cast(pl.Int64)
        wrong += len(known) - int(((level >= least) & (level <= largest)).sum())
        naive += int((tried["x"] != most).sum())
    return 1 - wrong / naive if naive >= 2 * LEAST else 0.0


def _halves(rows: pl.DataFrame) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Return what is learned from and what is tried, both ways round."""
    held, rest = rows.filter(HELD), rows.filter(~pl.col(HELD))
    if len(held) and len(rest):
        yield rest, held
        yield held, rest


def _commonest(rows: pl.DataFrame) -> pl.DataFrame:
    """Return each value's commonest class, the lower of two that are as common, by value."""
    counted = rows.group_by("x", "y").len().sort("x", "len", "y", descending=[False, True, False])
    return counted.unique("x", keep="first", maintain_order=True).select("x", "y")


def _classes_of(fit: pl.DataFrame) -> pl.DataFrame:
    """Return the class of each value, or of the rows around each number."""
    rows = fit.drop_nulls("x").sort("x", "y")
    classes = rows["y"].unique().sort()
    rare = rows["x"].dtype != pl.String and rows["x"].n_unique() * _OFTEN > len(rows)
    if not rare or len(classes) > _CLASSES:
        return _commonest(fit)
    near = rows.select(
        (pl.col("y") == value)
        .cast(pl.Int32)
        .rolling_sum(_NEIGHBOURS, min_samples=1, center=True)
        .alias(str(at))
        for at, value in enumerate(classes)
    )
    best = near.select(pl.concat_list(pl.all()).list.arg_max()).to_series()
    voted = _commonest(rows.select("x", classes.gather(best).alias("y")))
    missing = fit.filter(pl.col("x").is_null())
    return pl.concat([_commonest(missing), voted]) if len(missing) else voted


def _looked_up(tried: pl.DataFrame, known: pl.DataFrame) -> pl.Series:
    """Return what is known of each row's value, of a number that of the nearest one.

    Parameters
    ----------
    known : "y" by "x", in order of "x".
    """
    rows = tried.select("x").with_row_index("at")
    known = known.rename({"y": "known"})
    missing = known.filter(pl.col("x").is_null())["known"]
    if tried["x"].dtype == pl.String:
        found = rows.join(known, on="x", how="left", maintain_order="left")["known"]
    else:
        near = (
            rows.drop_nulls("x")
            .sort("x")
            .join_asof(known.drop_nulls("x"), on="x", strategy="nearest")
        )
        found = rows.join(near, on="at", how="left", maintain_order="left")["known"]
    if not len(missing):
        return found
    return found.zip_with(tried["x"].is_not_null(), pl.repeat(missing[0], len(found), eager=True))


def _scores(fit: pl.DataFrame, tried: pl.DataFrame) -> pl.Series:
    share = float(fit["y"].mean())  # type: ignore[arg-type]
    if tried["x"].dtype == pl.String:
        shares = fit.group_by("x").agg(pl.col("y").mean().alias("score"))
        scored = tried.join(shares, on="x", how="left", nulls_equal=True, maintain_order="left")
        return scored["score"].fill_null(share)
    there = fit.drop_nulls("x")
    score = tried["x"] if _area(there["x"], there["y"]) >= 0.5 else -tried["x"]
    blank = fit.filter(pl.col("x").is_null())["y"].mean()
    above = blank is not None and float(blank) > share  # type: ignore[arg-type]
    return score.fill_null(float("inf") if above else float("-inf"))


def _area(score: pl.Series, positive: pl.Series) -> float:
    """Return the area under the ROC curve: Mann and Whitney's U over all pairs."""
    of_class = int(positive.sum())
    pairs = of_class * (len(positive) - of_class)
    if not pairs:
        return 0.5
    ranks = float(score.rank().filter(positive == 1).sum())
    return (ranks - of_class * (of_class + 1) / 2) / pairs
