"""What one state hands to another through the state machine's own data."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

from pipeline.documents.evaluation import Package, Values
from pipeline.documents.model_part import ExplainedFacts
from pipeline.documents.notes import RowCounts
from pipeline.documents.scoring.check import Engine
from pipeline.documents.search.facts import TrialFacts, TuningFacts
from pipeline.documents.search.found import StartFacts
from pipeline.vocabulary import ApprovalStatus, Goal, Outcome, Task


class RunInput(TypedDict):
    """What an execution is started with; a person may give the key alone."""

    key: str
    bucket: NotRequired[str]
    version_id: NotRequired[str | None]
    dataset: NotRequired[str]
    trigger: NotRequired[str]
    """object, schedule or person."""
    settings: NotRequired[Mapping[str, Any]]
    """As resolve_settings takes them; without any, the dataset's apply."""
    keep_settings: NotRequired[str | None]
    """Key of settings that came with the drop."""


class Comparisons(TypedDict):
    """How often the run was compared, and the suffixes of the next jobs' names."""

    count: int
    suffixes: list[str]


class PlannedDrop(TypedDict):
    """What Plan data answers of any drop."""

    bucket: str
    key: str
    version_id: str | None
    dataset: str
    run: str
    prefix: str
    manifest: str
    """Key of manifest.json."""
    attempts: list[str]
    """Names of the training job, or of a scored file's transform job, one for each try."""


class Planned(PlannedDrop):
    """What Plan data answers: the state machine's new input."""

    comparisons: Comparisons


class Champion(TypedDict):
    """What Find champion answers: the model package of a dataset that is in use."""

    found: bool
    model_package_arn: NotRequired[str]
    encoder_key: NotRequired[str]
    run: NotRequired[str]
    data_last_modified: NotRequired[str]
    """ISO 8601."""
    data_etag: NotRequired[str]
    decision_key: NotRequired[str]
    """Of its decision.json; one of an earlier version has none, nor has a regression."""
    metric: NotRequired[str]
    """What it was judged by when it was registered."""
    model_data: NotRequired[str]
    """s3:// address of the model.tar.gz, which the package names."""
    image: NotRequired[str]
    """Of the container, which the package names."""


class UsableFacts(TypedDict):
    """Whether the champion can predict the file's test rows."""

    usable: bool
    reason: str
    broken: NotRequired[bool]
    """Whether it cannot because its encoder is damaged."""


class JobFacts(TypedDict):
    """What the training job may use."""

    resource_config: dict[str, Any]
    stopping_condition: dict[str, int]
    """SageMaker's ResourceConfig and StoppingCondition."""
    use_spot: bool
    timeout_seconds: int


class Fitted(JobFacts):
    """What Fit encoder answers."""

    task: str
    target: str
    chunks: str
    """Key of chunks.json."""
    hyperparameters: dict[str, str]
    refit: bool
    """Whether the model is trained once more, on the validation rows as well."""
    engine: Engine
    """What predicts the test rows."""
    champion: UsableFacts
    start: NotRequired[StartFacts]
    """If an earlier search has a part in them."""
    tuning: NotRequired[TuningFacts]
    """If hyperparameters are searched for."""


class Training(TypedDict):
    """What is passed on of the training job."""

    job: str
    model_data: str
    """s3:// address."""
    described: dict[str, Any]
    """What DescribeTrainingJob answered; what is not always there is looked up in it."""


class RefitFacts(TypedDict):
    """What is passed on of a second training job, which takes the validation rows as well."""

    planned: bool
    reason: NotRequired[str]
    """Why it is not planned; empty if it was not to be."""
    rounds: NotRequired[int]
    hyperparameters: NotRequired[dict[str, str]]
    stopping_condition: NotRequired[dict[str, int]]
    error: NotRequired[dict[str, Any]]
    """What ended it, in Step Functions' words: Error, Cause."""


class Compared(TypedDict):
    """Whether the champion's batch transform has predicted the test rows."""

    compared: bool
    reason: NotRequired[str]
    failed: NotRequired[bool]


class Judged(TypedDict):
    """What the step evaluate is given."""

    comparisons: Comparisons
    champion: Champion
    comparison: Compared
    explanation: ExplainedFacts
    trials: TrialFacts
    fit: Fitted
    training: Training
    early: NotRequired[Training]
    """The training job that the validation rows stopped; with a refit another than training."""
    refit: NotRequired[RefitFacts]
    execution: dict[str, Any]
    """Step Functions' own words: id, name, started."""


class JudgedMetric(TypedDict):
    """A metric's value, for the message."""

    name: str
    value: float | None
    goal: Goal


class MessageFiles(TypedDict):
    """s3:// addresses that the message names."""

    report: str
    evaluation: str
    model: str | None
    predictions: str


class ResultFacts(TypedDict):
    """What is told of an evaluation."""

    verdict: Outcome
    sentence: str
    task: Task
    target: str
    metric: JudgedMetric
    champion: JudgedMetric | None
    metrics: Values
    rows: RowCounts
    warnings: list[str]
    files: MessageFiles


class SearchFacts(TypedDict):
    """What is told of a search."""

    sentence: str
    job: str | None
    jobs: int
    """Training jobs that were tried."""
    metric: str
    """On the validation rows, as first and best."""
    first: float | None
    best: float | None
    test_first: float | None
    """The run's own metric on the test rows, by the models of the first and the best job."""
    test_best: float | None
    seconds: float | None
    cost_usd: float | None
    hyperparameters: dict[str, str]
    """Of the best job, those that were searched for."""


class Payload(ResultFacts):
    """$.evaluation: what Evaluate answers."""

    split: str | None
    """How rows were divided, and why."""
    search: SearchFacts | None
    """None if the settings asked for none."""
    decision: str | None
    """What decides, and whether probabilities are corrected, if that is not as usual."""
    refit: str | None
    """That the model was trained again on all rows but the test rows, if it was."""

    approval_status: ApprovalStatus
    package: Package


class Output(ResultFacts):
    """What an execution that succeeded returns, which is what its message says."""

    run: str
    dataset: str
    split: NotRequired[str | None]
    search: NotRequired[SearchFacts | None]
    decision: NotRequired[str | None]
    refit: NotRequired[str | None]
    model_package_arn: NotRequired[str]
