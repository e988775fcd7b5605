"""check.json, and what Check file answers."""

from typing import Literal, TypedDict

from pipeline.notices import Notice

Engine = Literal["function", "batch"]
"""What predicts: PredictFunction, or a batch transform job."""


class MissingShare(TypedDict):
    """How much of a column is missing, in the scored file and in the one that trained."""

    column: str
    now: float
    before: float


class Checked(TypedDict):
    """check.json: what the check of a file against the champion's encoder decided."""

    engine: Engine
    reasons: int
    """How many a row carries."""
    rows: int
    """Rows that are predicted."""
    records: int
    """All records of the file, those that are no rows among them."""
    added: list[str]
    """Names of the columns that the result has beside the file's."""
    target_column: str | None
    """The file's column of true values, if it has one."""
    missing: list[MissingShare]
    """Largest differences first, three at most."""
    warnings: list[Notice]


class CheckedFacts(TypedDict):
    """What Check file answers."""

    engine: str
    reasons: int
    has_target: bool
    chunks: str
    """Key of chunks.json."""
