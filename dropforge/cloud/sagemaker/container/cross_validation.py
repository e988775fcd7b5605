"""What _kfold divides, prints and keeps (algorithm_mode/train.py, prediction_utils.py).

The container leaves one fold of the rows of both channels out of each model, and keeps all models;
its server answers with their mean. As there

- early stopping watches the validation channel, whose rows the models are trained on, too,
- the folds are drawn without a seed, so that a job that is repeated makes another model.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

PREDICTIONS = "predictions.csv"
Indices = Any
"""Row numbers, ascending."""


def folds(
    rows: int, labels: Any, parts: int, repeats: int, draw: np.random.RandomState
) -> Iterator[tuple[Indices, Indices]]:
    """Yield the rows of each model, and those that are left out of it.

    As RepeatedKFold, and with labels RepeatedStratifiedKFold, of scikit-learn 1.8.

    Parameters
    ----------
    labels : of classes, one a row; None divides without regard to them.

    Raises
    ------
    ValueError
        There are fewer rows, or in each class fewer, than parts.
    """
    for _ in range(repeats):
        part_of = _parts(rows, parts, draw) if labels is None else _by_class(labels, parts, draw)
        for part in range(parts):
            yield np.flatnonzero(part_of != part), np.flatnonzero(part_of == part)


def _parts(rows: int, parts: int, draw: np.random.RandomState) -> Any:
    if parts > rows:
        raise ValueError(
            f"Cannot have number of splits n_splits={parts} greater than the number of samples: "
            f"n_samples={rows}."
        )
    order = np.arange(rows)
    draw.shuffle(order)
    sizes = np.full(parts, rows // parts)
    sizes[: rows % parts] += 1
    found = np.empty(rows, dtype=int)
    found[order] = np.arange(parts).repeat(sizes)
    return found


def _by_class(labels: Any, parts: int, draw: np.random.RandomState) -> Any:
    # Classes count in the order in which they appear.
    _, first, number = np.unique(labels, return_index=True, return_inverse=True)
    number = np.argsort(np.argsort(first))[number]
    counts = np.bincount(number)
    if np.all(parts > counts):
        raise ValueError(
            f"n_splits={parts} cannot be greater than the number of members in each class."
        )
    ordered = np.sort(number)
    shares = [np.bincount(ordered[part::parts], minlength=len(counts)) for part in range(parts)]
    found = np.empty(len(labels), dtype=int)
    for one in range(len(counts)):
        own = np.arange(parts).repeat([share[one] for share in shares])
        draw.shuffle(own)
        found[number == one] = own
    return found


def summary(rounds: int, logs: list[Any]) -> str:
    """Return the line of mean metrics, in which num_round stands for the round.

    Parameters
    ----------
    logs : by model what each table's metrics were, round by round.
    """
    parts = [
        f"{table}-{metric}:{np.mean([log[table][metric][-1] for log in logs]):.5f}"
        for metric in logs[0]["train"]
        for table in logs[0]
    ]
    return f"[{rounds}]#011" + "#011".join(parts)


class LeftOut:
    """What is predicted for the rows of each fold by the model that has not seen them."""

    def __init__(self, labels: Any, repeats: int, *, classes: bool) -> None:
        self._labels, self._classes = labels, classes
        self._values = np.zeros((len(labels), repeats))
        self._chosen = np.zeros((len(labels), repeats))
        self._done = np.zeros(len(labels), dtype=int)

    def record(self, rows: Indices, predictions: Any) -> None:
        """Keep the predictions of a fold; of several classes the likeliest with its probability."""
        at = rows, self._done[rows]
        if self._classes and predictions.ndim > 1:
            self._chosen[at] = predictions.argmax(axis=-1)
            self._values[at] = predictions.max(axis=-1)
        else:
            self._chosen[at] = predictions > 0.5
            self._values[at] = predictions
        self._done[rows] += 1

    def save(self, folder: Path) -> None:
        """Write a line a row: label, mean prediction, and of classes the most frequent."""
        columns = [self._labels, self._values.mean(axis=-1)]
        if self._classes:
            columns.append(np.array([_most_frequent(row) for row in self._chosen]))
        folder.mkdir(parents=True, exist_ok=True)
        np.savetxt(folder / PREDICTIONS, np.vstack(columns).T, delimiter=",", fmt="%f")


def _most_frequent(values: Any) -> float:
    found, counts = np.unique(values, return_counts=True)
    return float(found[counts.argmax()])
