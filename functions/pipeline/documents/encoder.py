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
    encoding: Literal[
        "numeric",
        "date",
        "hash",
        "boolean",
        "one_hot",
        "frequency_rank",
        "missing",
        "value_rank",
        "target_mean",
    ]
    """Those of a hash are of version 1, or where no row tells of the target."""
    style: NotRequired[str]
    part: NotRequired[str]
    """Of a date: days, year, month, day, weekday, hour, minute."""
    slot: NotRequired[int]
    """Of a hash, its byte from 0; of a mean, which of the target's numbers it is of."""
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


class ValueTable(TypedDict):
    """The values of a column's training rows, each known by a hash; lists that blanks part."""

    bits: int
    """Of the hash, the lowest that count."""
    folded: bool
    """Whether texts that differ only in case are one value."""
    keys: str
    """Hashes as hexadecimal numbers, of the most frequent value first."""
    means: list[str]
    """Of each of the target's numbers, its mean at each value, drawn to the mean of all."""
    prior: list[float]
    """The means of all rows, which a value has that is not in the table."""


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
    tables: NotRequired[dict[str, ValueTable]]
    """Of the columns with features that look values up."""
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
