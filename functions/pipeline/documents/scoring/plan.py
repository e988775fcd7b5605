"""scoring.json, and what Plan data answers for a file to score."""

from typing import NotRequired, TypedDict

from pipeline.documents.scoring.decision import Decision
from pipeline.documents.state import Champion, PlannedDrop


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
    """Bytes of what is read."""
    decision: NotRequired[Decision | None]
    """The champion's; None if it has none."""


class PlannedScoring(PlannedDrop):
    """What Plan data answers for a file to score: the state machine's new input."""

    champion: Champion
