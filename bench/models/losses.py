"""How far predictions of the test rows are off."""

from typing import Any

import numpy as np

Array = Any
NAMES = {"regression": "rmse", "binary": "logloss", "multiclass": "mlogloss"}
_LEAST = 1e-7


def loss_of(task: str, predictions: Array, labels: Array) -> float:
    """Return rmse, or the mean of minus the log probability of the true class.

    Parameters
    ----------
    predictions : values; probabilities of class 1; or (rows, classes) of probabilities.
    """
    predictions = np.asarray(predictions, dtype=float)
    if task == "regression":
        return float(np.sqrt(np.mean((predictions - labels) ** 2)))
    if task == "binary":
        predictions = np.column_stack([1 - predictions, predictions])
    chosen = predictions[np.arange(len(labels)), labels.astype(int)]
    return float(-np.log(np.clip(chosen, _LEAST, 1)).mean())
