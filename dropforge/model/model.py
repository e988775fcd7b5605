"""A trained model: rows in, predictions out."""

import warnings
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import xgboost

from dropforge.errors import ModelUnusableError, RowsUnreadableError
from dropforge.model.answer import Reason, predicted_columns, ranked, reason_columns
from dropforge.model.encoding import Reader, Rows
from dropforge.model.given import given
from pipeline.documents.encoder import Encoder
from pipeline.vocabulary import Task
from scoring.booster import Ensemble
from scoring.contributions import UnexplainedError, contributions
from scoring.decision import Decision
from scoring.words import Words

_LONGEST_PATH = 4096


class RowsWarning(UserWarning):
    """Values of the rows could not be read, or were not there when the model was trained."""


@dataclass(frozen=True)
class Answer:
    """What the model says of rows.

    Attributes
    ----------
    columns : class or number, and probabilities, by their names.
    reasons : of each row, those that weighed most first, as many as asked for and there are.
    unexplained : why there are no reasons, if there are none.
    """

    rows: Rows
    columns: dict[str, pl.Series]
    reasons: list[list[Reason]]
    asked: int
    unexplained: list[str]

    def table(self) -> pl.DataFrame:
        """Return a row for each that was given; null where it could not be read."""
        columns = {**self.columns, **reason_columns(self.reasons, self.asked)}
        return _of_all(pl.DataFrame(columns), self.rows)


class Model:
    """A trained model, and the encoder that makes its features of rows.

    Attributes
    ----------
    columns : names of the columns that it predicts from; rows may have others, in any order.
    known : all columns of the file that it was trained on.
    features : names of the inputs that these columns become, in the order of the booster's.
    target, task : what it predicts, and as what: regression, binary or multiclass.
    classes : of the target, as texts, in the order of the probabilities; empty in a regression.
    threshold : of two classes, the probability of the second from which on it is predicted.
    run : the run that trained it; None if that is not known.
    ignored : columns of the rows predicted last that the model does not know.
    """

    def __init__(
        self,
        ensemble: Ensemble,
        encoder: Encoder,
        run: str | None = None,
        decision: Decision | None = None,
    ) -> None:
        self._ensemble, self._encoder = ensemble, encoder
        self._decision = decision or Decision()
        self._reader = Reader(encoder)
        self._words = Words.of_target(encoder["target"], self._decision)
        self.columns: list[str] = self._reader.columns
        self.known: list[str] = list(encoder["columns"])
        self.features: list[str] = [feature["name"] for feature in encoder["features"]]
        self.target: str = encoder["target"]["name"]
        self.task: Task = encoder["target"]["task"]
        self.classes: list[str] = list(self._words.classes)
        self.threshold: float | None = self._decision.threshold if self.task == "binary" else None
        self.run = run
        self.ignored: list[str] = []
        names = _allowed(self.features)
        for booster in ensemble.boosters:
            booster.feature_names = names

    @property
    def booster(self) -> xgboost.Booster:
        """The model as xgboost has it, with the features' names where its format allows them.

        Raises
        ------
        ModelUnusableError
            The model is the mean of several.
        """
        if len(self._ensemble.boosters) > 1:
            raise ModelUnusableError(
                f"the model is the mean of {len(self._ensemble.boosters)} boosters, and none of "
                f"them alone; predict with the model itself"
            )
        return self._ensemble.boosters[0]

    def predict(self, rows: Any, *, reasons: int = 0) -> Any:
        """Predict rows.

        Parameters
        ----------
        rows : path of a CSV file, a DataFrame of polars or pandas, a dict (one row), or a list
            of dicts.
        reasons : how many columns to name for each row that weighed most in its prediction.

        Returns
        -------
        The same kind, of a file a DataFrame of polars, with a row for each: ``prediction``, of
        classes ``probability`` (of the predicted one) and ``probability_<class>``, and as asked
        for ``reason_1``, ... such as ``age = 41 (+0.12)``. The numbers are those of a scored
        file, to the last digit.

        Raises
        ------
        ColumnMismatchError
            Rows lack columns; the message names all of them.
        RowsUnreadableError
            They are nothing that has columns and values.
        """
        if isinstance(rows, list | tuple) and not rows:
            return []
        answer = self.answer(rows, reasons=reasons)
        for note in [*answer.rows.notes, *answer.unexplained]:
            warnings.warn(note, RowsWarning, stacklevel=2)
        return answer.rows.back(answer.table())

    def answer(self, rows: Any, *, reasons: int = 0) -> Answer:
        """Predict rows as `predict` does, and return all that is known of each."""
        if isinstance(reasons, bool) or not isinstance(reasons, int) or reasons < 0:
            raise ValueError(f"reasons is {reasons!r}; give how many, a whole number from 0 on")
        read = self._read(rows)
        # xgboost warns of no rows.
        predictions = self._ensemble.predict(read.matrix) if len(read.matrix) else np.empty(0)
        columns = predicted_columns(self._words, predictions)
        told, why_not = self._reasons(read, reasons) if reasons and len(predictions) else ([], [])
        return Answer(read, columns, told, reasons, why_not)

    def said_of_stray(self, column: str, value: str) -> str:
        """Say that a column's value says nothing to the model."""
        return self._reader.said_of_strays(column, value)

    def encode(self, rows: Any) -> pl.DataFrame:
        """Return the features of rows, as the booster takes them; null is missing.

        Parameters
        ----------
        rows : as `predict` takes them.
        """
        matrix = self._read(rows).matrix
        frame = pl.DataFrame(matrix, schema=[f"{at}" for at in range(matrix.shape[1])])
        names = dict(zip(frame.columns, _allowed(self.features), strict=True))
        return frame.rename(names).fill_nan(None)

    def _read(self, rows: Any) -> Rows:
        path = _path_of(rows)
        read = self._reader.of_given(given(rows)) if path is None else self._reader.of_file(path)
        self.ignored = read.ignored
        return read

    def _reasons(self, read: Rows, most: int) -> tuple[list[list[Reason]], list[str]]:
        features = self._encoder["features"]
        try:
            found = contributions(self._ensemble, read.matrix, features, self.task, self._decision)
        except UnexplainedError as error:
            return [[] for _ in read.matrix], [f"no reasons: {error}"]
        values = {name: read.values(name) for name in found.columns}
        return ranked(found, values, most), []

    def __repr__(self) -> str:
        run = f" of run {self.run}" if self.run else ""
        return (
            f"<dropforge model{run}: {self.target!r} ({self.task}) from "
            f"{len(self.columns):,} columns>"
        )


def _path_of(rows: Any) -> Path | None:
    if not isinstance(rows, str | PathLike):
        return None
    text = str(rows)
    if isinstance(rows, str) and ("\n" in text or len(text) > _LONGEST_PATH):
        raise RowsUnreadableError(
            "a text is the path of a CSV file, and this one has several lines; write it to a "
            "file, or give polars.read_csv(text.encode(), infer_schema=False)"
        )
    return Path(text).expanduser()


def _of_all(table: pl.DataFrame, read: Rows) -> pl.DataFrame:
    """Put in a row of nulls for each record that could not be read."""
    if read.places is None:
        return table
    every = pl.DataFrame({"": pl.int_range(read.size, dtype=pl.UInt32, eager=True)})
    placed = table.with_columns(read.places.alias(""))
    return every.join(placed, on="", how="left", maintain_order="left").drop("")


def _allowed(names: list[str]) -> list[str]:
    """Write features' names without what xgboost's format keeps for itself: [, ] and <."""
    marks = str.maketrans({"[": "(", "]": ")", "<": "\u2039"})
    taken: dict[str, None] = {}
    for name in names:
        own, number = name.translate(marks), 2
        while own in taken:
            own, number = f"{name.translate(marks)}_{number}", number + 1
        taken[own] = None
    return list(taken)
