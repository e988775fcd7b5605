"""A model's predictions beside the truth, row by row, and what the metrics are of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from evaluate.metrics import measures
from evaluate.metrics.measures import Floats, Groups, Measure
from evaluate.metrics.ranking import Auc, AveragePrecision, Ranking
from pipeline.errors import SettingsError
from pipeline.settings import Costs
from pipeline.vocabulary import COST_ROWS, Goal, Task
from pipeline.vocabulary import METRICS as METRICS_OF
from scoring.decision import Decision

Rows = NDArray[np.bool_]
"""(rows,), which of the test rows are meant."""
RANKS = ("auc", "average_precision")
OF_DECISIONS = ("accuracy", "f1", "cost", "macro_f1")
"""Metrics that say what decisions are worth, not what the probabilities tell."""


@dataclass(frozen=True)
class Scored:
    """Test rows with one model's predictions."""

    task: Task
    """regression, binary or multiclass."""
    truth: Floats
    """(rows,): the value, or the index of the class."""
    predicted: Floats
    """(rows,): the value, or the probability of class 1; (rows, classes) in multiclass. Corrected
    already, if the model's decision corrects."""
    classes: Sequence[str] = ()
    groups: Groups | None = None
    """(rows,): which rows belong together; None if each stands for itself."""
    decision: Decision = field(default_factory=Decision)
    """Of which the threshold counts here."""
    costs: Costs | None = None
    """Of the two errors, if they are told."""

    def __post_init__(self) -> None:
        if len(self.truth) != len(self.predicted) or not len(self.truth):
            raise ValueError(f"{len(self.predicted)} predictions for {len(self.truth)} truths")
        if not (np.isfinite(self.truth).all() and np.isfinite(self.predicted).all()):
            raise ValueError("truth and predictions must be finite numbers")

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.truth)

    def where(self, rows: Rows) -> "Scored":
        """Keep some of the rows."""
        groups = (
            None if self.groups is None else np.unique(self.groups[rows], return_inverse=True)[1]
        )
        return replace(self, truth=self.truth[rows], predicted=self.predicted[rows], groups=groups)

    @property
    def known(self) -> int:
        """How many classes the model tells apart."""
        return self.predicted.shape[1] if self.predicted.ndim == 2 else 2

    @cached_property
    def ranking(self) -> Ranking:
        """The rows of a binary task by their score: to order them takes longest of all."""
        return Ranking(self.truth, self.predicted)

    @cached_property
    def losses(self) -> Floats:
        """(rows,), the log loss of a binary or multiclass task, in nats."""
        one = self.predicted
        if one.ndim == 2:
            given = one[np.arange(self.rows), self.truth.astype(np.intp)]
        else:
            given = np.where(self.truth == 1, one, 1 - one)
        return measures.log_losses(given)

    @cached_property
    def chosen(self) -> Floats:
        """(rows,), the index of the predicted class."""
        many = self.predicted.ndim == 2
        index = self.predicted.argmax(axis=1) if many else self.predicted >= self.decision.threshold
        chosen: Floats = index.astype(np.float64)
        return chosen


@dataclass(frozen=True)
class Metric:
    """A metric that a model can be judged by."""

    name: str
    label: str
    goal: Goal
    tasks: tuple[Task, ...]
    bounds: tuple[float, float]
    measure: Callable[[Scored], Measure]

    def alike(self, one: Scored, other: Scored) -> bool:
        """Tell whether two models say the same of each row: probabilities, and what is chosen.

        The same classes of other probabilities are no such thing: other rows may part them.
        """
        same = np.array_equal(one.predicted, other.predicted)
        return same and (self.name not in OF_DECISIONS or np.array_equal(one.chosen, other.chosen))

    @property
    def perfect(self) -> float:
        """The value of a model that is never wrong."""
        return 1.0 if self.goal == "max" else 0.0

    def better(self, value: float, other: float) -> bool:
        """Tell whether a value is better than another."""
        return value > other if self.goal == "max" else value < other


def _errors(s: Scored) -> Floats:
    return np.abs(s.truth - s.predicted)


def _correct(s: Scored) -> Floats:
    correct: Floats = (s.truth == s.chosen).astype(np.float64)
    return correct


def _spent(s: Scored) -> Floats:
    """Return each row's share of the cost of COST_ROWS rows."""
    if s.costs is None:
        raise ValueError("the metric cost needs costs")
    alarm, miss = s.costs["false_alarm"], s.costs["miss"]
    spent: Floats = np.where(s.truth == 1, miss * (1 - s.chosen), alarm * s.chosen)
    return COST_ROWS * spent


def _balance(s: Scored, classes: slice) -> Measure:
    truth, chosen = s.truth.astype(np.intp), s.chosen.astype(np.intp)
    return measures.Balance(truth, chosen, classes, s.known)


def _f1(s: Scored) -> Measure:
    return _balance(s, slice(1, 2))


def _macro_f1(s: Scored) -> Measure:
    return _balance(s, slice(None))


_ANY, _SHARE, _LOSS = (-np.inf, np.inf), (0.0, 1.0), (0.0, np.inf)
_NUMBER: tuple[Task, ...] = ("regression",)
_TWO: tuple[Task, ...] = ("binary",)
_MANY: tuple[Task, ...] = ("multiclass",)

METRICS = {
    metric.name: metric
    for metric in (
        Metric("rmse", "RMSE", "min", _NUMBER, _LOSS, lambda s: measures.RootMean(_errors(s) ** 2)),
        Metric("mae", "MAE", "min", _NUMBER, _LOSS, lambda s: measures.Mean(_errors(s))),
        Metric("r2", "R²", "max", _NUMBER, _ANY, lambda s: measures.RSquared(s.truth, s.predicted)),
        Metric("auc", "AUC", "max", _TWO, _SHARE, lambda s: Auc(s.ranking)),
        Metric(
            "average_precision",
            "Average precision",
            "max",
            _TWO,
            _SHARE,
            lambda s: AveragePrecision(s.ranking),
        ),
        Metric("logloss", "Log loss", "min", _TWO, _LOSS, lambda s: measures.Mean(s.losses)),
        Metric("mlogloss", "Log loss", "min", _MANY, _LOSS, lambda s: measures.Mean(s.losses)),
        Metric(
            "accuracy",
            "Accuracy",
            "max",
            _TWO + _MANY,
            _SHARE,
            lambda s: measures.Mean(_correct(s)),
        ),
        Metric("f1", "F1", "max", _TWO, _SHARE, _f1),
        Metric(
            "cost",
            f"Cost of {COST_ROWS:,} rows",
            "min",
            _TWO,
            _LOSS,
            lambda s: measures.Mean(_spent(s)),
        ),
        Metric("macro_f1", "Macro F1", "max", _MANY, _SHARE, _macro_f1),
    )
}


def metrics_of(scored: Scored) -> dict[str, Metric]:
    """Return the metrics that rows can be measured by."""
    return {
        name: metric
        for name, metric in METRICS.items()
        if scored.task in metric.tasks and (name != "cost" or scored.costs)
    }


def metric_for(task: Task, name: str | None) -> Metric:
    """Return the metric that the settings ask for, or the task's default.

    Raises
    ------
    SettingsError
        The metric does not belong to the task.
    """
    metric = METRICS[name or METRICS_OF[task][0]]
    if task not in metric.tasks:
        fitting = ", ".join(m.name for m in METRICS.values() if task in m.tasks)
        raise SettingsError(
            f'metric "{metric.name}" does not judge a {task} model; set "metric" in '
            f"pipeline.json to one of {fitting}"
        )
    return metric
