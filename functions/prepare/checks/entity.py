"""A column that names what the rows are about, a patient or a customer, with many rows of each."""

import re
from collections.abc import Collection

import polars as pl

from pipeline.documents.encoder import TargetFacts
from prepare.checks.sample import LEAST_ROWS, Sample
from table.columns.identifiers import is_identifiers_name
from table.columns.kind import Column
from table.values.missing import stripped

# Of the target's variance, how much lies between entities. Measured on public tables (ADR 43):
# subject of epil 0.79, firm of grunfeld 0.77; patient_id of the leaking file 1.
_ALIKE = 0.85
_GROUPS = 10
_ROWS_A_GROUP = 1.5
_KINDS = ("category", "integer", "float", "text")
_ENTITIES = (
    "account|animal|client|customer|device|driver|employee|household|machine|member|participant|"
    "passenger|patient|person|player|pupil|respondent|sensor|session|student|subject|user|vehicle|"
    "visitor|store|shop|branch|school|hospital|clinic|company|firm|farm|plot|mrn|ssn|"
    "kunde|kunden|cliente|utilisateur|nutzer|proband"
)
_NAME = re.compile(
    rf"(?i:(^|[\W_])({_ENTITIES})s?([\W_]*(no|nr|num|number|nummer|key|code|name|hash))?[.#]?$)"
    r"|[a-z](No|Nr|Num|Number|Key)$"
)
# P0034, user-17, a UUID, an e-mail address.
_VALUE = (
    r"^([A-Za-z]{1,8}[-_ #:]?[0-9]{2,}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|\S+@\S+[.]\w+)$"
)
_MOST = 0.95


def entity_of(
    sample: Sample | None,
    columns: list[Column],
    target: TargetFacts,
    kept: Collection[str] = (),
) -> int | None:
    """Return the position of the column whose values make the target nearly sure.

    Of several the one of the fewest values, since a household holds all of a person's rows.

    Parameters
    ----------
    kept : columns that the settings keep: what rows are grouped by is not trained on.
    """
    if sample is None or len(sample.labels) < LEAST_ROWS:
        return None
    found = [
        (column.distinct, at)
        for at, column in enumerate(columns)
        if column.name not in (target["name"], *kept)
        and _repeats(column)
        and _names_entities(column, sample.frame.to_series(at))
        and _likeness(stripped(sample.frame.to_series(at)), sample.labels, target) >= _ALIKE
    ]
    return min(found)[1] if found else None


def _repeats(column: Column) -> bool:
    many = column.distinct >= _GROUPS and column.present >= _ROWS_A_GROUP * column.distinct
    return many and column.kind in _KINDS


def _names_entities(column: Column, values: pl.Series) -> bool:
    if is_identifiers_name(column.name) or _NAME.search(column.name):
        return True
    if column.kind not in ("category", "text"):
        return False
    present = stripped(values).drop_nulls()
    return bool(present.str.contains(_VALUE).sum() >= _MOST * max(1, len(present)))


def _likeness(groups: pl.Series, labels: pl.Series, target: TargetFacts) -> float:
    """Return how much of the target's variance lies between groups: 0 by chance, 1 at most."""
    rows = pl.DataFrame({"group": groups, "label": labels}).drop_nulls()
    rows = rows.filter(pl.len().over("group") > 1)
    number = rows["group"].n_unique()
    if len(rows) < LEAST_ROWS or number < _GROUPS:
        return 0.0
    left = len(rows) - number
    if target["task"] == "regression":
        mean = pl.col("label").mean().over("group")
        within = rows.select(((pl.col("label") - mean) ** 2).sum()).item() / left
        whole = rows.select(pl.col("label").var()).item()
    else:
        within = (len(rows) - _same(rows, "group")) / left
        whole = (len(rows) - _same(rows.with_columns(group=pl.lit(0)), "group")) / (len(rows) - 1)
    return 1 - within / whole if whole else 0.0


def _same(rows: pl.DataFrame, by: str) -> float:
    """Return the sum of squares of the classes' rows over the rows, group by group."""
    counted = rows.group_by(by, "label").len().with_columns(pl.col("len").cast(pl.Float64))
    sums = counted.group_by(by).agg((pl.col("len") ** 2).sum() / pl.col("len").sum())
    return float(sums["len"].sum())
