"""The target: which task it makes, its classes and their order."""

from dataclasses import dataclass, field

from pipeline.documents.encoder import TargetFacts
from pipeline.errors import SettingsError, TargetUnusableError
from pipeline.notices import Notice, notice
from pipeline.settings import Settings
from pipeline.vocabulary import Task
from pipeline.wording import counted, listed, quoted
from table.columns.classes import are_codes, class_order, classes_of, numbers_of
from table.columns.kind import Column
from table.columns.labels import label_notices, with_counts
from table.columns.target_column import stray_texts
from table.columns.task import task_of
from table.limits import CLASS_LIMIT, STRATIFIED_ROWS

_ENOUGH = 50
"""Rows of a target in which two of one class are a slip."""


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


def target_of(
    column: Column,
    settings: Settings,
    rows: int,
    file: str,
    known: TargetFacts | None = None,
) -> Target:
    """Decide task and classes.

    Parameters
    ----------
    known : what the approved model predicts, if there is one.

    Raises
    ------
    TargetUnusableError
        The target is empty, constant, or has too many classes.
    SettingsError
        task or positive_label does not fit the values.
    """
    where = f"target {quoted(column.name)} of {file}"
    numeric = column.numbers is not None and column.kind not in ("category", "text")
    by_value = numeric and not are_codes(column)
    distinct = settings["distinct_labels"]
    names = (known.get("classes") if known and known["name"] == column.name else None) or []
    classes = classes_of(column, by_value, distinct=distinct, known=names)
    _check_varied(column, classes, rows, where)
    task, notices = task_of(column, classes, numeric, settings, known, where)
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
    values = values if len(values) == len(classes) else {}
    order = class_order(task, classes, total, values, settings.get("positive_label"), where)
    labels = {text: order.index(name) for name, texts in classes.items() for text in texts}
    unread = column.unread + column.infinite if by_value else 0
    dropped = rows - sum(total.values())
    notices += _unread(column, unread) if by_value else label_notices(column, classes)
    if settings["task"] == "auto":
        notices += _stray_classes(column.name, {n: total[n] for n in order}, names)
    notices += _balance(task, order, total) + _missing(column, dropped - unread, named=True)
    return Target(
        column.name,
        task,
        column.style,
        [total[name] for name in order],
        dropped,
        order,
        labels,
        notices,
        unread=unread,
    )


def _check_varied(
    column: Column, classes: dict[str, list[str]] | None, rows: int, where: str
) -> None:
    said = f"{with_counts(column.spelled)} counted as missing" if column.spelled else ""
    beside = f" ({said})" if said else ""
    if not column.present or classes == {}:
        raise TargetUnusableError(
            f"{where} is empty in all {rows:,} rows{beside}; fill it in, or name another column as "
            f'"target" in pipeline.json'
        )
    if (classes is not None and len(classes) == 1) or column.distinct == 1:
        only = next(iter(classes or column.counts or {"?": 0}))
        raise TargetUnusableError(
            f"{where} has one value only, {quoted(only)}, so there is nothing to learn{beside}; "
            f'add rows with other values, or name another column as "target" in pipeline.json'
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
    missing = _missing(column, rows - count - unread, named=False)
    notices = [*notices, *_unread(column, unread), *missing]
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


def _missing(column: Column, rows: int, *, named: bool) -> list[Notice]:
    """Tell of rows without a target, and of the texts that counted as none.

    Parameters
    ----------
    named : whether the target has classes, of which such a text might be the name of one.
    """
    if not rows:
        return []
    said = f"; {with_counts(column.spelled)} counted as missing" if column.spelled else ""
    remedy = ", to be written in another way if that is a class" if said and named else ""
    text = f"Dropped for want of a usable target: {counted(rows, 'row')}{said}{remedy}."
    return [notice("no_target", text)]


def _unread(column: Column, unread: int) -> list[Notice]:
    """Warn of rows that are left out because they hold a text among numbers."""
    if not unread:
        return []
    strays = stray_texts(column)
    said = with_counts(strays) if strays else listed(column.examples)
    shown = f" ({said})" if said else ""
    if column.unread:
        shown += '; correct them, or, if they are classes, set "task" to "multiclass"'
    text = f"Dropped because the target is no finite number{shown}: {counted(unread, 'row')}."
    return [notice("target_unread", text)]


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


def _stray_classes(name: str, total: dict[str, int], known: list[str]) -> list[Notice]:
    """Ask about classes of a row or two beside two others, as a slip of the hand makes them.

    Parameters
    ----------
    known : classes of the approved model, which are no slips.
    """
    stray = [each for each in total if total[each] < STRATIFIED_ROWS and each not in known]
    if len(total) - len(stray) != 2 or not stray or sum(total.values()) < _ENOUGH:
        return []
    shown = with_counts({each: total[each] for each in stray})
    text = (
        f"Target {quoted(name)}: {shown} beside two classes. If it is a slip, correct or empty "
        f'it; if not, set "task" to "multiclass" in pipeline.json.'
    )
    return [notice("stray_class", text)]


def _balance(task: str, order: list[str], total: dict[str, int]) -> list[Notice]:
    rows = sum(total.values())
    rare = min(order, key=lambda n: total[n])
    few = total[rare] * 20 < rows if task == "binary" else total[rare] < 10 <= rows / 10
    if not few:
        return []
    text = f"Class {quoted(rare)} has {total[rare]:,} of {rows:,} rows; its metrics are uncertain."
    return [notice("imbalance", text)]
