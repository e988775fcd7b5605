"""Labels that are read twice: written as missing values are, or in several ways."""

from collections.abc import Collection
from dataclasses import replace

from pipeline.notices import Notice, notice
from pipeline.wording import counted, listed, quoted
from table.columns.kind import Column
from table.limits import STRATIFIED_ROWS
from table.values.labels import LABELS, label_key, visible
from table.values.spellings import MISSING

# Of 292 classes in the text columns of 202 public tables, 73 % have at least half of an even share
# of the rows. Texts that stood for missing values there had a fifth of it, or less.
_OF_AN_EVEN_SHARE = 0.5
_SHOWN = 2


def with_labels(column: Column, known: Collection[str], *, distinct: bool) -> Column:
    """Count spellings of missing as values where they are classes.

    Such a spelling is a class if it has half of an even share of the rows, if it is one
    with a class but for its case, if the approved model knows it, and beside a +.

    Parameters
    ----------
    column : a target as its values say, spellings of missing taken out.
    known : texts that the approved model takes for classes.
    distinct : whether texts that differ in case alone are classes of their own.
    """
    if column.numbers is not None or column.dates is not None or not column.counts:
        return column
    hidden = {text: n for text, n in column.counts.items() if visible(text) in MISSING}
    counts = {text: n for text, n in column.counts.items() if text not in hidden}
    groups: dict[str, dict[str, int]] = {}
    for text, rows in (column.spelled | hidden).items():
        if visible(text) in LABELS:
            groups.setdefault(text if distinct else label_key(text), {})[text] = rows
    classes = set(counts if distinct else map(label_key, counts))
    signs = any(visible(text).startswith("+") for text in counts)
    labels: dict[str, int] = {}
    for key, texts in groups.items():
        rows = sum(texts.values())
        even = (sum(counts.values()) + rows) / (len(classes) + 1)
        frequent = rows >= max(_OF_AN_EVEN_SHARE * even, STRATIFIED_ROWS)
        certain = (
            key in classes or (signs and key in ("-", "--")) or any(text in known for text in texts)
        )
        if certain or frequent:
            labels |= texts
    if not labels and not hidden:
        return column
    added = sum(rows for text, rows in labels.items() if text in column.spelled)
    counts |= labels
    return replace(
        column,
        kind="category" if labels else column.kind,
        counts=counts,
        distinct=len(counts),
        present=column.present + added,
        missing=column.missing - added,
        spelled={t: n for t, n in (column.spelled | hidden).items() if t not in labels},
    )


def label_notices(column: Column, classes: dict[str, list[str]]) -> list[Notice]:
    """Warn of classes that are written as missing values are, or in several ways."""
    counts = column.counts or {}
    name = quoted(column.name)
    found = []
    written = [text for text in counts if visible(text) in MISSING]
    if written:
        shown = with_counts({text: counts[text] for text in written})
        text = (
            f"Target {name}: {shown} {'is a class' if len(written) == 1 else 'are classes'} here, "
            f"though often written for a missing value; leave those cells empty if they are."
        )
        found.append(notice("missing_as_class", text))
    merged = {key: texts for key, texts in classes.items() if len(texts) > 1}
    if merged and column.kind != "boolean":
        groups = [
            f"{listed(sorted(texts, key=lambda t: (-counts[t], t)), 4)} as {quoted(key)}"
            for key, texts in merged.items()
        ]
        more = f" and {len(groups) - _SHOWN} more" if len(groups) > _SHOWN else ""
        text = (
            f"Target {name}: texts that differ only in case, blanks and the like are one class "
            f'(to keep them apart, set "distinct_labels" to true in pipeline.json): '
            f"{'; '.join(groups[:_SHOWN])}{more}."
        )
        found.append(notice("same_labels", text))
    return found


def with_counts(texts: dict[str, int]) -> str:
    """Name texts, the commonest first, and in how many rows each stands."""
    ordered = sorted(texts, key=lambda text: (-texts[text], text))
    shown = ", ".join(f"{quoted(text, 30)} ({counted(texts[text], 'row')})" for text in ordered[:4])
    return shown if len(ordered) <= 4 else f"{shown} and {len(ordered) - 4} more"
