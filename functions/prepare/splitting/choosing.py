"""The split of a file whose settings name no column, by what its rows say."""

from dataclasses import dataclass, field

from pipeline.documents.chunk_profile import MergedProfile
from pipeline.documents.fit import Method
from pipeline.documents.plan import Plan
from pipeline.documents.profile import SplitPart
from pipeline.notices import Notice
from pipeline.settings import Settings
from pipeline.vocabulary import SPLITS, TRAIN
from prepare.splitting import told
from prepare.splitting.content import by_content, copied_rows, without_target
from prepare.splitting.row_split import Fractions, assign_groups
from table.columns.kind import Column

# So many groups leave no split empty if their hashes decide.
_HASHED_GROUPS = 200


@dataclass(frozen=True)
class Found:
    """What the rows themselves say of how they hang together.

    Attributes
    ----------
    entity : position of the column that names what many rows are about.
    drifting : the column of times with which the target drifts.
    content : positions of the columns by which rows are copies of each other.
    """

    entity: int | None = None
    drifting: str | None = None
    content: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Chosen:
    """A way to divide rows.

    Attributes
    ----------
    train : rows that train; None if only Encode will know.
    """

    method: Method
    train: int | None
    part: SplitPart
    notices: list[Notice] = field(default_factory=list)


def choose(
    usual: Chosen,
    profile: MergedProfile,
    columns: list[Column],
    target: str,
    settings: Settings,
    plan: Plan,
    found: Found,
    rows: int,
) -> Chosen:
    """Choose a split.

    Parameters
    ----------
    usual : by position.
    found : does not count where the settings say by what.
    rows : those that have a target.
    """
    lost = profile["rows"] - rows
    split = settings["split"]
    fractions = Fractions(split["train"], split["validation"], split["test"], split["seed"])
    copied = copied_rows(profile, plan, found.content)
    if "by" in split:
        found = Found(content=found.content)
    if found.entity is not None:
        name = columns[found.entity].name
        entities = _by_entity(profile, columns, found.entity, fractions, lost)
        if entities is None:
            part, notices = told.of_lone_entities(name, target, copied)
            return Chosen(usual.method, usual.train, part, notices)
        part, notices = told.of_entities(name, target)
        return Chosen(*entities, part, notices)
    if copied and (copied.unlikely or split.get("by") == "content"):
        blank = without_target(profile["columns"][plan["columns"].index(target)])
        divided = by_content(profile, found.content, fractions, lost - blank)
        if divided is not None:
            part, notices = told.of_copies(copied, profile["rows"], "by" in split)
            return Chosen(*divided, part, notices)
        if copied.unlikely:
            part, notices = told.of_lone_copies(copied, profile["rows"])
            return Chosen(usual.method, usual.train, part, notices)
    part = told.by_position(copied, settled=False)
    if found.drifting is None:
        return Chosen(usual.method, usual.train, part)
    part, notices = told.in_order_of_time(found.drifting, target, part)
    return Chosen(usual.method, usual.train, part, notices)


def _by_entity(
    profile: MergedProfile, columns: list[Column], at: int, fractions: Fractions, lost: int
) -> tuple[Method, int | None] | None:
    """Keep the rows of an entity together; None if a split could be left empty."""
    method: Method = {"by": "group", "column": at, "groups": None}
    counts = profile["columns"][at]["values"].get("counts")
    if counts is None:
        return (method, None) if columns[at].distinct >= _HASHED_GROUPS else None
    if columns[at].missing:
        counts = counts | {"": columns[at].missing}
    groups = assign_groups(counts, fractions)
    parts = [sum(counts[g] for g in groups if groups[g] == part) for part in range(len(SPLITS))]
    return ({**method, "groups": groups}, parts[TRAIN] - lost) if min(parts) > lost else None
