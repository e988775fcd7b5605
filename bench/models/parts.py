"""What a recipe learns from and is judged on: one dataset, prepared by our own steps."""

import hashlib
import io
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from tests.unit.prepare.pipeline_run import Prepared, prepare

Array = Any


@dataclass(frozen=True)
class Parts:
    """One dataset with one seed.

    Attributes
    ----------
    data : the CSV.
    run : what Prepare wrote.
    """

    name: str
    seed: int
    data: bytes
    target: str
    run: Prepared

    @property
    def task(self) -> str:
        """regression, binary or multiclass."""
        return str(self.run.fit["task"])

    @property
    def hyperparameters(self) -> dict[str, str]:
        """What Fit gives the training job."""
        return dict(self.run.fit["hyperparameters"])

    def fit_of(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Return what Fit answers with more settings."""
        found = prepare(self.data, _settings(self.target, self.seed) | settings).fit
        return dict(found)

    @cached_property
    def encoder(self) -> dict[str, Any]:
        """How columns become features."""
        found: dict[str, Any] = self.run.json("encoder.json")
        return found

    @cached_property
    def classes(self) -> list[str] | None:
        """Labels by the number that stands for them; None in regression."""
        found: list[str] | None = self.encoder["target"]["classes"]
        return found

    @cached_property
    def train(self) -> tuple[Array, Array]:
        """Features, NaN where a value is missing, and labels."""
        return self._labelled("train")

    @cached_property
    def validation(self) -> tuple[Array, Array]:
        """As train."""
        return self._labelled("validation")

    @cached_property
    def test(self) -> tuple[Array, Array]:
        """As train; the labels are for the judge alone."""
        features = self.run.table("test").to_numpy(float)
        return features, self.run.table("truth")["label"].to_numpy(float)

    @cached_property
    def tested(self) -> Array:
        """Numbers of the test rows among the file's, from 0, in the order of test."""
        return self.run.table("truth")["row"].to_numpy() - 1

    @property
    def rows(self) -> str:
        """A digest of which rows are tested, by which two runs know that they are the same."""
        return hashlib.sha256(np.ascontiguousarray(self.tested).tobytes()).hexdigest()[:12]

    @cached_property
    def raw(self) -> tuple[pd.DataFrame, Array, pd.DataFrame]:
        """The user's columns that our encoder uses, for rivals.

        Of all rows but the test's with their labels, and of the test rows in their order.
        """
        frame = pd.read_csv(io.BytesIO(self.data), low_memory=False)
        labels = self._labels(frame[self.target])
        used = {feature["column"] for feature in self.encoder["features"]}
        columns = [name for name in frame.columns if name in used]
        rest = np.setdiff1d(np.flatnonzero(np.isfinite(labels)), self.tested)
        return frame[columns].iloc[rest], labels[rest], frame[columns].iloc[self.tested]

    def _labels(self, column: pd.Series) -> Array:
        if self.classes is None:
            return column.to_numpy(float)
        numbers = {name: number for number, name in enumerate(self.classes)}
        found = column.astype(str).map(numbers)
        if found.isna().all():
            found = column.astype(float).map({float(name): n for name, n in numbers.items()})
        return found.to_numpy(float)

    def _labelled(self, channel: str) -> tuple[Array, Array]:
        table = self.run.table(channel).to_numpy(float)
        return table[:, 1:], table[:, 0]


def parts_of(name: str, data: bytes, target: str, seed: int) -> Parts:
    """Prepare a dataset as a drop of it would be, in memory."""
    run = prepare(data, _settings(target, seed))
    parts = Parts(name, seed, data, target, run)
    got = parts._labels(pd.read_csv(io.BytesIO(data), low_memory=False)[target])[parts.tested]
    if not np.allclose(got, parts.test[1]):
        raise ValueError(f"the row numbers of {name} do not lead to its test labels")
    return parts


def _settings(target: str, seed: int) -> dict[str, Any]:
    return {"target": target, "split": {"seed": seed}}
