"""Which column is the target if nobody says so: one that is called so, else a guess."""

import polars as pl

from pipeline.notices import Notice, notice
from pipeline.vocabulary import TargetBy
from pipeline.wording import listed, quoted
from table.values.missing import stripped
from table.values.numbers import plain
from table.values.spellings import FALSE, TRUE

# Nothing but a target is called so, wherever it stands.
_ANYWHERE = ("target", "label")
# Called so, a column at either end is the target. In between, a class may be that of a ship's
# passenger, and an outcome that of an earlier visit.
_AT_AN_END = ("class", "outcome")
_MOST_CLASSES = 20
_NUMERIC = 0.95
_SET = 'set "target" in pipeline.json, or run with --target COLUMN'


def guess_target(columns: list[str], rows: pl.DataFrame | None) -> tuple[str, TargetBy]:
    """Return the column that is most likely the target, and why it was taken.

    Parameters
    ----------
    rows : the file's first ones, if it has no header; one column of strings for each column.
    """
    called = _called(columns)
    if called:
        return called[0], "name" if len(called) == 1 else "names"
    if rows is not None and len(rows) and _label_first(rows):
        return columns[0], "first"
    return columns[-1], "last"


def guess_notices(columns: list[str], header: bool, target: str, by: TargetBy) -> list[Notice]:
    """Warn of a target that nothing but a guess stands for."""
    if by in ("settings", "name"):
        return []
    if by == "names":
        why = f"{listed(_called(columns))} could each be the target by name; the first was guessed"
    elif by == "first":
        why = (
            f"The file has no header, and its first column holds labels, as in SageMaker's own "
            f"CSV, so the target was guessed to be {quoted(target)}"
        )
    elif header:
        why = (
            f"No column is called {', '.join(_ANYWHERE)} or y, so the target was guessed to be "
            f"the last, {quoted(target)}"
        )
    else:
        why = (
            f"The file has no header, so the target was guessed to be the last column, "
            f"{quoted(target)} (SageMaker's own CSV has it first, as {quoted(columns[0])})"
        )
    return [notice("target_guessed", f"{why}: {_SET}.")]


def _called(columns: list[str]) -> list[str]:
    """Return the columns that are called as targets are, the surest first."""
    lowered = [column.lower() for column in columns]
    ends = {0, len(columns) - 1}
    # Beside an x, a y in the middle is a place or a length.
    middle = "x" not in lowered
    allowed = {
        **dict.fromkeys(_ANYWHERE, range(len(columns))),
        "y": range(len(columns)) if middle else ends,
        **dict.fromkeys(_AT_AN_END, ends),
    }
    return [
        columns[position]
        for name, places in allowed.items()
        for position, column in enumerate(lowered)
        if column == name and position in places
    ]


def _label_first(rows: pl.DataFrame) -> bool:
    """Tell a file in SageMaker's own form: no header, the label first, then numbers.

    Labels that stand last as well leave it open which are meant.
    """
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
