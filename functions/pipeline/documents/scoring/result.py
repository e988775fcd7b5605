"""result.json: what an execution that scored a file returns."""

from typing import Literal, TypedDict

from pipeline.documents.evaluation import Values
from pipeline.documents.scoring.check import MissingShare
from pipeline.documents.state import JudgedMetric
from pipeline.vocabulary import Task


class Measured(TypedDict):
    """What Measure predictions answers."""

    metric: JudgedMetric
    metrics: Values
    rows: int
    """That have a true value."""


class ScoredFiles(TypedDict):
    """s3:// addresses of a result; None of what there is none."""

    predictions: str | None
    parts: str | None


class ScoringOutput(TypedDict):
    """What an execution that scored a file returns, which is what its message says."""

    run: str
    dataset: str
    verdict: Literal["scored"]
    sentence: str
    task: Task
    target: str
    rows: int
    """That were predicted."""
    marked: int
    """Records that could not be read, or not all of them."""
    engine: str
    model_package_arn: str
    metric: JudgedMetric | None
    metrics: Values
    measured_rows: int
    missing: list[MissingShare]
    unseen: dict[str, int]
    """By column, values that the model never saw; the three with most."""
    warnings: list[str]
    files: ScoredFiles
