"""Predictions and reasons as columns, in the words of whoever made the model's file."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dropforge.model.given import Values
from dropforge.model.parts import is_missing
from scoring.contributions import Contributions
from scoring.reasons import reason_text
from scoring.words import PREDICTION, Words


@dataclass(frozen=True)
class Reason:
    """What a column adds to a row's prediction, in the unit of the prediction.

    Attributes
    ----------
    value : as it was given, as text; blank if it is missing.
    """

    column: str
    value: str
    contribution: float

    def __str__(self) -> str:
        return reason_text(self.column, self.value, self.contribution)


def predicted_columns(words: Words, predictions: NDArray[Any]) -> dict[str, pl.Series]:
    """Name what the model answers: class or number, and probabilities.

    Parameters
    ----------
    predictions : the model's; their text is that of batch transform, digit for digit.
    """
    texts = words.fields()
    made = [texts(str(value)) for value in predictions.tolist()]
    found = {}
    for at, name in enumerate(words.columns):
        cells = [row[at] for row in made]
        if name == PREDICTION and words.task != "regression":
            found[name] = pl.Series(name, cells, dtype=pl.String)
        else:
            found[name] = pl.Series(name, [float(cell) for cell in cells], dtype=pl.Float64)
    return found


def ranked(found: Contributions, values: dict[str, Values], most: int) -> list[list[Reason]]:
    """Return each row's reasons, the largest first; a column that adds 0 is none."""
    order = np.argsort(-np.abs(found.values), axis=1, kind="stable")[:, :most]
    return [
        [
            Reason(name, given_text(values[name][number]), float(row[at]))
            for at in chosen
            for name in [found.columns[at]]
            if row[at] != 0
        ]
        for number, (row, chosen) in enumerate(zip(found.values, order, strict=True))
    ]


def reason_columns(reasons: Sequence[Sequence[Reason]], most: int) -> dict[str, pl.Series]:
    """Write reasons as columns, such as ``age = 41 (+0.12)``; null where a row has fewer."""
    return {
        f"reason_{at + 1}": pl.Series(
            [str(row[at]) if at < len(row) else None for row in reasons], dtype=pl.String
        )
        for at in range(most)
    }


def given_text(value: Any) -> str:
    """Write a value as it was given; blank if it is missing."""
    if is_missing(value):
        return ""
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    return str(value.item() if isinstance(value, np.generic) else value)
