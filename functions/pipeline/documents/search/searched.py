"""search.json, and what evaluation.json adds to it."""

from typing import Literal, NotRequired, TypedDict

from pipeline.documents.plots import Interval
from pipeline.documents.search.found import Found
from pipeline.vocabulary import Goal

TrialStatus = Literal["completed", "stopped", "failed"]


class Trial(TypedDict):
    """A training job of a search; number 0 took the hyperparameters of a run without one."""

    number: int
    job: str
    status: TrialStatus
    value: float | None
    """Of the metric on the validation rows, None if it has none."""
    seconds: float | None
    """That its instances were billed for, at most."""
    hyperparameters: dict[str, str]
    """Those that were searched for."""
    reason: NotRequired[str]
    """Why it failed."""


class Searched(TypedDict):
    """The search of a run."""

    job: str | None
    """The tuning job; None if SageMaker made none."""
    status: str
    """As SageMaker calls it; NotStarted without a job."""
    problem: str
    """Why it did not run to its end; empty if it did."""
    parent: str | None
    """The tuning job that it went on from."""
    strategy: str
    metric: str
    goal: Goal
    asked: int
    """Training jobs, the first included."""
    trials: list[Trial]
    best: int
    """Number of the trial that is gone on with."""
    ranges: dict[str, list[str]]
    """The least and the most of each."""
    seconds: float | None
    """From the tuning job's beginning to its end."""
    billable_seconds: float
    """Of all trials but the first."""
    cost_usd: float | None
    """At most; None if the price of the instances is not known."""
    found: Found


class Gain(TypedDict):
    """The models of a search's first and best training job, on the test rows."""

    metric: str
    first: float
    best: float
    difference: float
    """Best minus first."""
    interval: Interval | None
    """Of the difference."""


class SearchPart(Searched):
    """The search for hyperparameters."""

    test: Gain | None
    note: str
    """Why it was not measured on the test rows; empty if it was, or if the first is the best."""
    sentence: str
