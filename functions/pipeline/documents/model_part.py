"""The part of evaluation.json that the model file and the training log fill."""

from typing import TypedDict


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


class ModelPart(TypedDict):
    """The part that the model file and the training log fill."""

    importance: Importance | None
    learning_curve: Curve | None
    notes: list[str]
    """What is left out, and why."""
