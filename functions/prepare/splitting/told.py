"""What is told of a split: how rows were divided, why, and what a person should decide."""

from pipeline.documents.profile import SplitPart
from pipeline.notices import Notice, notice
from pipeline.vocabulary import ChosenBy, SplitBy
from pipeline.wording import counted, quoted
from prepare.splitting.content import Copied

_NAME = 30
_ASKED = 0.2
"""From this share of copies on a person is asked whether they are meant to be there."""


def as_set(by: str, column: str) -> SplitPart:
    """Tell of a split that the settings ask for."""
    name = quoted(column)
    if by == "time":
        how = f"The oldest rows by {name} trained and the newest tested, as split.time_column says."
        return _part("time", column, "settings", how)
    how = f"Rows of the same {name} stayed together, as split.group_column says."
    return _part("group", column, "settings", how)


def by_position(copied: Copied | None, settled: bool) -> SplitPart:
    """Tell of the usual split."""
    how = "Rows were divided by a hash of their position, each class alike"
    if settled:
        return _part("position", None, "settings", f"{how}, as split.by says.")
    return _part("position", None, "default", f"{how}.", copied)


def of_entities(name: str, target: str) -> tuple[SplitPart, list[Notice]]:
    """Tell of a split by a column that nobody named."""
    why = f"{quoted(target)} is nearly the same in all rows of one {quoted(name)}"
    part = _part("group", name, "file", f"Rows of the same {quoted(name)} stayed together: {why}.")
    text = (
        f"Column {quoted(name, _NAME)} repeats, and its rows agree in {quoted(target, _NAME)}: "
        f"they were kept in one split, and it was not trained on. If that is right, set it as "
        f'"group_column" of "split" in pipeline.json; else "by" of "split" to "position".'
    )
    question = f"whether rows of one {quoted(name)} belong together is for a person to say"
    return {**part, "question": question}, [notice("group_split", text)]


def of_lone_entities(
    name: str, target: str, copied: Copied | None
) -> tuple[SplitPart, list[Notice]]:
    """Tell of a column whose rows should have been kept together, and could not."""
    text = (
        f"Column {quoted(name, _NAME)} repeats, and its rows agree in {quoted(target, _NAME)}: "
        f"rows that test are like rows that trained, so the metric is too good. Set it as "
        f'"group_column" of "split" in pipeline.json, or "by" of "split" to "position".'
    )
    question = f"rows of one {quoted(name)} may have trained and tested"
    return {**by_position(copied, False), "question": question}, [notice("group_split", text)]


def in_order_of_time(name: str, target: str, part: SplitPart) -> tuple[SplitPart, list[Notice]]:
    """Tell that the split by position flatters the model."""
    text = (
        f"Rows are in the order of {quoted(name, _NAME)}, and {quoted(target, _NAME)} drifts: rows "
        f"that test have neighbours in time that trained, so the metric is too good. Set the "
        f'column as "time_column" of "split" in pipeline.json, or "by" of "split" to "position".'
    )
    question = f"the rows are in the order of {quoted(name)}, and were not divided by time"
    return {**part, "question": question}, [notice("time_order", text)]


def of_copies(copied: Copied, rows: int, asked: bool) -> tuple[SplitPart, list[Notice]]:
    """Tell of rows that were kept together with their copies.

    Parameters
    ----------
    asked : whether the settings ask for it, so that nothing is left to decide.
    """
    said = _copies(copied, rows)
    how = f"Rows of the same content stayed together: {said}."
    part = _part("content", None, "settings" if asked else "file", how, copied)
    text = (
        f"{said[0].upper()}{said[1:]}, equal but for identifiers, load times and the like; copies "
        f"were kept in one split. Delete them if they are a mistake; else set "
        f'"by" of "split" to "content" in pipeline.json.'
    )
    if asked:
        return part, []
    if copied.rows >= _ASKED * rows:
        part = {**part, "question": f"{said}, which a person should look at"}
    return part, [notice("copies", text)]


def of_lone_copies(copied: Copied, rows: int) -> tuple[SplitPart, list[Notice]]:
    """Tell of copies that are too few contents to be divided by."""
    said = _copies(copied, rows)
    text = (
        f"{said[0].upper()}{said[1:]}, equal but for identifiers, load times and the like, and "
        f"rows that test may have copies that trained, so the metric is too good. Delete them if "
        f'they are a mistake; else set "by" of "split" to "position" in pipeline.json.'
    )
    question = f"{said}, and may have trained and tested"
    return {**by_position(copied, False), "question": question}, [notice("copies", text)]


def _copies(copied: Copied, rows: int) -> str:
    about = "about " if copied.estimated else ""
    return f"{about}{copied.rows:,} of {counted(rows, 'row')} are copies of others"


def _part(
    by: SplitBy, column: str | None, chosen: ChosenBy, sentence: str, copied: Copied | None = None
) -> SplitPart:
    return {
        "by": by,
        "column": column,
        "chosen": chosen,
        "sentence": sentence,
        "copies": copied.rows if copied else None,
        "question": None,
    }
