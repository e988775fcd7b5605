"""evaluation.json: everything that is known of a run's model.

evaluate/output/evaluation.schema.json is its contract; a test holds the two together.
"""

from typing import Any, NotRequired, TypedDict

from pipeline.documents.model_part import ModelPart
from pipeline.documents.notes import RowCounts
from pipeline.documents.plots import Interval, Plots
from pipeline.documents.profile import SplitPart
from pipeline.documents.scoring.decision import Decision
from pipeline.documents.search.found import StartFacts
from pipeline.documents.search.searched import SearchPart
from pipeline.notices import Notice
from pipeline.settings import Settings
from pipeline.vocabulary import (
    ApprovalStatus,
    DataAge,
    Finding,
    Goal,
    Obstacle,
    Outcome,
    Promotion,
    TargetBy,
    Task,
)

Values = dict[str, float | None]
"""Every metric of a task; None where it is not defined."""
Cell = float | str | None


class VerdictPart(TypedDict):
    """What becomes of the model, and why."""

    outcome: Outcome
    approval_status: ApprovalStatus
    headline: str
    sentence: str
    reason: str
    promotion: Promotion
    minimum: float | None


class MetricPart(TypedDict):
    """What the model is judged by."""

    name: str
    label: str
    goal: Goal
    value: float | None
    """None where the metric is not defined on the test rows."""
    interval: Interval | None


class Baseline(TypedDict):
    """The naive prediction, in words, and its value."""

    prediction: str
    value: float | None


class Measured(TypedDict):
    """A value and its interval."""

    value: float | None
    interval: Interval | None


class ComparisonPart(TypedDict):
    """Challenger against champion on identical rows."""

    compared: bool
    obstacle: Obstacle | None
    reason: str | None
    finding: Finding | None
    data: DataAge | None
    rows: int | None
    seen: int | None
    """Test rows that the champion alone was trained on; None if that is not known."""
    challenger: Measured | None
    value: float | None
    """The champion's."""
    interval: Interval | None
    difference: Measured | None
    """Challenger minus champion."""
    margin: float | None
    """How much worse than the champion passes for equal; None if nothing does."""
    rows_wanted: int | None
    """About how many test rows would tell whether it is equal; None if these do."""
    metrics: Values
    """The champion's."""


class JudgedPart(TypedDict):
    """The part that the judgement fills."""

    verdict: VerdictPart
    metric: MetricPart
    baseline: Baseline
    comparison: ComparisonPart
    metrics: Values


class ChampionPart(TypedDict):
    """The model in use when the run began."""

    run: str | None
    model_package_arn: str


class DataPart(TypedDict):
    """The dropped file."""

    object: str
    """s3:// address."""
    version_id: str | None
    etag: str | None
    size: int | None
    """Bytes."""
    last_modified: str | None
    """ISO 8601."""


class RefitPart(TypedDict):
    """The training job before the model's, which validation rows stopped."""

    early_job: str
    early_seconds: float | None
    rounds: int
    """That it found, and the model has."""
    sentence: str


class TrainingPart(TypedDict):
    """The training job; with a refit, both jobs' seconds."""

    job: str | None
    seconds: float | None
    billable_seconds: float | None
    hyperparameters: dict[str, str]
    resources: dict[str, Any]
    """SageMaker's ResourceConfig."""
    use_spot: bool
    start: NotRequired[StartFacts | None]
    """What an earlier search has to do with them; None if there was none."""
    refit: NotRequired[RefitPart | None]
    """None if the model is the one that validation rows stopped."""


class Files(TypedDict):
    """s3:// addresses of what the run wrote."""

    report: str
    evaluation: str
    model: str | None
    predictions: str
    encoder: str
    request: str


class RunPart(TypedDict):
    """The part that says which run, on what data."""

    version: int
    run: str
    dataset: str
    task: Task
    target: str
    target_by: TargetBy
    classes: list[str] | None
    """In the order of class indices; the second of two is the positive one."""
    champion: ChampionPart | None
    data: DataPart
    training: TrainingPart
    settings: Settings
    execution: dict[str, Any] | None
    """Step Functions' own words: name, id, started."""
    evaluated: str
    """ISO 8601."""
    files: Files


class WorstRow(TypedDict):
    """A test row that the model got wrong."""

    row: int
    """Number in the file, from 1."""
    ids: dict[str, str]
    actual: float | str
    predicted: float | str
    probability: NotRequired[float]
    """Of the predicted class."""
    actual_probability: NotRequired[float]
    """Of the actual class."""
    error: float
    """Predicted minus actual, or the row's log loss."""
    values: dict[str, Cell]


class ColumnPart(TypedDict):
    """What a column of the file holds."""

    name: str
    type: str | None
    missing: int | None
    distinct: int | None
    distinct_is_exact: NotRequired[bool | None]
    min: Cell
    max: Cell
    mean: float | None
    top: list[list[Cell]]
    """[value, rows]."""


class JudgedRows(RowCounts):
    """Rows of the file, by where they went."""

    judged: int
    """Test rows that were judged: all, up to 5 million."""


class Package(TypedDict):
    """What the run's model package says, whether it was registered or not."""

    group: str
    description: str
    metadata: dict[str, str]


class Evaluation(RunPart, JudgedPart, ModelPart):
    """The whole document."""

    rows: JudgedRows
    split: SplitPart | None
    """None if an earlier version prepared the file."""
    decision: Decision | None
    """None of a regression, and where it is missing; then the usual threshold decides."""
    plots: Plots
    worst: list[WorstRow]
    columns: list[ColumnPart]
    warnings: list[Notice]
    versions: dict[str, str | None]
    timings: dict[str, float]
    """Seconds."""
    package: Package
    search: NotRequired[SearchPart | None]
    """None if the settings asked for none; earlier versions know none."""
