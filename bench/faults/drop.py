"""A file that was dropped into a lane, and how its run ended."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Drop:
    """A file that was dropped, or an execution that was started, and its run."""

    dataset: str
    run: str
    began: float


@dataclass(frozen=True)
class Ending:
    """How a drop ended: kind is message, dead_letter, silence or hang."""

    kind: str
    messages: list[dict[str, Any]]
    document: dict[str, Any] | None
    seconds: float
