"""The classes of a target: which texts mean the same one, and the order of their indices."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from pipeline.errors import SettingsError
from pipeline.wording import listed, quoted
from table.columns.kind import Column
from table.values.labels import label_key
from table.values.numbers import numbers
from table.values.spellings import FALSE, TRUE

# Whole numbers are taken as classes if they count up from 0 or 1 in at most so many steps, each
# with so many rows on average (digits 0-9, grades 1-5); others are amounts.
CLASS_NUMBERS = 20
ROWS_A_CLASS = 10
# A float holds no more than the first 15 to 17 digits of them.
_WHOLE = re.compile(r"([+-]?[0-9]{1,39})(?:\.0*)?")


def classes_of(
    column: Column, numeric: bool, *, distinct: bool = False, known: Sequence[str] = ()
) -> dict[str, list[str]] | None:
    """Group the texts that mean the same class: 1 and 1.0, Yes and yes.

    Parameters
    ----------
    distinct : whether texts that differ only in case, blanks or a final dot are classes of
        their own, if they are no booleans.
    known : classes of the approved model, whose names are kept.

    Returns
    -------
    The texts by class; None if the column has too many to be counted.
    """
    if column.counts is None:
        return None
    groups: dict[str | float, list[str]] = {}
    texts = sorted(column.counts, key=lambda text: (-column.counts[text], text))  # type: ignore[index]
    keys: dict[str, Any] = {text: text for text in texts}
    if numeric:
        keys = numbers_of(texts, column.style)
    elif column.kind == "boolean" or not distinct:
        keys = {text: label_key(text) for text in (*texts, *known)}
        keys = keys if distinct else _said_yes_or_no(keys)
    for text in texts:
        if text in keys:
            groups.setdefault(keys[text], []).append(text)
    names = {} if numeric or distinct else {keys[name]: name for name in reversed(known)}
    # The commonest spelling names the class.
    return {
        names.get(str(key), _plain(members[0], numeric)): sorted(members)
        for key, members in groups.items()
    }


def _said_yes_or_no(keys: dict[str, Any]) -> dict[str, Any]:
    """Let all ways to say yes be one class, and all to say no, if there is nothing else."""
    said = set(keys.values())
    yes, no = said & (TRUE | {"1"}), said & (FALSE | {"0"})
    # 1 and 0 alone are numbers.
    if yes | no != said or not yes - {"1"} or not no - {"0"}:
        return keys
    return {text: "yes" if key in yes else "no" for text, key in keys.items()}


def zeros_lead(column: Column) -> bool:
    """Tell whether a column of numbers holds codes, as far as their writing goes: 01, 007.

    They are digits alone, some with a zero before them, and each number is written in one way.
    """
    texts = numbers_of(column.counts or {}, column.style)
    return (
        all(text.isascii() and text.isdigit() for text in texts)
        and any(len(text) > 1 and text.startswith("0") for text in texts)
        and len(set(texts.values())) == len(texts)
    )


def are_codes(column: Column) -> bool:
    """Tell whether numbers with leading zeros are classes: there are enough rows of each."""
    different = len(column.counts or {})
    return column.present >= ROWS_A_CLASS * different and zeros_lead(column)


def numbers_of(texts: Iterable[str], style: str) -> dict[str, float]:
    """Read texts in a column's style, whole numbers exactly; leave out what is no number."""
    listed_texts = list(texts)
    read = numbers(pl.Series(listed_texts, dtype=pl.String), style)
    found: dict[str, float] = {}
    for text, number in zip(listed_texts, read, strict=True):
        whole = None if style == "comma" and "." in text else _WHOLE.fullmatch(text)
        if number is not None:
            found[text] = int(whole[1]) if whole else number
    return found


def _plain(text: str, numeric: bool) -> str:
    if numeric and text.endswith(".0") and text[:-2].lstrip("+-").isdigit():
        return text[:-2]
    return text


def class_order(
    task: str,
    classes: dict[str, list[str]],
    total: dict[str, int],
    values: dict[str, float],
    positive: object,
    where: str,
) -> list[str]:
    """Return the classes in the order of their index; of two, the second is positive.

    Parameters
    ----------
    total : rows of each class.
    values : the number that each class is, if the target holds numbers; else empty.
    positive : the setting positive_label, or None.

    Raises
    ------
    SettingsError
        positive_label is no value of the target, or there are not two classes.
    """
    names = sorted(classes, key=lambda n: (values.get(n, 0), n))
    if positive is not None and task != "binary":
        raise SettingsError(
            f"pipeline.json sets positive_label, but {where} has {len(names)} classes; "
            f"delete positive_label"
        )
    if task != "binary":
        return names
    if positive is not None:
        yes = _named_positive(names, classes, values, positive, where)
    else:
        yes = _likely_positive(names, total, values)
    return [n for n in names if n != yes] + [yes]


def _named_positive(
    names: list[str],
    classes: dict[str, list[str]],
    values: dict[str, float],
    positive: object,
    where: str,
) -> str:
    """Return the class that the setting names, as it is written rather than by what it means."""
    wanted = (
        {str(positive), str(positive).lower()} if isinstance(positive, bool) else {str(positive)}
    )
    written = [n for n in names if wanted & {n, *classes[n]}]
    chosen = written or [n for n in names if _same(n, values.get(n), positive)]
    chosen = chosen or [n for n in names if label_key(n) == label_key(str(positive))]
    if len(chosen) != 1:
        raise SettingsError(
            f"positive_label {quoted(str(positive))} in pipeline.json is no value of "
            f"{where}; its values are {listed(names)}"
        )
    return chosen[0]


def _likely_positive(names: list[str], total: dict[str, int], values: dict[str, float]) -> str:
    """Return the class that says yes, else the greater number, else the rarer class."""
    if truths := [n for n in names if n.lower() in TRUE]:
        return truths[0]
    if values:
        return names[1]
    return min(names, key=lambda n: (total[n], n == names[0]))


def _same(name: str, value: float | None, positive: object) -> bool:
    if isinstance(positive, bool):
        return name.lower() in (TRUE if positive else FALSE)
    try:
        return (float(name) if value is None else value) == float(str(positive))
    except ValueError:
        return False
