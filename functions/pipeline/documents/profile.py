"""profile.json: what a file holds, for people and for the report."""

from typing import NotRequired, TypedDict

from pipeline.documents.plan import DialectFacts
from pipeline.notices import Notice
from pipeline.vocabulary import ChosenBy, SplitBy, TargetBy


class ColumnSummary(TypedDict):
    """What a column holds."""

    name: str
    type: str
    missing: int
    distinct: int
    distinct_is_exact: NotRequired[bool]
    min: NotRequired[float | str | None]
    max: NotRequired[float | str | None]
    mean: NotRequired[float | None]
    top: NotRequired[list[list[str | int]]]
    """[value, rows] of the most frequent ones."""


class BadRows(TypedDict):
    """Records that are no rows."""

    count: int
    lines: list[int]
    """Of the first of them, from 1."""


class SplitPart(TypedDict):
    """How rows were divided into those that train, validate and test."""

    by: SplitBy
    column: str | None
    """Of times, or of groups."""
    chosen: ChosenBy
    """Whether the settings asked for it, or what the file holds."""
    sentence: str
    """How, and why."""
    copies: int | None
    """Rows that equal others but for identifiers; None if they were not counted."""
    question: str | None
    """What a person should decide before the model is used; a phrase, None if there is nothing."""


class RecordsAccount(TypedDict):
    """All records behind the header: in_file is used and all left_out together."""

    in_file: int
    used: int
    left_out: dict[str, int]
    """Why, and how many."""


class Profile(TypedDict):
    """What Fit found in a file."""

    columns: list[ColumnSummary]
    warnings: list[Notice]
    split: NotRequired[SplitPart]
    target_by: NotRequired[TargetBy]
    rows: NotRequired[int]
    dialect: NotRequired[DialectFacts]
    header: NotRequired[bool]
    bad_rows: NotRequired[BadRows]
    dropped_rows: NotRequired[dict[str, int]]
    records: NotRequired[RecordsAccount]
