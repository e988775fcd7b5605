"""How the rows are divided: the numbers that Encode needs to place each row by itself."""

from dataclasses import dataclass, field
from math import ceil

from pipeline.documents.chunk_profile import Timeline
from pipeline.documents.fit import Method, Placed, Split
from pipeline.documents.plan import Plan
from pipeline.documents.profile import SplitPart
from pipeline.errors import RowsUnusableError, SettingsError
from pipeline.notices import Notice, notice
from pipeline.settings import Settings
from pipeline.vocabulary import SPLITS, TRAIN
from pipeline.wording import counted, quoted
from prepare.splitting.choosing import Chosen, Found, choose
from prepare.splitting.row_split import Fractions, assign_groups, sizes, to_json
from prepare.splitting.told import as_set, by_position
from table.columns.kind import Column
from table.columns.target import Target
from table.limits import MINIMUM_ROWS
from table.profiling.timeline import boundary, rows_between
from table.profiling.whole_file import Chain, TargetCounts
from table.values.durations import CLOCKED
from table.values.units import style_key, without_unit

_NOTHING = Found()


@dataclass(frozen=True)
class Division:
    """How rows are divided.

    Attributes
    ----------
    method : how, with what each needs: {"by": "position"}, {"by": "time", ...} or
        {"by": "group", ...}, {"by": "content", ...}.
    chunks : what chunks.json holds, but for the champion.
    train_rows : about how many train.
    part : what is told of it.
    """

    method: Method
    fractions: Fractions
    chunks: list[Placed]
    train_rows: int
    part: SplitPart
    notices: list[Notice] = field(default_factory=list)

    @property
    def group_column(self) -> str | None:
        """Name of the column whose rows stay together."""
        return self.part["column"] if self.part["by"] == "group" else None

    def to_json(self, target: Target) -> Split:
        """Return what fit.json holds, but for the digests."""
        return {
            "method": self.method,
            "fractions": to_json(self.fractions),
            "class_rows": target.counts,
        }


def divide(
    chained: Chain,
    columns: list[Column],
    target: Target,
    settings: Settings,
    plan: Plan,
    found: Found = _NOTHING,
) -> Division:
    """Decide the split.

    Parameters
    ----------
    found : what the rows say where the settings name no column.

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
    labelled = chained.profile["rows"] - columns[plan["columns"].index(target.name)].missing
    # Of these no profile knows where they are: their target is there, but cannot be read.
    lost = labelled - rows
    method: Method = {"by": "position"}
    train: int | None = sum(sizes(count, fractions)[0] for count in target.counts)
    part = by_position(None, split.get("by") == "position")
    notices: list[Notice] = []
    time, group = plan["time_index"], plan["group_index"]
    if time is not None:
        method, timed, notices = _by_time(
            chained, columns[time], time, plan["file"], fractions, labelled, lost
        )
        train = train if timed is None else timed
        part = as_set("time", columns[time].name) if method["by"] == "time" else part
    elif group is not None:
        name = split["group_column"]
        method, train = _by_group(chained, name, group, plan["file"], fractions, lost)
        part = as_set("group", plan["columns"][group])
    elif split.get("by") != "position":
        usual = Chosen(method, train, part)
        chosen = choose(usual, chained.profile, columns, target.name, settings, plan, found, rows)
        method, train, part, notices = chosen.method, chosen.train, chosen.part, chosen.notices
    expected = round(fractions.train * rows) if train is None else train
    if expected < settings["instance_count"]:
        raise SettingsError(
            f"instance_count {settings['instance_count']} in pipeline.json is more than the "
            f"{expected} rows that train; each instance needs a row: lower it"
        )
    chunks = _chunks(chained, target, settings["instance_count"], train)
    return Division(method, fractions, chunks, expected, part, notices)


def _by_time(
    chained: Chain,
    column: Column,
    position: int,
    file: str,
    fractions: Fractions,
    labelled: int,
    lost: int,
) -> tuple[Method, int | None, list[Notice]]:
    """Divide rows at two times.

    Returns
    -------
    The method, the rows that train (None if rows are split by position after all), and
    warnings.
    """
    style, timeline = _timeline(chained, column, position, file)
    first = boundary(timeline, fractions.train)
    second = boundary(timeline, fractions.train + fractions.validation)
    parts = rows_between(timeline, [first, second])
    if min(parts) <= lost:
        why = "targets that can be read" if min(parts) else "different times"
        text = (
            f"Column {quoted(column.name)} has too few {why} for a split by time, which could "
            f"leave no test rows; rows were split by position instead."
        )
        return {"by": "position"}, None, [notice("time_split", text)]
    method: Method = {
        "by": "time",
        "column": position,
        "style": style,
        "validation_from": first,
        "test_from": second,
    }
    missing = labelled - sum(parts)
    train = max(1, parts[0] + missing - lost)
    if not missing:
        return method, train, []
    text = (
        f"Without a time in {quoted(column.name)}, so used for training only: "
        f"{counted(missing, 'row')}."
    )
    return method, train, [notice("time_missing", text)]


def _timeline(chained: Chain, column: Column, position: int, file: str) -> tuple[str, Timeline]:
    """Return how the column's times are written, and the rows with a target over time."""
    lines = chained.profile["columns"][position]["labelled"].get("timelines", {})
    kind = "date" if column.kind == "date" or column.dates else "number"
    style = column.style if kind == "date" else "number"
    readable = kind == "date" or (column.numbers is not None and column.style == "plain")
    if style not in lines or not readable:
        nearly = f" alone ({column.nearly})" if column.nearly else ""
        raise SettingsError(
            f"split.time_column {quoted(column.name)} in {file} holds neither dates nor "
            f"plain numbers{nearly}; name a column that does, or delete split.time_column from "
            f"pipeline.json"
        )
    return style, lines[style]


def _by_group(
    chained: Chain, name: str, position: int, file: str, fractions: Fractions, lost: int
) -> tuple[Method, int | None]:
    """Divide groups.

    Returns
    -------
    The method, and the rows that train; None if only Encode will know.
    """
    found = chained.profile["columns"][position]["labelled"]
    counts = found["values"].get("counts")
    method: Method = {"by": "group", "column": position, "groups": None}
    if counts is None:
        return method, None
    if found["missing"]:
        counts = counts | {"": found["missing"]}
    if len(counts) < 3:
        raise SettingsError(
            f"split.group_column {quoted(name)} in {file} has {len(counts)} groups with a "
            f"target; train, validation and test need one each: name another column or delete it"
        )
    groups = assign_groups(counts, fractions)
    rows = [sum(counts[g] for g in groups if groups[g] == part) for part in range(len(SPLITS))]
    if min(rows) <= lost:
        raise SettingsError(
            f"split.group_column {quoted(name)} in {file} could leave no "
            f"{SPLITS[rows.index(min(rows))]} rows: {counted(lost, 'row')} have a target that "
            f"cannot be read; correct them, or name another column"
        )
    return {**method, "groups": groups}, max(1, rows[TRAIN] - lost)


def _chunks(chained: Chain, target: Target, instances: int, train: int | None) -> list[Placed]:
    """Add to each chunk where its rows begin in each class, and how many train parts it writes.

    Train rows may all lie in some of the chunks (a file sorted by time), so that a
    chunk's share is counted against the rows that train, not against all. Where these
    are not known, each chunk writes a part for each instance.
    """
    before = [0] * len(target.counts)
    chunks: list[Placed] = []
    for chunk, found in zip(chained.chunks, chained.target_counts, strict=True):
        here = _rows_by_class(found, target)
        parts = instances if train is None else ceil(instances * sum(here) / train)
        parts = max(1, parts) if instances > 1 else 1
        chunks.append({**chunk, "ordinals": list(before), "train_parts": parts})
        before = [a + b for a, b in zip(before, here, strict=True)]
    return chunks


def _rows_by_class(found: TargetCounts, target: Target) -> list[int]:
    if target.classes is None:
        # A style with a unit reads numbers without one, too, as it writes them.
        wide = {"plain", without_unit(target.style), style_key(target.style)}
        styles = {target.style} if target.style in CLOCKED else wide
        return [sum(found["numbers"].get(style, 0) for style in styles)]
    here = [0] * len(target.classes)
    for text, index in target.labels.items():
        here[index] += found["counts"].get(text, 0)
    return here
