"""What the plots show, thinned so that a million rows stay a light page."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.metrics.baseline import class_table, confusion
from evaluate.metrics.measures import Floats
from evaluate.metrics.quantiles import wilson
from evaluate.metrics.scored import Scored
from pipeline.documents.plots import (
    BinaryPlots,
    Calibration,
    Confused,
    Histogram,
    MulticlassPlots,
    Plots,
    Quantiles,
    RegressionPlots,
    Scatter,
    Scores,
)

_CURVE_POINTS = 150
_SCATTER_ROWS = 1_500
_GRID = 40
_BINS = 40
_CALIBRATION_BINS = 10
_CALIBRATION_ROWS = 15
_CLASSES = 20


def plots_of(scored: Scored) -> Plots:
    """Return the data of the plots that fit the task."""
    if scored.task == "regression":
        return _regression(scored)
    return _binary(scored) if scored.task == "binary" else _multiclass(scored)


def _regression(scored: Scored) -> RegressionPlots:
    return {
        "predicted_actual": _predicted_actual(scored),
        "residuals": _residuals(scored.predicted - scored.truth),
        "residuals_by_prediction": _residuals_by_prediction(scored),
    }


def _predicted_actual(scored: Scored) -> Scatter:
    both = np.concatenate([scored.truth, scored.predicted])
    if scored.rows <= _SCATTER_ROWS:
        low, high = float(both.min()), float(both.max())
        pairs = np.column_stack([scored.truth, scored.predicted])
        return {"low": low, "high": high, "points": pairs.tolist(), "outside": 0}
    low, high = (float(v) for v in np.quantile(both, [0.001, 0.999]))
    if low == high:
        low, high = float(both.min()), float(both.max())
    edges = np.linspace(low, high if high > low else low + 1, _GRID + 1)
    counts, _, _ = np.histogram2d(scored.truth, scored.predicted, bins=(edges, edges))
    x, y = np.nonzero(counts)
    cells = np.column_stack([x, y, counts[x, y]]).astype(int)
    outside = scored.rows - int(counts.sum())
    return {"low": low, "high": high, "cells": cells.tolist(), "grid": _GRID, "outside": outside}


def _residuals(residuals: Floats) -> Histogram:
    reach = float(np.quantile(np.abs(residuals), 0.99)) or float(np.abs(residuals).max()) or 1.0
    counts, _ = np.histogram(residuals, bins=_BINS, range=(-reach, reach))
    outside = residuals.size - int(counts.sum())
    return {"low": -reach, "high": reach, "counts": counts.tolist(), "outside": outside}


def _residuals_by_prediction(scored: Scored) -> list[Quantiles]:
    """Return quantiles of the residual in groups of equally many rows by prediction."""
    groups = np.array_split(np.argsort(scored.predicted, kind="stable"), _CALIBRATION_BINS)
    residuals = scored.predicted - scored.truth
    found: list[Quantiles] = []
    for group in (group for group in groups if group.size):
        low, middle, high = np.quantile(residuals[group], [0.1, 0.5, 0.9])
        found.append(
            {
                "predicted": float(scored.predicted[group].mean()),
                "low": float(low),
                "median": float(middle),
                "high": float(high),
            }
        )
    return found


def _binary(scored: Scored) -> BinaryPlots:
    positives, negatives = (counts[0] for counts in scored.ranking.whole)
    found, false = np.cumsum(positives), np.cumsum(negatives)
    roc: list[list[float]] | None = None
    pr: list[list[float]] | None = None
    if found[-1]:
        recall = found / found[-1]
        pr = _thinned(np.r_[0, recall], np.r_[1, found / (found + false)])
        if false[-1]:
            roc = _thinned(np.r_[0, false / false[-1]], np.r_[0, recall])
    counts = confusion(scored)
    return {
        "roc": roc,
        "pr": pr,
        "positive_share": float(scored.truth.mean()),
        "calibration": _calibration(scored.predicted, scored.truth, scored.ranking.rising),
        "scores": _score_histogram(scored),
        "confusion": counts.astype(int).tolist(),
        "threshold": scored.decision.threshold,
    }


def _thinned(x: Floats, y: Floats) -> list[list[float]]:
    """Keep points evenly spaced along the curve, first and last included."""
    along = np.zeros(x.size)
    for axis in (x, y):
        along[1:] += np.abs(np.diff(axis))
    np.cumsum(along, out=along)
    at = np.searchsorted(along, np.linspace(0, along[-1], min(_CURVE_POINTS, x.size)))
    kept = sorted({0, *np.minimum(at, x.size - 1).tolist(), x.size - 1})
    return np.column_stack([x[kept], y[kept]]).round(5).tolist()  # type: ignore[no-any-return]


def _calibration(predicted: Floats, truth: Floats, rising: NDArray[np.intp]) -> list[Calibration]:
    """Return predicted against observed shares, in groups of equally many rows.

    The interval of the observed share is Wilson's, at 95 %.

    Parameters
    ----------
    rising : rows by rising prediction.
    """
    found: list[Calibration] = []
    groups = max(1, min(_CALIBRATION_BINS, predicted.size // _CALIBRATION_ROWS))
    for group in np.array_split(rising, groups):
        rows = group.size
        share = float(truth[group].mean())
        low, high = wilson(share, rows)
        found.append(
            {
                "predicted": float(predicted[group].mean()),
                "observed": share,
                "low": low,
                "high": high,
                "rows": rows,
            }
        )
    return found


def _score_histogram(scored: Scored) -> Scores:
    negative, positive = (
        np.histogram(scored.predicted[scored.truth == index], bins=20, range=(0, 1))[0].tolist()
        for index in (0, 1)
    )
    return {"negative": negative, "positive": positive}


def _multiclass(scored: Scored) -> MulticlassPlots:
    counts = confusion(scored)
    table = class_table(counts)
    largest = np.sort(np.argsort(-counts.sum(axis=1), kind="stable")[:_CLASSES])
    shown = counts[np.ix_(largest, largest)].astype(int)
    correct = (scored.truth == scored.chosen).astype(np.float64)
    sure = scored.predicted.max(axis=1)
    return {
        "classes": [
            {"class": name, "precision": p, "recall": r, "f1": f, "rows": n}
            for name, (p, r, f, n) in zip(scored.classes, table, strict=True)
        ],
        "confusion_classes": [scored.classes[i] for i in largest],
        "confusion": shown.tolist(),
        "confusion_rows": counts.sum(axis=1)[largest].astype(int).tolist(),
        "confusion_outside": scored.rows - int(shown.sum()),
        "calibration": _calibration(sure, correct, np.argsort(sure, kind="stable")),
        "most_confused": _most_confused(scored.classes, counts),
    }


def _most_confused(classes: Any, counts: Floats) -> list[Confused]:
    wrong = counts - np.diag(np.diag(counts))
    order = np.argsort(-wrong, axis=None, kind="stable")[:5]
    pairs = [np.unravel_index(flat, wrong.shape) for flat in order]
    return [
        {"actual": classes[i], "predicted": classes[j], "rows": int(wrong[i, j])}
        for i, j in pairs
        if wrong[i, j]
    ]
