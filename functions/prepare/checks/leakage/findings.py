"""Columns that alone, or two by two, give the target away, and how sure that is."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from prepare.checks.leakage.counted import counts_of, filled_of
from prepare.checks.leakage.likely import likely_of_classes, parted, smooth
from prepare.checks.leakage.limits import (
    LIKELY_AREA,
    LIKELY_FILLED,
    LIKELY_GAIN,
    LIKELY_LIKENESS,
    SURE_AREA,
    SURE_ERRORS,
    SURE_FILLED,
    SURE_GAIN,
    SURE_LIKENESS,
)
from prepare.checks.leakage.pairs import pairs_that_tell
from prepare.checks.leakage.rows import Rows
from prepare.checks.leakage.strength import apart, area, changes, gain, likeness
from table.columns.identifiers import is_times_name

# More categories, or changes of class from number to number, may be things that are known by heart.
_CHANGES, _CHANGES_A_CLASS = 12, 3


@dataclass(frozen=True)
class Finding:
    """What a column, or two, say of the target.

    Attributes
    ----------
    how : "errors", "curve", "ranks", "values", "filled", "empty" or "pair".
    figure : a share.
    sure : whether a person must decide; else it is only told.
    """

    columns: list[str]
    how: str
    figure: float
    sure: bool
    of_class: int = 0


def findings_of(rows: Rows) -> list[Finding]:
    """Return at most one finding a column, and those of pairs of other columns."""
    if not rows.columns:
        return []
    if rows.task != "regression":
        return list(_of_classes(rows))
    empty = {n: x.is_null().cast(pl.String) for n, x in rows.columns.items() if x.null_count()}
    found = _apart(rows, rows.columns, "values")
    found += _apart(rows, {n: x for n, x in empty.items() if n not in _named(found)}, "empty")
    found += _ranks(rows, _named(found))
    named = _named(found)
    others = {name: values for name, values in rows.columns.items() if name not in named}
    pairs = pairs_that_tell(others, rows.labels, rows.held)
    return found + [Finding([*pair], "pair", 1.0, sure=True) for pair in pairs]


def _named(findings: list[Finding]) -> set[str]:
    return {name for finding in findings for name in finding.columns}


def _of_classes(rows: Rows) -> Iterator[Finding]:
    """Return what is surest of each column, on a target of classes."""
    classes = sorted(rows.labels.unique().to_list())
    last = (rows.labels == classes[-1]).cast(pl.Float64) if len(classes) == 2 else None
    for name in likely_of_classes(rows):
        found = next(_classes(rows, rows.columns[name], last, len(classes)), None)
        if found:
            yield replace(found, columns=[name])


def _classes(
    rows: Rows, values: pl.Series, positive: pl.Series | None, classes: int
) -> Iterator[Finding]:
    """Try a column on a target of classes; what is surest comes first.

    Parameters
    ----------
    positive : of each row whether it is of the second of two classes; None if they are more.
    """
    both = rows.of(values, rows.labels)
    avoided, shown = gain(both), rows.off_commonest >= SURE_ERRORS
    if avoided >= LIKELY_GAIN and values.null_count():
        empty = gain(rows.of(values.is_null().cast(pl.String), rows.labels))
        if empty >= LIKELY_GAIN:
            yield Finding([], "empty", empty, sure=shown and empty >= SURE_GAIN)
    few = shown and changes(both) <= max(_CHANGES, _CHANGES_A_CLASS * classes)
    if few and avoided >= SURE_GAIN:
        yield Finding([], "errors", avoided, sure=True)
    curve = 0.5 if positive is None else area(rows.of(values, positive))
    if few and curve >= SURE_AREA:
        yield Finding([], "curve", curve, sure=True)
    for _, at, share in filled_of(counts_of(values, both.drop("x"))).iter_rows():
        if share >= LIKELY_FILLED:
            yield Finding([], "filled", share, sure=share >= SURE_FILLED, of_class=int(at))
    if avoided >= LIKELY_GAIN:
        yield Finding([], "errors", avoided, sure=False)
    if curve >= LIKELY_AREA:
        yield Finding([], "curve", curve, sure=False)


def _apart(rows: Rows, columns: dict[str, pl.Series], how: str) -> list[Finding]:
    """Find columns whose values lie apart in a target of numbers."""
    found = []
    for name in parted(replace(rows, columns=columns)):
        texts = columns[name].cast(pl.String).fill_null("")
        share = apart(rows.of(texts, rows.labels))
        if share >= LIKELY_GAIN:
            shown = len(texts) - max(texts.unique_counts()) >= SURE_ERRORS
            found.append(Finding([name], how, share, sure=shown and share >= SURE_GAIN))
    return found


def _ranks(rows: Rows, named: set[str]) -> list[Finding]:
    """Find columns of numbers that tell how a target of numbers ranks."""
    found = []
    for name in smooth(rows):
        # What grows with time is in the order of time, which is told of by itself.
        if name in named or is_times_name(name):
            continue
        like = likeness(rows.of(rows.columns[name], rows.labels))
        if like >= LIKELY_LIKENESS:
            found.append(Finding([name], "ranks", like, sure=like >= SURE_LIKENESS))
    return found
