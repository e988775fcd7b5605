"""Whether a file has SageMaker's own form: no header, the label first, then numbers."""

import polars as pl

from table.values.missing import stripped
from table.values.numbers import plain
from table.values.spellings import FALSE, TRUE

_MOST_CLASSES = 20
_NUMERIC = 0.95


def has_label_first(rows: pl.DataFrame) -> bool:
    """Tell whether the first column holds labels and all others numbers.

    Labels that stand last as well leave it open which are meant.

    Parameters
    ----------
    rows : the file's first ones; strings.
    """
    if not len(rows):
        return False
    first, *others = rows.get_columns()
    if not others or not _labels(first) or _labels(others[-1]):
        return False
    return all(_mostly_numbers(column) for column in others)


def _labels(values: pl.Series) -> bool:
    """Tell whether values are those of a boolean, or whole numbers that count up from 0 or 1."""
    unique = stripped(values).drop_nulls().unique()
    if not len(unique):
        return False
    if set(unique.str.to_lowercase()) <= TRUE | FALSE:
        return True
    numbers = plain(unique)
    if numbers.null_count():
        return False
    found = set(numbers.to_list())
    counted = {float(n) for n in range(int(min(found)), int(min(found)) + len(found))}
    if len(found) > _MOST_CLASSES:
        return False
    return found == {-1.0, 1.0} or (found == counted and min(found) in (0, 1))


def _mostly_numbers(values: pl.Series) -> bool:
    present = stripped(values).drop_nulls()
    unread = plain(present).null_count()
    return unread <= (1 - _NUMERIC) * len(present)
