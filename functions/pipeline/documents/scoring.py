"""What the steps of a scoring run hand on: check.json, the items of its Maps, and notes."""

from typing import Literal, NotRequired, TypedDict

from pipeline.documents.fit import FirstRow
from pipeline.documents.state import Champion, MissingShare
from pipeline.notices import Notice

Engine = Literal["function", "batch"]
"""What predicts: PredictFunction, or a batch transform job."""


class Scored(FirstRow):
    """An item of chunks.json: a chunk's records, and all bytes that are carried over with it."""

    lead: int
    """Offset of the first byte that is the chunk's to carry over: blank lines before its records,
    in the first chunk all up to the header's end as well."""
    tail: int
    """Offset behind the last byte that is the chunk's: in the last chunk a footer as well."""


class ScoringPlan(TypedDict):
    """scoring.json, of Plan data: what its plan.json has no place for."""

    champion: Champion
    settings: dict[str, object]
    """scoring, reasons: as set, defaults left out."""
    written: str
    """The encoding of the text as it was dropped: utf-8, cp1252, utf-16-le, utf-16-be, ..."""
    mark: bool
    """Whether a text in UTF-16 or UTF-32 began with a byte order mark."""
    packed: bool
    """Whether it was gzip."""
    size: int
    """Bytes of what is read, a footer included."""


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


class ScoreNote(TypedDict):
    """chunks/score-*.json, of Encode: how a chunk's records lie in its lines, and stray cells."""

    index: int
    rows: int
    """Rows that are predicted, in the order of the file."""
    plain: bool
    """Whether each line is a row, so that no list of records was written (data/spans)."""
    unseen: dict[str, int]
    """By column, values that the champion never saw in training."""
    strays: NotRequired[dict[str, list[int]]]
    """By row (from 0), positions of the columns whose cell could not be read."""
