"""A line of totals in the target: one value that is the sum of all the others."""

from pipeline.notices import Notice, notice
from pipeline.wording import figure, quoted
from table.columns.kind import Column
from table.columns.target import Target

# Of fewer values, one may be the sum of the others by chance.
_LEAST_ADDENDS = 20
_ROUNDED = 1e-4
# The grand total equals the values' sum; with subtotals beside it, they are there twice.
_TIMES = (2, 3)


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


def _zeros(column: Column) -> int:
    counts = column.counts or {}
    return sum(count for value, count in counts.items() if not value.strip("0.,+-"))
