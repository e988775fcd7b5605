"""The model itself, asked as SageMaker's container asks it (sagemaker_xgboost_container, 3.2-0)."""

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
import xgboost
from numpy.typing import NDArray

from scoring.archive import ModelArchiveError, Readable, read_files

Matrix = NDArray[np.float32] | NDArray[np.float64]
"""(rows, features), NaN where a value is missing."""
_ONE_THREAD_CELLS = 20_000
"""Up to here other threads cost more than they bring."""
_OUTPUTS = ("num_class", "num_target")


class Ensemble:
    """The boosters of one model, mostly a single one, whose mean is the prediction.

    Attributes
    ----------
    boosters : in the order in which the container loads them.
    features : how many the model was trained on.
    objective : xgboost's name of it; names joined by ", " where the boosters differ.
    outputs : numbers that a row is answered with: 1, or the classes.
    """

    def __init__(self, boosters: list[xgboost.Booster]) -> None:
        self.boosters = boosters
        counts = sorted({int(booster.num_features()) for booster in boosters})
        if len(counts) > 1:
            raise ModelArchiveError(f"its models have {' and '.join(map(str, counts))} features")
        self.features: int = counts[0]
        learners = [_learner(booster) for booster in boosters]
        names = {str(learner["objective"]["name"]) for learner in learners}
        self.objective: str = ", ".join(sorted(names))
        kinds = [learner["learner_model_param"] for learner in learners]
        self.outputs: int = max(int(kind[name]) for kind in kinds for name in _OUTPUTS)

    @classmethod
    def of_archive(cls, archive: Readable) -> "Ensemble":
        """Load a model.tar.gz: every file in it that is not hidden, as the container does.

        Raises
        ------
        ModelArchiveError
            It is damaged, has no file, or xgboost cannot load one.
        ModelTooLargeError
        """
        files = read_files(archive, _is_model)
        if not files:
            raise ModelArchiveError("it has no model file")
        return cls.of_files(files[name] for name in sorted(files))

    @classmethod
    def of_files(cls, bodies: Iterable[bytes | bytearray]) -> "Ensemble":
        """Load models as xgboost saved them, as JSON or UBJSON.

        Raises
        ------
        ModelArchiveError
            xgboost cannot load one, or they have different features.
        """
        return cls([_loaded(body) for body in bodies])

    def predict(self, matrix: Matrix) -> NDArray[Any]:
        """Return what the container answers for these rows.

        Returns
        -------
        (rows,) or, in multiclass, (rows, classes): float32, the digits of the container.

        Raises
        ------
        ValueError
            The rows have more or fewer features than the model.
        """
        asked = self.asked(matrix)
        each = [booster.predict(asked, validate_features=False) for booster in self.boosters]
        # Several files are an ensemble; a mean of one would lose float32's short digits.
        return each[0] if len(each) == 1 else np.mean(each, axis=0)

    def asked(self, matrix: Matrix, work: int = 1) -> xgboost.DMatrix:
        """Return rows as xgboost takes them, and set the boosters to as many threads as they need.

        xgboost adds up each row by itself, so that the number of threads changes no digit.

        Parameters
        ----------
        work : how many times as long as a prediction it takes what is asked.
        """
        if matrix.ndim != 2 or matrix.shape[1] != self.features:
            raise ValueError(
                f"rows of {' x '.join(map(str, matrix.shape))} values for a model of "
                f"{self.features:,} features"
            )
        threads = 1 if matrix.size * work <= _ONE_THREAD_CELLS else 0
        for booster in self.boosters:
            booster.set_param({"nthread": threads})
        return xgboost.DMatrix(matrix, nthread=threads or -1)


def lines(predictions: NDArray[Any]) -> bytes:
    """Return the text that the container answers with: a line a prediction, each with its end."""
    return "".join(f"{value}\n" for value in predictions.tolist()).encode()


def _is_model(name: str) -> bool:
    """Say whether the container loads a file: one directly in the archive, and not hidden."""
    return "/" not in name and not name.startswith(".")


def _loaded(body: bytes | bytearray) -> xgboost.Booster:
    # xgboost ends the process over a file that is empty.
    if not body.startswith(b"{"):
        raise ModelArchiveError("its model is neither JSON nor UBJSON")
    booster = xgboost.Booster()
    try:
        booster.load_model(bytearray(body))
        booster.num_features()
    except (xgboost.core.XGBoostError, ValueError, TypeError) as error:
        # xgboost puts its source's line before its reason, and a stack behind.
        reason = str(error).partition("\n")[0].rpartition(".cc:")[2].partition(": ")[2]
        raise ModelArchiveError(
            f"xgboost cannot load its model ({reason or type(error).__name__})"
        ) from error
    return booster


def _learner(booster: xgboost.Booster) -> Any:
    return json.loads(booster.save_config())["learner"]
