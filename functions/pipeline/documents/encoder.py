"""encoder.json: all that is needed to encode a file as the model was trained on it."""

from collections.abc import Iterable
from typing import Literal, NotRequired, TypedDict

from pipeline.documents.plan import DialectFacts, MissingValues
from pipeline.vocabulary import DecimalSign, Task

STYLED = ("numeric", "date")
"""Encodings that read numbers or dates, in the style that a feature names."""


class TargetFacts(TypedDict):
    """What is predicted."""

    name: str
    task: Task
    classes: NotRequired[list[str] | None]
    """In the order of their indices; None in a regression."""
    style: NotRequired[str]
    labels: NotRequired[dict[str, int]]
    """The class index of each text."""
    whole: NotRequired[bool]


class Feature(TypedDict):
    """One of the model's inputs, and how it comes from its column."""

    name: str
    column: str
    encoding: Literal["numeric", "date", "hash", "boolean", "one_hot", "frequency_rank", "missing"]
    style: NotRequired[str]
    part: NotRequired[str]
    """Of a date: days, year, month, day, weekday, hour, minute."""
    slot: NotRequired[int]
    """Of a hash, its byte from 0."""
    category: NotRequired[str]
    categories: NotRequired[list[str]]
    """Most frequent first."""
    folded: NotRequired[bool]
    """Whether a category is known however its case is; encoders of before do without."""
    true: NotRequired[list[str]]
    false: NotRequired[list[str]]


def by_column(features: Iterable[Feature]) -> dict[str, list[Feature]]:
    """Return the features of each column that has any, both in the encoder's order."""
    found: dict[str, list[Feature]] = {}
    for feature in features:
        found.setdefault(feature["column"], []).append(feature)
    return found


def columns_of(features: Iterable[Feature]) -> list[str]:
    """Return the columns of the file that features come from, in the order of their first one."""
    return list(by_column(features))


class Dropped(TypedDict):
    """A column that is not used, and why."""

    column: str
    reason: str


class Encoder(TypedDict):
    """The features of a model, in order."""

    version: int
    columns: list[str]
    target: TargetFacts
    id_columns: list[str]
    """Kept for results, never trained on."""
    features: list[Feature]
    unread: NotRequired[dict[str, float]]
    """Share of a column's values that could not be read when the model was trained; left out
    where it is 0."""
    missing_values: NotRequired[MissingValues]
    decimal: NotRequired[DecimalSign]
    """The sign that parts decimals, if the settings said so; files that follow are read alike."""
    dropped: NotRequired[list[Dropped]]
    header: NotRequired[bool]
    dialect: NotRequired[DialectFacts]


class Versioned(TypedDict):
    """What an encoder of any version has."""

    version: int
