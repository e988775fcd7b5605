"""Rows that repeat others: told from rows that are alike by chance, and kept together."""

from dataclasses import dataclass
from math import prod

import polars as pl

from pipeline.documents.chunk_profile import ColumnProfile, MergedProfile, RowsProfile
from pipeline.documents.fit import Method
from pipeline.documents.plan import Plan
from pipeline.storage.bucket import Source
from pipeline.vocabulary import SPLITS
from prepare.splitting.digests import row_digests
from prepare.splitting.load_times import is_load_time
from prepare.splitting.row_split import Fractions, assign_groups
from table.columns.kind import column_of
from table.limits import MIB
from table.profiling.column import profile_column
from table.profiling.distinct import variety
from table.profiling.repeats import complete, copies, repeats_of, rows_by_hash, single_share
from table.reading.dialect import Dialect
from table.reading.planned import read_planned
from table.values.missing import present

SHARE = 0.03
"""From this share of copies on rows are divided by their content (ADR 43)."""
# So many times as many copies as chance makes if the columns have nothing to do with each other.
_BY_CHANCE = 30
# Where nearly no row occurs once, the file repeats as a whole; but for a table of so few different
# rows that by chance each has this many like it.
_SINGLE = 0.05
_CROWDED = 0.5
_FEWEST = 20
# An identifier has a value of its own in 95 % of the rows.
_IDENTIFYING = 0.9
_LOOK_BYTES = MIB // 4
_LOOK_ROWS = 1_000


@dataclass(frozen=True)
class Copied:
    """Rows that are copies of others.

    Attributes
    ----------
    rows : how many there are beside the first of each.
    estimated : whether they were estimated from a sample.
    unlikely : whether there are more than chance makes.
    """

    rows: int
    estimated: bool
    unlikely: bool


def content_columns(source: Source, plan: Plan) -> list[int]:
    """Return the positions of the columns whose fields make two rows equal; none to compare none.

    Left out are the target, what the settings do not train on, and what is an identifier or a time
    of loading in the file's first rows. Each chunk reads these, as does Fit, so that all decide the
    same.
    """
    candidates = plan.get("content")
    if not candidates:
        return []
    dialect = Dialect(**plan["dialect"])
    start, size = plan["data_start"], plan["source"]["size"]
    raw = source.read(start, min(start + _LOOK_BYTES, size))
    if b"\0" in raw:
        # Such a file is refused with the byte's line.
        return []
    if start + _LOOK_BYTES < size:
        raw = raw[: raw.rfind(dialect.newline.encode()) + 1]
    frame = read_planned(dialect.text_of(raw), plan).frame.head(_LOOK_ROWS)
    return [
        at
        for at in candidates
        if not _identifies(frame, at, plan)
        and not is_load_time(frame.to_series(at), plan["columns"][at])
    ]


def _identifies(frame: pl.DataFrame, at: int, plan: Plan) -> bool:
    values = frame.to_series(at)
    if values.n_unique() < _IDENTIFYING * len(frame):
        # Quicker than to find out what it holds, and enough for most columns.
        return False
    found = profile_column(values)
    column = column_of(plan["columns"][at], found, len(frame), plan["dialect"]["delimiter"] == ";")
    return column.kind == "identifier"


def content_digests(frame: pl.DataFrame, columns: list[str], content: list[int]) -> pl.Series:
    """Hash the fields of each row that are its content."""
    names = [columns[at] for at in content]
    return row_digests(frame.select(pl.nth(content)), names)


def add_repeats(found: RowsProfile, frame: pl.DataFrame, plan: Plan, content: list[int]) -> None:
    """Count how often contents occur, and rows with their target."""
    columns = plan["columns"]
    if not content or not len(frame):
        return
    at = columns.index(plan["target"])
    target = frame.to_series(at)
    rows = pl.DataFrame([content_digests(frame, columns, content).alias("content"), target])
    # Rows without a target are not divided, and blank lines are alike without being copies.
    if without_target(found["columns"][at]):
        known = present(target, plan["target"], plan.get("missing_values")).str.strip_chars()
        rows = rows.filter(known != "")
    if len(rows):
        found["contents"] = repeats_of(rows["content"])
        found["repeated"] = repeats_of(rows.hash_rows(seed=0))


def without_target(target: ColumnProfile) -> int:
    """Return the rows without a target, whose contents are not counted.

    The field is empty, or holds what the settings say is missing; of NA or None it is known only
    later whether it is a class.
    """
    return target["missing"] - sum(target.get("spelled", {}).values())


def copied_rows(profile: MergedProfile, plan: Plan, content: list[int]) -> Copied | None:
    """Find out how many rows are copies, and whether chance alone would make as many.

    Rows of few categories are alike though nobody copied them. How many such pairs there are to be
    expected follows from how often the values of each column occur.
    """
    found = profile.get("repeated")
    if found is None or not content:
        return None
    rows = profile["rows"]
    many = copies(found, rows)
    whole = [*content, plan["columns"].index(plan["target"])]
    alike = prod(_alike(profile["columns"][at], rows) for at in whole)
    chance = rows * rows / 2 * alike
    sparse = rows * alike <= _CROWDED and len(found["hashes"]) >= _FEWEST
    repeating = sparse and single_share(found) <= _SINGLE
    unlikely = many >= SHARE * rows and (many > _BY_CHANCE * chance or repeating)
    return Copied(many, not complete(found), unlikely)


def _alike(column: ColumnProfile, rows: int) -> float:
    """Return how probably two rows have the same value."""
    counts = column["values"].get("counts")
    if counts is None:
        return 1 / max(1, variety(column["values"], rows - column["missing"]).different)
    return sum((count / rows) ** 2 for count in (*counts.values(), column["missing"]))


def by_content(
    profile: MergedProfile, content: list[int], fractions: Fractions, lost: int
) -> tuple[Method, int | None] | None:
    """Divide contents as groups are divided: listed if they are few, else by their hash.

    Parameters
    ----------
    lost : rows that may be of any content and have no usable target.

    Returns
    -------
    The method, and the rows that train, None if only Encode will know; None in all if there are
    too few contents.
    """
    contents = profile.get("contents")
    if contents is None or not content or len(contents["hashes"]) < _FEWEST:
        return None
    method: Method = {"by": "content", "columns": content, "groups": None}
    if not complete(contents):
        return method, None
    counts = {str(digest): rows for digest, rows in rows_by_hash(contents).items()}
    groups = assign_groups(counts, fractions)
    parts = [sum(counts[g] for g in groups if groups[g] == part) for part in range(len(SPLITS))]
    if min(parts) <= lost:
        return None
    return {**method, "groups": groups}, max(1, parts[0] - lost)
