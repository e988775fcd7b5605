"""Columns that alone, or two by two, give the target away, and how sure that is.

The limits are ADR 68's: measured on public tables, with room on both sides.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from prepare.checks.leakage.likely import likely_of_classes, parted, smooth
from prepare.checks.leakage.pairs import pairs_that_tell
from prepare.checks.leakage.rows import Rows
from prepare.checks.leakage.strength import apart, area, changes, filled_for, gain, likeness
from table.columns.identifiers import is_times_name

_SURE_GAIN, _LIKELY_GAIN = 0.99, 0.98
_SURE_AREA, _LIKELY_AREA = 0.9995, 0.997
_SURE_LIKENESS, _LIKELY_LIKENESS = 0.9999, 0.998
_SURE_FILLED, _LIKELY_FILLED = 0.5, 0.2
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
        first = (next(_classes(rows, n, rows.columns[n]), None) for n in likely_of_classes(rows))
        return [finding for finding in first if finding]
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


def _classes(rows: Rows, name: str, values: pl.Series) -> Iterator[Finding]:
    """Try a column on a target of classes; what is surest comes first."""
    avoided = gain(rows.of(values, rows.labels))
    if avoided >= _LIKELY_GAIN and values.null_count():
        empty = gain(rows.of(values.is_null().cast(pl.String), rows.labels))
        if empty >= _LIKELY_GAIN:
            yield Finding([name], "empty", empty, sure=empty >= _SURE_GAIN)
    classes = sorted(rows.labels.unique().to_list())
    few = changes(rows.of(values, rows.labels)) <= max(_CHANGES, _CHANGES_A_CLASS * len(classes))
    if few and avoided >= _SURE_GAIN:
        yield Finding([name], "errors", avoided, sure=True)
    of_class = {at: (rows.labels == at).cast(pl.Float64) for at in classes}
    curve = area(rows.of(values, of_class[classes[-1]])) if len(classes) == 2 else 0.5
    if few and curve >= _SURE_AREA:
        yield Finding([name], "curve", curve, sure=True)
    filled = {at: filled_for(rows.of(values, of_class[at])) for at in classes}
    at, share = max(filled.items(), key=lambda item: item[1])
    if share >= _LIKELY_FILLED:
        yield Finding([name], "filled", share, sure=share >= _SURE_FILLED, of_class=int(at))
    if avoided >= _LIKELY_GAIN:
        yield Finding([name], "errors", avoided, sure=False)
    if curve >= _LIKELY_AREA:
        yield Finding([name], "curve", curve, sure=False)


def _apart(rows: Rows, columns: dict[str, pl.Series], how: str) -> list[Finding]:
    """Find columns whose values lie apart in a target of numbers."""
    found = []
    for name in parted(replace(rows, columns=columns)):
        texts = columns[name].cast(pl.String).fill_null("")
        share = apart(rows.of(texts, rows.labels))
        if share >= _LIKELY_GAIN:
            found.append(Finding([name], how, share, sure=share >= _SURE_GAIN))
    return found


def _ranks(rows: Rows, named: set[str]) -> list[Finding]:
    """Find columns of numbers that tell how a target of numbers ranks."""
    found = []
    for name in smooth(rows):
        # What grows with time is in the order of time, which is told of by itself.
        if name in named or is_times_name(name):
            continue
        like = likeness(rows.of(rows.columns[name], rows.labels))
        if like >= _LIKELY_LIKENESS:
            found.append(Finding([name], "ranks", like, sure=like >= _SURE_LIKENESS))
    return found
