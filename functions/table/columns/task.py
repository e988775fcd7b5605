"""The task: regression or classes, as the settings, the values and the approved model say."""

from pipeline.documents.encoder import TargetFacts
from pipeline.errors import TargetUnusableError
from pipeline.notices import Notice, notice
from pipeline.settings import Settings
from pipeline.vocabulary import TASKS, Task
from pipeline.wording import quoted
from table.columns.classes import CLASS_NUMBERS, ROWS_A_CLASS, are_codes, numbers_of, zeros_lead
from table.columns.kind import Column

_Classes = dict[str, list[str]]


def task_of(
    column: Column,
    classes: _Classes | None,
    numeric: bool,
    settings: Settings,
    known: TargetFacts | None,
    where: str,
) -> tuple[Task, list[Notice]]:
    """Decide the task.

    Parameters
    ----------
    numeric : whether the column holds numbers.
    known : what the approved model predicts. A few whole numbers may be amounts or classes,
        and which they look like changes with the largest that a file happens to hold.

    Raises
    ------
    TargetUnusableError
        The target holds dates.
    """
    for task in TASKS:
        if settings["task"] == task:
            return task, []
    alone, notices = _by_values(column, classes, numeric, where)
    kept = _known_task(column, classes, settings, known) if numeric else None
    if kept is None or kept == alone:
        return alone, notices
    text = (
        f"Target {quoted(column.name)}: task {kept}, as the approved model has it; by its values "
        f'alone the file would be {alone}. Set "task" in pipeline.json to decide it yourself.'
    )
    return kept, [notice("task_of_champion", text)]


def _by_values(
    column: Column, classes: _Classes | None, numeric: bool, where: str
) -> tuple[Task, list[Notice]]:
    if classes is not None and len(classes) == 2:
        return "binary", []
    name = quoted(column.name)
    if not numeric:
        if column.kind == "date":
            raise TargetUnusableError(
                f"{where} holds dates, which cannot be predicted; name another column as "
                f'"target" in pipeline.json'
            )
        return "multiclass", []
    if are_codes(column):
        text = (
            f"Target {name} holds {len(classes or ())} codes with leading zeros, taken as "
            f'classes; if they are amounts, set "task" to "regression" in pipeline.json.'
        )
        return "multiclass", [notice("numbers_as_classes", text)]
    if zeros_lead(column):
        text = (
            f"Target {name}: numbers with leading zeros, many of them, taken as amounts; if they "
            f'are codes, set "task" to "multiclass" in pipeline.json.'
        )
        return "regression", [notice("codes_as_numbers", text)]
    if classes is None or column.kind == "float" or not _countable(classes, column):
        return "regression", []
    text = (
        f"Target {name} holds {len(classes)} whole numbers, taken as classes; "
        f'if they are amounts, set "task" to "regression" in pipeline.json.'
    )
    return "multiclass", [notice("numbers_as_classes", text)]


def _known_task(
    column: Column, classes: _Classes | None, settings: Settings, known: TargetFacts | None
) -> Task | None:
    """Return the approved model's task, if the file alone leaves it open."""
    numbers = column.numbers
    if known is None or known["name"] != column.name or classes is None or numbers is None:
        return None
    if numbers["whole"] != numbers["count"] or len(classes) > CLASS_NUMBERS:
        return None
    if known["task"] == "regression":
        # A positive label asks for two classes.
        return None if "positive_label" in settings else "regression"
    names = known.get("classes") or []
    numbered = len(numbers_of(names, "plain")) == len(names)
    return "multiclass" if known["task"] == "multiclass" and numbered else None


def _countable(classes: _Classes, column: Column) -> bool:
    numbers = sorted(numbers_of(classes, "plain").values()) if column.style == "plain" else []
    counting = (
        bool(numbers) and numbers[0] in (0, 1) and numbers[-1] - numbers[0] + 1 == len(numbers)
    )
    return (
        counting and len(numbers) <= CLASS_NUMBERS and column.present >= ROWS_A_CLASS * len(numbers)
    )
