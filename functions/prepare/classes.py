"""The classes of a target: which texts mean the same one, and the order of their indices."""

from pipeline.errors import SettingsError
from prepare.columns import Column
from prepare.notices import listed, quoted
from prepare.spellings import FALSE, TRUE


def classes_of(column: Column, numeric: bool) -> dict[str, list[str]] | None:
    """Group the texts that mean the same class: 1 and 1.0, Yes and yes.

    Returns
    -------
    The texts by class; None if the column has too many to be counted.
    """
    if column.counts is None:
        return None
    groups: dict[str, list[str]] = {}
    texts = sorted(column.counts, key=lambda text: (-column.counts[text], text))  # type: ignore[index]
    for text in texts:
        key = text
        if numeric and column.style == "plain":
            try:
                key = repr(float(text))
            except ValueError:
                continue
        elif column.kind == "boolean":
            key = text.lower()
        groups.setdefault(key, []).append(text)
    # The commonest spelling names the class.
    return {_plain(members[0], numeric): sorted(members) for members in groups.values()}


def _plain(text: str, numeric: bool) -> str:
    if numeric and text.endswith(".0") and text[:-2].lstrip("+-").isdigit():
        return text[:-2]
    return text


def class_order(
    task: str,
    classes: dict[str, list[str]],
    total: dict[str, int],
    numeric: bool,
    positive: object,
    where: str,
) -> list[str]:
    """Return the classes in the order of their index; of two, the second is positive.

    Parameters
    ----------
    total : rows of each class.
    numeric : whether the target holds numbers.
    positive : the setting positive_label, or None.

    Raises
    ------
    SettingsError
        positive_label is no value of the target, or there are not two classes.
    """
    names = (
        sorted(classes, key=lambda n: (float(classes[n][0]), n))
        if numeric and _all_plain(classes)
        else sorted(classes)
    )
    if positive is not None and task != "binary":
        raise SettingsError(
            f"pipeline.json sets positive_label, but {where} has {len(names)} classes; "
            f"delete positive_label"
        )
    if task != "binary":
        return names
    if positive is not None:
        wanted = (
            {str(positive), str(positive).lower()}
            if isinstance(positive, bool)
            else {str(positive)}
        )
        chosen = [n for n in names if n in wanted or wanted & set(classes[n]) or _same(n, positive)]
        if len(chosen) != 1:
            raise SettingsError(
                f"positive_label {quoted(str(positive))} in pipeline.json is no value of "
                f"{where}; its values are {listed(names)}"
            )
        yes = chosen[0]
    elif truths := [n for n in names if n.lower() in TRUE]:
        yes = truths[0]
    elif numeric:
        yes = names[1]
    else:
        yes = min(names, key=lambda n: (total[n], n == names[0]))
    return [n for n in names if n != yes] + [yes]


def _all_plain(classes: dict[str, list[str]]) -> bool:
    try:
        return all(float(texts[0]) is not None for texts in classes.values())
    except ValueError:
        return False


def _same(name: str, positive: object) -> bool:
    if isinstance(positive, bool):
        return name.lower() in (TRUE if positive else FALSE)
    try:
        return float(name) == float(str(positive))
    except ValueError:
        return False
