"""How the rows are divided: the numbers that Encode needs to place each row by itself."""

from dataclasses import dataclass, field
from math import ceil
from typing import Any

from pipeline.errors import RowsUnusableError, SettingsError
from pipeline.settings import Settings
from prepare.chain import Chain
from prepare.columns import Column
from prepare.limits import MINIMUM_ROWS
from prepare.notices import Notice, counted, notice, quoted
from prepare.split import Fractions, assign_groups, sizes, to_json
from prepare.target import Target
from prepare.timeline import boundary


@dataclass(frozen=True)
class Division:
    """How rows are divided.

    Attributes
    ----------
    method : how, with what each needs: {"by": "position"}, {"by": "time", ...} or
        {"by": "group", ...}.
    chunks : what chunks.json holds, but for the champion.
    train_rows : about how many train.
    """

    method: dict[str, Any]
    fractions: Fractions
    chunks: list[dict[str, Any]]
    train_rows: int
    notices: list[Notice] = field(default_factory=list)

    def to_json(self, target: Target) -> dict[str, Any]:
        """Return what fit.json holds."""
        return {
            "method": self.method,
            "fractions": to_json(self.fractions),
            "class_rows": target.counts,
        }


def divide(
    chained: Chain, columns: list[Column], target: Target, settings: Settings, plan: dict[str, Any]
) -> Division:
    """Decide the split.

    Raises
    ------
    RowsUnusableError
        Too few rows have a target, or fewer train rows than instances.
    SettingsError
        The time column holds no times, or there are fewer than three groups.
    """
    split = settings["split"]
    fractions = Fractions(split["train"], split["validation"], split["test"], split["seed"])
    rows = sum(target.counts)
    if rows < MINIMUM_ROWS:
        raise RowsUnusableError(
            f"{plan['file']} has {rows} rows with a target ({target.name!r}); training, validation "
            f"and test need at least {MINIMUM_ROWS} together: add rows or fill in the target"
        )
    notices: list[Notice] = []
    method: dict[str, Any] = {"by": "position"}
    if "time_column" in split:
        method, notices = _by_time(chained, columns, split["time_column"], plan, fractions)
    elif "group_column" in split:
        method = _by_group(chained, split["group_column"], plan, fractions)
    train = sum(sizes(count, fractions)[0] for count in target.counts)
    if train < settings["instance_count"]:
        raise SettingsError(
            f"instance_count {settings['instance_count']} in pipeline.json is more than the "
            f"{train} rows that train; each instance needs a row: lower it"
        )
    return Division(
        method,
        fractions,
        _chunks(chained, target, settings["instance_count"], fractions),
        train,
        notices,
    )


def _by_time(
    chained: Chain, columns: list[Column], name: str, plan: dict[str, Any], fractions: Fractions
) -> tuple[dict[str, Any], list[Notice]]:
    position = plan["time_index"]
    column = columns[position]
    lines = chained.profile["columns"][position].get("timelines", {})
    kind = "date" if column.kind == "date" or column.dates else "number"
    style = column.style if kind == "date" else "number"
    readable = kind == "date" or (column.numbers is not None and column.style == "plain")
    if style not in lines or not readable:
        raise SettingsError(
            f"split.time_column {quoted(name)} in {plan['file']} holds neither dates nor plain "
            f"numbers; name a column that does, or delete split.time_column from pipeline.json"
        )
    timeline = lines[style]
    first = boundary(timeline, fractions.train)
    second = boundary(timeline, fractions.train + fractions.validation)
    earliest = timeline["counts"][0][0] << timeline["width"]
    if not earliest < first < second:
        text = (
            f"Column {quoted(name)} has too few different times for a split by time, which would "
            f"leave no test rows; rows were split by position instead."
        )
        return {"by": "position"}, [notice("time_split", text)]
    method = {
        "by": "time",
        "column": position,
        "style": style,
        "validation_from": first,
        "test_from": second,
    }
    missing = column.missing + column.unread
    if not missing:
        return method, []
    text = (
        f"Without a time in {quoted(name)}, so used for training only: {counted(missing, 'row')}."
    )
    return method, [notice("time_missing", text)]


def _by_group(
    chained: Chain, name: str, plan: dict[str, Any], fractions: Fractions
) -> dict[str, Any]:
    position = plan["columns"].index(name)
    found = chained.profile["columns"][position]
    counts = found["values"].get("counts")
    method: dict[str, Any] = {"by": "group", "column": position, "groups": None}
    if counts is None:
        return method
    if found["missing"]:
        counts = counts | {"": found["missing"]}
    if len(counts) < 3:
        raise SettingsError(
            f"split.group_column {quoted(name)} in {plan['file']} has {len(counts)} groups; train, "
            f"validation and test need one each: name another column or delete it"
        )
    return method | {"groups": assign_groups(counts, fractions)}


def _chunks(
    chained: Chain, target: Target, instances: int, fractions: Fractions
) -> list[dict[str, Any]]:
    """Add to each chunk where its rows begin in each class, and how many train parts it writes.

    Train rows may all lie in some of the chunks (a file sorted by time), so that a
    chunk's share is counted against the rows that train, not against all.
    """
    rows = sum(target.counts)
    before = [0] * len(target.counts)
    chunks = []
    for chunk, found in zip(chained.chunks, chained.target_counts, strict=True):
        here = _rows_by_class(found, target)
        parts = ceil(instances * sum(here) / (rows * fractions.train)) if instances > 1 else 1
        chunks.append(chunk | {"ordinals": list(before), "train_parts": max(1, parts)})
        before = [a + b for a, b in zip(before, here, strict=True)]
    return chunks


def _rows_by_class(found: dict[str, Any], target: Target) -> list[int]:
    if target.classes is None:
        styles = {"plain", target.style}
        return [sum(found["numbers"].get(style, 0) for style in styles)]
    here = [0] * len(target.classes)
    for text, index in target.labels.items():
        here[index] += found["counts"].get(text, 0)
    return here
