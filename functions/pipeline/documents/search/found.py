"""start.json: what a run's hyperparameters begin with, found by the search of an earlier run."""

from typing import NotRequired, TypedDict

from pipeline.vocabulary import Task


class Found(TypedDict):
    """What a search found, for runs that come later."""

    run: str
    """Whose search it was."""
    job: str | None
    """Its tuning job; None if none was made."""
    strategy: str
    objective: str
    booster: NotRequired[str]
    """Not there in files of earlier versions."""
    metric: str
    task: Task
    rows: int
    """That trained."""
    features: int
    names: list[str]
    """Of all hyperparameters, searched or not."""
    hyperparameters: dict[str, str]
    """The best; empty if none was better than the defaults."""


class Start(TypedDict):
    """Where a run's hyperparameters come from, if not from the defaults alone."""

    found: Found
    """By the search of an earlier run."""
    used: dict[str, str]
    """What was taken of it; settings win."""
    reason: str
    """Why nothing was taken; empty if something was."""


class StartFacts(TypedDict):
    """What is told of it."""

    run: str
    """Whose search it was."""
    used: list[str]
    """Names of the hyperparameters that were taken of it."""
    reason: str
    """Why none were; empty if some were, or if the settings name them all."""
