"""A cell of the fault matrix: what breaks, and what is right then."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.faults.drop import Drop
    from bench.faults.lane import Lane

# A message's verdicts, and what can be instead of one.
TRAINED = frozenset({"approved", "kept_champion"})
SCORED = frozenset({"scored"})
UNDECIDED = frozenset({"pending"})
FAILED = frozenset({"failed"})
DEAD_LETTER = frozenset({"dead_letter"})

Arrange = Callable[["Lane", str], AbstractContextManager[Any]]


@dataclass(frozen=True)
class Expect:
    """How a cell's run may end.

    Parameters
    ----------
    verdicts : those that are right.
    places : a failed run's cause names one of these, or a state of the state machine.
    warning : part of one that a model has which is trained nonetheless.
    """

    verdicts: frozenset[str]
    places: tuple[str, ...] = ()
    warning: str = ""


@dataclass(frozen=True)
class Cell:
    """One cell.

    Parameters
    ----------
    axis : sagemaker, function, permission or file.
    what : the call, function, permission or file that breaks.
    fault : how.
    champion : whether a model is in use when the file is dropped.
    arrange : breaks it, given the lane and the dataset, and mends it afterwards.
    meanwhile : what to do once the file is dropped.
    stimulus : "drop" ("drop auto" if a function predicts the test rows), "start" for an execution
        without a file, or "score" for a file to predict ("score batch" by a batch transform job).
    met : whether the fault came to be; None leaves that unasked.
    limit : seconds after which a run counts as hanging.
    settle : seconds to wait for a second message.
    """

    axis: str
    what: str
    fault: str
    expect: Expect
    champion: bool = False
    arrange: Arrange = field(default=lambda _lane, _dataset: nullcontext())
    meanwhile: Callable[[Lane, Drop], None] | None = None
    stimulus: str = "drop"
    met: Callable[[Lane, str], bool] | None = None
    limit: float = 120.0
    settle: float = 0.4

    @property
    def name(self) -> str:
        """Name the cell, for people and for --only."""
        return f"{self.axis}/{self.what}/{self.fault}/{'champion' if self.champion else 'first'}"


@dataclass(frozen=True)
class Result:
    """What came of a cell.

    Parameters
    ----------
    failures : what is wrong; empty if the cell held.
    verdict : of the message, or dead_letter, silence, hang.
    """

    name: str
    failures: list[str]
    verdict: str
    seconds: float
    subject: str = ""
    text: str = ""
    error: str | None = None
    cause: str | None = None
    warnings: tuple[str, ...] = ()
    messages: int = 0
    run: str = ""
