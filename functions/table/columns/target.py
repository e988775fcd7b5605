"""The target: which task it makes, its classes and their order."""

from dataclasses import dataclass, field

from pipeline.documents.encoder import TargetFacts
from pipeline.errors import SettingsError, TargetUnusableError
from pipeline.notices import Notice, notice
from pipeline.settings import Settings
from pipeline.vocabulary import TASKS, Task
from pipeline.wording import counted, listed, quoted
from table.columns.classes import class_order, classes_of, numbers_of
from table.columns.kind import Column
from table.limits import CLASS_LIMIT

# Whole numbers that count up from 0 or 1 in at most so many steps, each with so many rows
# on average, are taken as classes (digits 0-9, grades 1-5); others are amounts.
_CLASS_NUMBERS = 20
_ROWS_A_CLASS = 10


@dataclass(frozen=True)
class Target:
    """The target and how its text becomes a label.

    Attributes
    ----------
    classes : labels as text in the order of their index; None in regression.
    labels : index of each text that occurs, all spellings of a class among them.
    counts : rows of each class; in regression one number, all rows with a target.
    dropped, unread : rows without a usable target; of these, with one that is no number.
    whole : whether all values of a regression are whole numbers.
    """

    name: str
    task: Task
    style: str
    counts: list[int]
    dropped: int
    classes: list[str] | None = None
    labels: dict[str, int] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    whole: bool = False
    unread: int = 0

    def to_json(self) -> TargetFacts:
        """Return what encoder.json says of the target."""
        return {
            "name": self.name,
            "task": self.task,
            "classes": self.classes,
            "style": self.style,
            "labels": self.labels,
            "whole": self.whole,
        }


def target_of(column: Column, settings: Settings, rows: int, file: str) -> Target:
    """Decide task and classes.

    Raises
    ------
    TargetUnusableError
        The target is empty, constant, or has too many classes.
    SettingsError
        task or positive_label does not fit the values.
    """
    where = f"target {quoted(column.name)} of {file}"
    numeric = column.numbers is not None and column.kind not in ("category", "text")
    classes = classes_of(column, numeric)
    _check_varied(column, classes, rows, where)
    task, notices = _task(column, classes, numeric, settings["task"], where)
    if task == "regression":
        return _regression(column, numeric, settings, rows, notices, where)
    if classes is None or len(classes) > CLASS_LIMIT:
        raise TargetUnusableError(
            f"{where} has {column.distinct:,} different values in {rows:,} rows; a "
            f"classification takes at most {CLASS_LIMIT} classes: name another column as "
            f'"target" in pipeline.json, or join rare classes'
        )
    counts = column.counts or {}
    total = {name: sum(counts[t] for t in texts) for name, texts in classes.items()}
    _check_classes(task, total, where)
    values = numbers_of(classes, column.style) if numeric else {}
    order = class_order(task, classes, total, values, settings.get("positive_label"), where)
    labels = {text: order.index(name) for name, texts in classes.items() for text in texts}
    return Target(
        column.name,
        task,
        column.style,
        [total[name] for name in order],
        rows - sum(total.values()),
        order,
        labels,
        notices + _balance(task, order, total),
    )


def _check_varied(
    column: Column, classes: dict[str, list[str]] | None, rows: int, where: str
) -> None:
    if not column.present:
        raise TargetUnusableError(
            f"{where} is empty in all {rows:,} rows; fill it in, or name another column as "
            f'"target" in pipeline.json'
        )
    if (classes is not None and len(classes) == 1) or column.distinct == 1:
        only = next(iter(classes or column.counts or {"?": 0}))
        raise TargetUnusableError(
            f"{where} has one value only, {quoted(only)}, so there is nothing to learn; "
            f'add rows with other values, or name another column as "target" in pipeline.json'
        )


def _task(
    column: Column, classes: dict[str, list[str]] | None, numeric: bool, asked: str, where: str
) -> tuple[Task, list[Notice]]:
    for task in TASKS:
        if asked == task:
            return task, []
    if classes is not None and len(classes) == 2:
        return "binary", []
    if not numeric:
        if column.kind == "date":
            raise TargetUnusableError(
                f"{where} holds dates, which cannot be predicted; name another column as "
                f'"target" in pipeline.json'
            )
        return "multiclass", []
    if classes is None or column.kind == "float" or not _countable(classes, column):
        return "regression", []
    text = (
        f"Target {quoted(column.name)} holds {len(classes)} whole numbers, taken as classes; "
        f'if they are amounts, set "task" to "regression" in pipeline.json.'
    )
    return "multiclass", [notice("numbers_as_classes", text)]


def _countable(classes: dict[str, list[str]], column: Column) -> bool:
    numbers = sorted(numbers_of(classes, "plain").values()) if column.style == "plain" else []
    counting = (
        bool(numbers) and numbers[0] in (0, 1) and numbers[-1] - numbers[0] + 1 == len(numbers)
    )
    return (
        counting
        and len(numbers) <= _CLASS_NUMBERS
        and column.present >= _ROWS_A_CLASS * len(numbers)
    )


def _regression(
    column: Column, numeric: bool, settings: Settings, rows: int, notices: list[Notice], where: str
) -> Target:
    if not numeric or column.numbers is None:
        raise TargetUnusableError(
            f"{where} holds values that are no numbers ({listed(_no_numbers(column))}), so task "
            f'regression does not fit; correct or empty them, set "task" to "auto" in '
            f'pipeline.json, or name another column as "target"'
        )
    if settings.get("positive_label") is not None:
        raise SettingsError(
            f"pipeline.json sets positive_label, but {where} makes a regression; delete "
            f'positive_label, or set "task" to "binary"'
        )
    count = column.numbers["count"]
    unread = column.unread + column.infinite
    if unread:
        shown = f" ({listed(column.examples)})" if column.examples else ""
        text = f"Dropped because the target is no finite number{shown}: {counted(unread, 'row')}."
        notices = [*notices, notice("target_unread", text)]
    whole = column.numbers["whole"] == count
    return Target(
        column.name,
        "regression",
        column.style,
        [count],
        rows - count,
        unread=unread,
        notices=notices,
        whole=whole,
    )


def _no_numbers(column: Column) -> list[str]:
    """Return some of the values that are numbers in no style."""
    texts = sorted(column.counts or column.examples)
    read = {text for style in ("grouped", "comma") for text in numbers_of(texts, style)}
    return ([text for text in texts if text not in read] or texts)[:3]


def _check_classes(task: Task, total: dict[str, int], where: str) -> None:
    rows = sum(total.values())
    if len(total) > 2 and len(total) * 2 > rows:
        raise TargetUnusableError(
            f"{where} has {len(total):,} classes in {rows:,} rows, most with "
            f'one row, so no class can be learned; name another column as "target" in '
            f"pipeline.json, or join rare classes"
        )
    if task == "binary" and len(total) != 2:
        raise SettingsError(
            f"pipeline.json says task binary, but {where} has {len(total)} classes "
            f'({listed(list(total))}); set "task" to "multiclass", or join classes'
        )


def _balance(task: str, order: list[str], total: dict[str, int]) -> list[Notice]:
    rows = sum(total.values())
    rare = min(order, key=lambda n: total[n])
    few = total[rare] * 20 < rows if task == "binary" else total[rare] < 10 <= rows / 10
    if not few:
        return []
    text = f"Class {quoted(rare)} has {total[rare]:,} of {rows:,} rows; its metrics are uncertain."
    return [notice("imbalance", text)]
