"""A feature that almost equals the target: the target in other words, or known only after it.

This is a warning, not a rule that drops a column.
"""

import polars as pl

from pipeline.documents.encoder import Encoder
from pipeline.documents.plan import Plan
from pipeline.notices import Notice, notice
from pipeline.wording import listed, quoted
from prepare.checks.sample import LEAST_ROWS, Sample
from table.encoding.apply import encode_frame
from table.values.missing import stripped

_WIDEST = 2000
_CORRELATION = 0.999
_AGREEMENT = 0.995


def leakage_notices(sample: Sample | None, plan: Plan, encoder: Encoder) -> list[Notice]:
    """Look for features that nearly give the target away."""
    if sample is None or len(encoder["features"]) > _WIDEST:
        return []
    frame, labels, columns = sample.frame, sample.labels, plan["columns"]
    target = encoder["target"]
    if len(labels) < LEAST_ROWS or labels.n_unique() < 2:
        return []
    features = encode_frame(frame, columns, encoder).features
    near = (
        _correlated(features, labels)
        if target["task"] == "regression"
        else _agreeing(features, labels)
    )
    names = list(dict.fromkeys(encoder["features"][number]["column"] for number in near))
    empty = [n for n in _empty_where(frame, columns, encoder, labels) if n not in names]
    told, remedy = quoted(target["name"]), 'list it in "drop_columns" in pipeline.json.'
    texts = []
    if names:
        texts.append(
            f"{listed(names)} almost {'equals' if len(names) == 1 else 'equal'} the target {told}; "
            f"if it is not known when you predict, {remedy}"
        )
    if empty:
        texts.append(
            f"Whether {listed(empty)} {'is' if len(empty) == 1 else 'are'} empty almost tells the "
            f"target {told}; if it is filled in only afterwards, {remedy}"
        )
    return [notice("leakage", text) for text in texts]


def _empty_where(
    frame: pl.DataFrame, columns: list[str], encoder: Encoder, labels: pl.Series
) -> list[str]:
    """Return the columns that are filled in for one class of two only."""
    used = dict.fromkeys(feature["column"] for feature in encoder["features"])
    empty = {
        name: stripped(frame.to_series(columns.index(name))).is_null().cast(pl.Int8)
        for name in used
    }
    near = _agreeing(pl.DataFrame(empty), labels)
    return [[*empty][number] for number in near]


def _correlated(features: pl.DataFrame, labels: pl.Series) -> list[int]:
    """Return features whose linear correlation with the target is nearly 1 or -1."""
    near = []
    for number, feature in enumerate(features.get_columns()):
        values = feature.cast(pl.Float64, strict=False)
        both = pl.DataFrame({"x": values, "y": labels}).drop_nulls()
        if len(both) < LEAST_ROWS or both["x"].n_unique() < 3:
            continue
        correlation = both.select(pl.corr("x", "y")).item()
        if correlation is not None and abs(correlation) > _CORRELATION:
            near.append(number)
    return near


def _agreeing(features: pl.DataFrame, labels: pl.Series) -> list[int]:
    """Return features of few values, each of which goes with one class only.

    All classes must be told apart by the one feature, and better than the largest
    class is by itself.
    """
    near = []
    classes = labels.n_unique()
    largest = int(labels.value_counts()["count"].max())  # type: ignore[arg-type]
    for number, feature in enumerate(features.get_columns()):
        pairs = pl.DataFrame({"x": feature.cast(pl.Float64, strict=False), "y": labels})
        pairs = pairs.drop_nulls()
        if len(pairs) < LEAST_ROWS or not classes <= pairs["x"].n_unique() <= 2 * classes + 2:
            continue
        counted = pairs.group_by("x", "y").len().group_by("x").agg(pl.col("len").max())
        agreeing = int(counted["len"].sum())
        apart = len(pairs) - agreeing
        if apart <= (1 - _AGREEMENT) * min(len(pairs), len(labels) - largest):
            near.append(number)
    return near
