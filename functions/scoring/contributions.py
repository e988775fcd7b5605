"""What each of the user's columns adds to a prediction, in the unit of the prediction.

xgboost's own exact TreeSHAP (Lundberg et al. 2020, Nature Machine Intelligence 2, algorithm 2)
adds up to the margin, before the objective's link. Here the features of a column are added, and the
link is taken along the straight line from the base margin to the row's (integrated gradients,
Sundararajan et al. 2017), so that base and contributions add up to the prediction itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.documents.encoder import Feature, columns_of
from pipeline.vocabulary import Task
from scoring.booster import Ensemble, Matrix
from scoring.calibrated import calibrated
from scoring.decision import Decision
from scoring.links import LINKS, Floats, total
from scoring.margins import Margins, Sums, mean

BLOCK_CELLS = 500_000
"""Contributions of features that are made at once: 2 MB of xgboost's, and 4 of ours. Of 20
features they are 24,000 rows, which take some ten seconds of 200 trees."""
_WORK = 100
"""Times that a row's contributions take as long as its prediction: 0.65 ms and 0.005."""


class UnexplainedError(Exception):
    """The objective's predictions are no known function of its margins; the message names it."""


@dataclass(frozen=True)
class Contributions:
    """Of some rows: base and contributions add up to the prediction.

    Attributes
    ----------
    columns : the user's, in the order of their first feature.
    base : (rows,), what the model predicts knowing nothing of the row.
    values : (rows, columns), in the unit of the prediction.
    """

    columns: list[str]
    base: Floats
    values: Floats


def contributions(
    ensemble: Ensemble,
    matrix: Matrix,
    features: Sequence[Feature],
    task: Task | None = None,
    decision: Decision | None = None,
) -> Contributions:
    """Explain the predictions of rows.

    Of two classes and of several, what is explained is the probability of the class that is
    predicted, so that a positive contribution speaks for what was predicted.

    Parameters
    ----------
    features : the encoder's, in the order of the model's.
    task : the encoder's; None tells it by the objective, which does not know that two classes
        are trained by reg:logistic.
    decision : of the model. Contributions are to the corrected probability, as it is told: the
        margins are corrected before they are taken through the link.

    Raises
    ------
    UnexplainedError
        The predictions are no known function of the trees' sum.
    ValueError
        Features or rows are not the model's.
    """
    blocks = list(explained(ensemble, matrix, features, task, decision))
    if not blocks:
        columns = columns_of(features)
        return Contributions(columns, np.zeros(0), np.zeros((0, len(columns))))
    return Contributions(
        blocks[0].columns,
        np.concatenate([block.base for block in blocks]),
        np.concatenate([block.values for block in blocks]),
    )


def explained(
    ensemble: Ensemble,
    matrix: Matrix,
    features: Sequence[Feature],
    task: Task | None = None,
    decision: Decision | None = None,
    *,
    cells: int = BLOCK_CELLS,
) -> Iterator[Contributions]:
    """Yield what `contributions` returns, a block of rows at a time."""
    task, decision = task or _task_of(ensemble), decision or Decision()
    for predicted, parts in _blocks(ensemble, matrix, features, decision, cells):
        if task == "multiclass":
            # Of equal ones the first, as the words of a prediction have it.
            chosen = predicted.argmax(axis=1)
            own = predicted[np.arange(len(chosen)), chosen]
            sums = mean([part.chosen(chosen) for part in parts])
        elif task == "binary":
            against = predicted < decision.threshold
            own = np.where(against, 1.0 - predicted, predicted)
            sums = mean([part.outputs()[0] for part in parts]).turned(against)
        else:
            own, sums = predicted, mean([part.outputs()[0] for part in parts])
        yield _closed(sums, columns_of(features), own)


def by_class(
    ensemble: Ensemble,
    matrix: Matrix,
    features: Sequence[Feature],
    decision: Decision | None = None,
    *,
    cells: int = BLOCK_CELLS,
) -> Iterator[list[Contributions]]:
    """Yield, a block of rows at a time, the contributions to each number that is predicted.

    Yields
    ------
    One for the value, one for the probability of class 1, or one a class.

    Raises
    ------
    UnexplainedError, ValueError
        As of `contributions`.
    """
    for predicted, parts in _blocks(ensemble, matrix, features, decision or Decision(), cells):
        table = predicted.reshape(len(predicted), -1)
        each, columns = [part.outputs() for part in parts], columns_of(features)
        yield [
            _closed(mean([outputs[number] for outputs in each]), columns, table[:, number])
            for number in range(table.shape[1])
        ]


def _blocks(
    ensemble: Ensemble,
    matrix: Matrix,
    features: Sequence[Feature],
    decision: Decision,
    cells: int,
) -> Iterator[tuple[Any, list[Margins]]]:
    """Yield predictions and each booster's contributions to its margins, block by block."""
    if ensemble.objective not in LINKS:
        raise UnexplainedError(
            f"of a model with the objective {ensemble.objective} it is not known what a "
            f"contribution to a prediction is"
        )
    if len(features) != ensemble.features:
        raise ValueError(f"{len(features):,} features for a model of {ensemble.features:,}")
    names = [feature["column"] for feature in features]
    columns = columns_of(features)
    position = {name: index for index, name in enumerate(columns)}
    rows = max(1, cells // ((ensemble.features + 1) * ensemble.outputs))
    for start in range(0, len(matrix), rows):
        block = matrix[start : start + rows]
        predicted = calibrated(decision, ensemble.predict(block).astype(np.float64))
        asked = ensemble.asked(block, _WORK)
        parts = []
        for booster in ensemble.boosters:
            raw = booster.predict(
                asked, pred_contribs=True, strict_shape=True, validate_features=False
            )
            values = np.zeros((raw.shape[1], len(columns), len(block)))
            for feature, name in enumerate(names):
                values[:, position[name]] += raw[:, :, feature].T
            base = raw[:, :, -1].T.astype(np.float64)
            part = Margins(LINKS[ensemble.objective], base, values)
            parts.append(
                part.corrected(decision.slope, decision.intercept) if decision.corrects else part
            )
        yield predicted, parts


def _task_of(ensemble: Ensemble) -> Task:
    kind = ensemble.objective.partition(":")[0]
    return "multiclass" if kind == "multi" else "binary" if kind == "binary" else "regression"


def _closed(sums: Sums, columns: list[str], predicted: Floats) -> Contributions:
    """Spread over the contributions what rounding and quadrature left of the prediction."""
    size = total(np.abs(sums.values))
    with np.errstate(all="ignore"):
        rest = predicted - sums.base - total(sums.values)
        values = sums.values + np.abs(sums.values) * np.where(size > 0, rest / size, 0.0)
        base = np.where(size > 0, sums.base, predicted)
        # A prediction beyond float32, as exp of a large margin, has no parts.
        sound = np.isfinite(base) & np.isfinite(total(values)) & np.isfinite(predicted)
    return Contributions(columns, np.where(sound, base, predicted), np.where(sound, values, 0.0).T)
