"""What the states that search hand to one another."""

from typing import Any, NotRequired, TypedDict

from pipeline.documents.search.found import Found

FIRST, BEST = "trials/first", "trials/best"
"""Folders of the test rows as two models predict them: the search's first, and its best."""


class TuningFacts(TypedDict):
    """What Fit encoder answers of a search: the parts of the request, and what it is told by."""

    attempts: list[str]
    """Names of the tuning job, one for each try."""
    config: dict[str, Any]
    static: dict[str, str]
    """SageMaker's HyperParameterTuningJobConfig and StaticHyperParameters."""
    warm_start: NotRequired[dict[str, Any]]
    """SageMaker's WarmStartConfig."""
    stopping_condition: dict[str, int]
    """SageMaker's StoppingCondition of each training job of the search."""
    asked: int
    usd_per_hour: float | None
    """Of all instances of a job; None if it is not known."""
    timeout_seconds: int
    found: Found
    """What is known of it beforehand."""


class ToCompare(TypedDict):
    """A model that the test rows are predicted with."""

    folder: str
    model_data: str


class Chosen(TypedDict):
    """What Choose trial answers."""

    training: dict[str, Any]
    """The best training job, as the state machine knows one."""
    hyperparameters: dict[str, str]
    """All that the model is trained by."""
    compare: list[ToCompare]
    """Empty if the best is the first."""


class TrialFacts(TypedDict):
    """Whether the test rows were predicted by the search's first model and by its best."""

    predicted: bool
    reason: str
    """Why not; empty if there is nothing to compare."""
