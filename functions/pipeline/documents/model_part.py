"""The part of evaluation.json that the model file and the training log fill."""

from typing import Literal, TypedDict

EffectKind = Literal["number", "date", "boolean", "category"]
"""What a column's values are."""
Direction = Literal["up", "down", "mixed"]
"""Of contributions with a column's value, by Spearman's correlation: from 0.5 on it is one."""


class ColumnShare(TypedDict):
    """A column's share of the gain of all splits."""

    column: str
    share: float


class FeatureShare(TypedDict):
    """A feature's gain."""

    feature: str
    gain: float
    """The mean improvement of the loss by a split on it, as xgboost's get_score gives it."""
    splits: int
    share: float


class Importance(TypedDict):
    """What the model's trees split on, largest share first."""

    columns: list[ColumnShare]
    features: list[FeatureShare]
    used: int
    of: int


class Curve(TypedDict):
    """A metric by boosting round."""

    metric: str
    rounds: list[int]
    train: list[float]
    validation: list[float]
    """Empty without a validation channel."""


class Contribution(TypedDict):
    """How much a column adds to the predictions."""

    column: str
    size: float
    """Mean absolute contribution, of several classes to all their probabilities."""
    direction: Direction | None
    """None of categories, and of several classes."""
    points: list[list[float | None]]
    """Of some rows the rank of the value, from 0 to 1 (None is missing, or a category), and the
    contribution, of several classes to the probability of the row's predicted one. Empty but for
    the foremost columns."""


class EffectBin(TypedDict):
    """The mean contribution of rows whose values are near or alike."""

    low: float | str | None
    high: float | str | None
    """As the file writes them; None is missing, or not known."""
    rows: int
    mean: float


class Effect(TypedDict):
    """How a column's contribution goes with its value."""

    column: str
    kind: EffectKind
    of: str | None
    """The class whose probability it is: the second of two, or which the column moves most."""
    bins: list[EffectBin]
    left: int
    """Rows of other categories, which are rarer."""


class Explanation(TypedDict):
    """explanation.json: what a model goes by, by contributions of TreeSHAP to test rows."""

    rows: int
    of: str | None
    """The class whose probability is explained, of two."""
    base: float | None
    """What the model predicts knowing nothing of a row; None of several classes."""
    used: int
    """Columns that have contributions."""
    columns: list[Contribution]
    """Largest first."""
    effects: list[Effect]
    """Of the foremost columns whose values can be told."""


class ExplainedFacts(TypedDict):
    """Whether the new model's contributions are in explanation.json."""

    explained: bool
    reason: str
    """Why not; else empty."""


class ModelPart(TypedDict):
    """The part that the model file and the training log fill."""

    importance: Importance | None
    explanation: Explanation | None
    learning_curve: Curve | None
    notes: list[str]
    """What is left out, and why."""
