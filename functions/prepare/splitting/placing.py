"""Each row's split, as Fit decided it."""

import polars as pl

from pipeline.documents.fit import Placed, Split
from pipeline.documents.plan import MissingValues
from prepare.splitting.content import content_digests
from prepare.splitting.row_split import (
    Fractions,
    split_by_content,
    split_by_group,
    split_by_position,
    split_by_time,
)
from table.profiling.timeline import ticks_of_dates, ticks_of_numbers
from table.values.dates import dates
from table.values.missing import present, stripped
from table.values.numbers import numbers


def columns_that_split(fit: Split) -> list[int]:
    """Return the positions of the columns that a row's split is told by, beside the target."""
    method = fit["method"]
    if method["by"] == "content":
        return method["columns"]
    return [method["column"]] if method["by"] in ("group", "time") else []


def split_rows(
    frame: pl.DataFrame,
    columns: list[str],
    labels: pl.Series,
    fit: Split,
    chunk: Placed,
    missing: MissingValues | None = None,
) -> pl.Series:
    """Return the split of each row, 0 train, 1 validation, 2 test."""
    fractions = Fractions(**fit["fractions"])
    method = fit["method"]
    if method["by"] == "group":
        groups = _groups(frame, columns, method["column"], missing)
        return split_by_group(groups, method["groups"], fractions)
    if method["by"] == "content":
        digests = content_digests(frame, columns, method["columns"])
        return split_by_content(digests, method["groups"], fractions)
    if method["by"] == "time":
        at = method["column"]
        values = stripped(present(frame.to_series(at), columns[at], missing))
        if method["style"] == "number":
            ticks = ticks_of_numbers(numbers(values, "plain"))
        else:
            ticks = ticks_of_dates(dates(values, method["style"]))
        return split_by_time(ticks, method["validation_from"], method["test_from"])
    counts: list[int] = fit["class_rows"]
    if len(counts) == 1:
        ordinals = pl.int_range(len(labels), dtype=pl.UInt64, eager=True) + chunk["ordinals"][0]
        return split_by_position(ordinals, counts[0], fractions)
    splits = pl.Series([0], dtype=pl.Int8).new_from_index(0, len(labels))
    for label, count in enumerate(counts):
        members = (labels == label).arg_true()
        if not len(members):
            continue
        first = chunk["ordinals"][label]
        ordinals = pl.int_range(len(members), dtype=pl.UInt64, eager=True) + first
        splits = splits.scatter(members, split_by_position(ordinals, count, fractions))
    return splits


def together(
    frame: pl.DataFrame, columns: list[str], fit: Split, missing: MissingValues | None = None
) -> pl.Series | None:
    """Return a number for each row that those share which stay in one split, as of a patient.

    It tells which rows belong together, and not the patient: UInt64, a hash with the split's seed.
    None if each row is divided by itself.
    """
    method, seed = fit["method"], fit["fractions"]["seed"]
    if method["by"] == "group":
        return _groups(frame, columns, method["column"], missing).hash(seed=seed)
    if method["by"] == "content":
        return content_digests(frame, columns, method["columns"])
    return None


def _groups(
    frame: pl.DataFrame, columns: list[str], at: int, missing: MissingValues | None
) -> pl.Series:
    return stripped(present(frame.to_series(at), columns[at], missing)).fill_null("")
