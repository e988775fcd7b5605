"""Every metric of a task, and the naive prediction that a model stands beside."""

import numpy as np

from evaluate.metrics.measures import Floats, value_of
from evaluate.metrics.scored import Metric, Scored, metrics_of

Values = dict[str, float | None]


def values_of(scored: Scored) -> Values:
    """Return every metric of the task by name; None where it is not defined."""
    values: dict[str, float] = {
        name: value_of(metric.measure(scored), scored.rows)
        for name, metric in metrics_of(scored).items()
    }
    more = {"regression": _regression, "binary": _binary, "multiclass": _multiclass}
    values |= more[scored.task](scored)
    return {name: value if np.isfinite(value) else None for name, value in values.items()}


def baseline_of(scored: Scored, metric: Metric) -> tuple[str, float | None]:
    """Return the naive prediction that suits the metric, in words, and its value.

    It is the best constant in hindsight, taken from the test rows themselves,
    so no constant learned from the training rows does better.
    """
    words, _ = _constant(scored, metric.name)
    value = value_of(metric.measure(naive(scored, metric)), scored.rows)
    return words, value if np.isfinite(value) else None


def naive(scored: Scored, metric: Metric) -> Scored:
    """Return the same rows with the best constant as their prediction."""
    _, constant = _constant(scored, metric.name)
    return Scored(scored.task, scored.truth, constant, scored.classes, costs=scored.costs)


def confusion(scored: Scored) -> Floats:
    """Count rows by true class (first axis) and predicted class (second)."""
    classes = scored.known
    cell = scored.truth.astype(np.intp) * classes + scored.chosen.astype(np.intp)
    counts = np.bincount(cell, minlength=classes * classes)
    return counts.reshape(classes, classes).astype(np.float64)


def class_table(counts: Floats) -> list[tuple[float, float, float, int]]:
    """Return precision, recall, F1 and rows of each class of a confusion matrix.

    A quotient by zero is 0, as in scikit-learn.
    """
    hits, actual, chosen = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    precision, recall = _share(hits, chosen), _share(hits, actual)
    f1 = _share(2 * hits, actual + chosen)
    return [
        (float(p), float(r), float(f), int(n))
        for p, r, f, n in zip(precision, recall, f1, actual, strict=True)
    ]


def _share(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _regression(scored: Scored) -> dict[str, float]:
    error = np.abs(scored.truth - scored.predicted)
    nonzero = bool((scored.truth != 0).all())
    return {
        "medae": float(np.median(error)),
        "mape": float((error / np.abs(scored.truth)).mean()) if nonzero else np.nan,
    }


def _binary(scored: Scored) -> dict[str, float]:
    precision, recall, _, _ = class_table(confusion(scored))[1]
    brier = float(((scored.predicted - scored.truth) ** 2).mean())
    return {"precision": precision, "recall": recall, "brier": brier}


def _multiclass(scored: Scored) -> dict[str, float]:
    table = np.array(class_table(confusion(scored)))
    return {"balanced_accuracy": float(table[table[:, 3] > 0, 1].mean())}


def _constant(scored: Scored, name: str) -> tuple[str, Floats]:
    truth, ones = scored.truth, np.ones(scored.rows)
    if scored.task == "regression":
        if name == "mae":
            return "always the median", ones * np.median(truth)
        return "always the mean", ones * truth.mean()
    if name == "f1":
        return "always positive", ones
    if name == "cost" and scored.costs:
        alarms = scored.costs["false_alarm"] * (1 - truth.mean())
        positive = bool(alarms < scored.costs["miss"] * truth.mean())
        return f"always {'positive' if positive else 'negative'}", ones * positive
    if scored.task == "binary":
        if name == "accuracy":
            return "always the most frequent class", ones * float(truth.mean() >= 0.5)
        return "always the share of positives", ones * truth.mean()
    shares = np.bincount(truth.astype(np.intp), minlength=scored.predicted.shape[1]) / truth.size
    # The largest share is also the most frequent class.
    kind = "the classes' shares" if name == "mlogloss" else "the most frequent class"
    return f"always {kind}", np.broadcast_to(shares, (scored.rows, shares.size))
