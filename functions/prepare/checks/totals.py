"""Lines of totals: by the target's largest value, and by what stands in a column of names."""

import re

from pipeline.notices import Notice, notice
from pipeline.settings import Settings
from pipeline.wording import figure, quoted
from table.columns.kind import Column
from table.columns.labels import with_counts
from table.columns.named_in_settings import as_in_file
from table.columns.target import Target

# Of fewer values, one may be the sum of the others by chance.
_LEAST_ADDENDS = 20
_ROUNDED = 1e-4
# The grand total equals the values' sum; with subtotals beside it, they are there twice.
_TIMES = (2, 3)
# What spreadsheets write below each group of rows. Total alone may be a name.
_SUBTOTAL = re.compile(
    r"(?i:(sub|grand)[ -]?totals?\b.*|\S.* (sub)?total|zwischensumme|sous-total)"
)


def totals_notices(column: Column, target: Target) -> list[Notice]:
    """Warn if a regression's largest value is the sum of the others.

    Parameters
    ----------
    column : what the target's column holds.
    """
    numbers = column.numbers
    if target.task != "regression" or numbers is None:
        return []
    largest, total = numbers["max"], numbers["mean"] * numbers["count"]
    # Where values cancel, small whole numbers may add up to anything.
    cancelling = numbers["min"] * _LEAST_ADDENDS < -largest
    if cancelling or numbers["count"] - _zeros(column) - 1 <= _LEAST_ADDENDS:
        return []
    if not any(abs(total - times * largest) <= _ROUNDED * largest for times in _TIMES):
        return []
    text = (
        f"The largest value of the target {quoted(target.name)}, {figure(largest)}, is the sum "
        f"of the others: its line seems to be one of totals. Take it out of the file and drop that."
    )
    return [notice("target_total", text)]


def subtotals_notices(columns: list[Column], target: Target, settings: Settings) -> list[Notice]:
    """Warn of lines of totals between the rows, as they stand in a column of names."""
    named = [*settings["id_columns"], *settings["drop_columns"]]
    unused = {target.name, *as_in_file(named, [column.name for column in columns])}
    found = []
    for column in columns:
        counts = column.counts if column.numbers is None else None
        lines = {text: n for text, n in (counts or {}).items() if _SUBTOTAL.fullmatch(text.strip())}
        if column.name in unused or not lines:
            continue
        text = (
            f"Column {quoted(column.name)}: {with_counts(lines)} name lines of totals, which are "
            f"no rows. Take them out of the file; if they are none, list the column in "
            f'"drop_columns" in pipeline.json.'
        )
        found.append(notice("subtotals", text))
    return found


def _zeros(column: Column) -> int:
    counts = column.counts or {}
    return sum(count for value, count in counts.items() if not value.strip("0.,+-"))
