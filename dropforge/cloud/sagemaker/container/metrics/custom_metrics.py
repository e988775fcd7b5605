"""The container's own metrics (metrics/custom_metrics.py, algorithm_mode/train_utils.py).

They replace XGBoost's of the same name, know no weights, and are told after XGBoost's.
The container computes them with scikit-learn, whose results and refusals these have.

XGBoost hands them what it predicts. Its older argument `feval` handed margins, and the
container still compares with 0: for objectives that predict one probability or class a
row, all rows with a prediction above 0 count as class 1.
"""

import logging
from collections.abc import Callable
from typing import Any

import numpy as np

logger = logging.getLogger(__name__)

Numbers = Any  # an array of numpy
Metric = Callable[[Numbers, Numbers], float]
_FEW_CLASSES = 2


def chosen(values: dict[str, Any]) -> tuple[Any, str | None]:
    """Take the metrics out of a job's hyperparameters and put XGBoost's share back.

    Returns
    -------
    The function of the container's own metrics for `xgboost.train`, None without such;
    and the metric that early stopping looks at, None without one.
    """
    given = values.pop("eval_metric", None)
    tuned = values.pop("_tuning_objective_metric", None)
    aim = None
    if tuned is not None:
        aim = tuned.split(":")[1].split(",")
        logger.info("Setting up HPO optimized metric to be : %s", ",".join(aim))
    union = sorted({*given, *aim}) if given and aim else aim or given or []
    own = [name for name in union if name in _OWN]
    # The container puts these in a set when some are its own; then their order varies.
    others = [name for name in union if name not in _OWN]
    if others:
        values["eval_metric"] = others
    last = (aim or given or [None])[-1]
    return (_function_of(own) if own else None), last


def _function_of(names: list[str]) -> Callable[[Numbers, Any], list[tuple[str, float]]]:
    def measure(predictions: Numbers, table: Any) -> list[tuple[str, float]]:
        labels = table.get_label()
        return [(name, _OWN[name](labels, predictions)) for name in names]

    return measure


def _of_classes(measure: Metric) -> Metric:
    """Let a metric of classes be measured on predictions."""

    def measured(labels: Numbers, predictions: Numbers) -> float:
        if not predictions.size:
            return 0.0
        if predictions.ndim > 1:
            classes = np.argmax(predictions, axis=-1)
        else:
            classes = (predictions > 0).astype(int)
        if np.any(labels != np.floor(labels)):
            kind = "binary" if len(np.unique(classes)) <= _FEW_CLASSES else "multiclass"
            raise ValueError(
                f"Classification metrics can't handle a mix of continuous and {kind} targets"
            )
        return float(measure(labels, classes))

    return measured


def _of_values(measure: Metric) -> Metric:
    """Let a metric of numbers be measured on predictions."""

    def measured(labels: Numbers, predictions: Numbers) -> float:
        if predictions.ndim > 1:
            raise ValueError(
                f"y_true and y_pred have different number of output (1!={predictions.shape[1]})"
            )
        return float(measure(labels, predictions))

    return measured


def _counts(labels: Numbers, classes: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return, for each class, how often it is right, predicted, and there."""
    names = np.union1d(labels, classes)
    right = np.array([np.sum((labels == name) & (classes == name)) for name in names])
    predicted = np.array([np.sum(classes == name) for name in names])
    there = np.array([np.sum(labels == name) for name in names])
    return right, predicted, there


def _share(part: Numbers, whole: Numbers) -> Numbers:
    """Divide; what has nothing to be divided by is 0, as scikit-learn has it."""
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole != 0)


def _by_class(share: Callable[[Numbers, Numbers, Numbers], Numbers]) -> tuple[Metric, Metric]:
    """Return a metric as of the class 1, and as a mean over all classes."""

    def binary(labels: Numbers, classes: Numbers) -> float:
        names = np.union1d(labels, classes)
        if len(names) > _FEW_CLASSES:
            raise ValueError(
                "Target is multiclass but average='binary'. Please choose another average "
                "setting, one of [None, 'micro', 'macro', 'weighted']."
            )
        if 1 not in names:
            if len(names) == _FEW_CLASSES:
                raise ValueError(
                    f"pos_label=1 is not a valid label: It should be one of {names.tolist()}"
                )
            return 0.0
        return float(share(*_counts(labels, classes))[names.tolist().index(1)])

    def macro(labels: Numbers, classes: Numbers) -> float:
        return float(np.mean(share(*_counts(labels, classes))))

    return binary, macro


def _accuracy(labels: Numbers, classes: Numbers) -> float:
    return float(np.mean(labels == classes))


def _balanced_accuracy(labels: Numbers, classes: Numbers) -> float:
    right, _predicted, there = _counts(labels, classes)
    return float(np.mean(right[there > 0] / there[there > 0]))


def _squared(labels: Numbers, values: Numbers) -> float:
    return float(np.average((labels - values) ** 2))


def _root_squared(labels: Numbers, values: Numbers) -> float:
    return float(np.sqrt(np.average((labels - values) ** 2)))


def _absolute(labels: Numbers, values: Numbers) -> float:
    return float(np.average(np.abs(values - labels)))


def _explained(labels: Numbers, values: Numbers) -> float:
    wide = labels.astype(np.float64)
    left = np.sum((wide - values) ** 2)
    total = np.sum((wide - np.average(wide)) ** 2)
    if total == 0:
        return 1.0 if left == 0 else 0.0
    return float(1 - left / total)


_f1_binary, _f1_macro = _by_class(lambda right, got, there: _share(2 * right, got + there))
_precision, _precision_macro = _by_class(lambda right, got, _there: _share(right, got))
_recall, _recall_macro = _by_class(lambda right, _got, there: _share(right, there))
_OWN: dict[str, Metric] = {
    "accuracy": _of_classes(_accuracy),
    "balanced_accuracy": _of_classes(_balanced_accuracy),
    "f1": _of_classes(_f1_macro),
    "f1_binary": _of_classes(_f1_binary),
    "f1_macro": _of_classes(_f1_macro),
    "mse": _of_values(_squared),
    "rmse": _of_values(_root_squared),
    "mae": _of_values(_absolute),
    "precision": _of_classes(_precision),
    "precision_macro": _of_classes(_precision_macro),
    "precision_micro": _of_classes(_accuracy),
    "r2": _of_values(_explained),
    "recall": _of_classes(_recall),
    "recall_macro": _of_classes(_recall_macro),
    "recall_micro": _of_classes(_accuracy),
}
