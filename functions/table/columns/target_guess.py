"""Which column is the target if nobody says so: one that is called so, else a guess."""

from pipeline.notices import Notice, notice
from pipeline.vocabulary import TargetBy
from pipeline.wording import listed, quoted

# Nothing but a target is called so, wherever it stands.
_ANYWHERE = ("target", "label")
# Called so, a column at either end is the target. In between, a class may be that of a ship's
# passenger, and an outcome that of an earlier visit.
_AT_AN_END = ("class", "outcome")
_SET = 'set "target" in pipeline.json, or run with --target COLUMN'


def guess_target(columns: list[str], *, label_first: bool = False) -> tuple[str, TargetBy]:
    """Return the column that is most likely the target, and why it was taken.

    Parameters
    ----------
    label_first : whether the first column of a file without a header holds labels.
    """
    called = _called(columns)
    if called:
        return called[0], "name" if len(called) == 1 else "names"
    if label_first:
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
