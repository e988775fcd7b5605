"""The part of evaluation.json that the report draws."""

from typing import Literal, NotRequired, TypedDict


class Interval(TypedDict):
    """Where a value lies with 95 % confidence."""

    low: float
    high: float
    level: float
    method: Literal["bootstrap", "infinitesimal jackknife", "wilson"]
    replicates: NotRequired[int]
    seed: NotRequired[int]
    groups: NotRequired[int]
    """Of rows that belong together, if there are."""


class Calibration(TypedDict):
    """Rows of about the same prediction: what was predicted, and what came true."""

    predicted: float
    observed: float
    low: float
    high: float
    """Wilson's 95 % interval of what was observed."""
    rows: int


class Scatter(TypedDict):
    """Predicted against actual values: points of few rows, cells of many."""

    low: float
    high: float
    points: NotRequired[list[list[float]]]
    """[actual, predicted]."""
    cells: NotRequired[list[list[int]]]
    """[actual, predicted, rows] of each cell of the grid that has rows."""
    grid: NotRequired[int]
    outside: int
    """Rows beyond low and high."""


class Histogram(TypedDict):
    """Predicted minus actual."""

    low: float
    high: float
    counts: list[int]
    outside: int


class Quantiles(TypedDict):
    """10 %, 50 % and 90 % quantiles of the residual in a group of rows."""

    predicted: float
    low: float
    median: float
    high: float


class RegressionPlots(TypedDict):
    """Of a regression."""

    predicted_actual: Scatter
    residuals: Histogram
    residuals_by_prediction: list[Quantiles]


class Scores(TypedDict):
    """Histograms of the probability, by true class."""

    negative: list[int]
    positive: list[int]


class BinaryPlots(TypedDict):
    """Of a binary classification."""

    roc: list[list[float]] | None
    pr: list[list[float]] | None
    """Points [x, y], thinned."""
    positive_share: float
    calibration: list[Calibration]
    scores: Scores
    confusion: list[list[int]]
    """Rows by actual and predicted class index."""
    threshold: float


ClassRow = TypedDict(
    "ClassRow", {"class": str, "precision": float, "recall": float, "f1": float, "rows": int}
)
"""How well a class is predicted."""


class Confused(TypedDict):
    """A class that is taken for another."""

    actual: str
    predicted: str
    rows: int


class MulticlassPlots(TypedDict):
    """Of a classification of more than two classes."""

    classes: list[ClassRow]
    confusion_classes: list[str]
    """All, or the largest."""
    confusion: list[list[int]]
    confusion_rows: list[int]
    """All rows of each of confusion_classes, whatever was predicted."""
    confusion_outside: int
    """Rows whose actual or predicted class is not among confusion_classes."""
    calibration: list[Calibration]
    most_confused: list[Confused]


Plots = RegressionPlots | BinaryPlots | MulticlassPlots
