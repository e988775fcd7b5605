"""Simulate test rows whose true metric is known: python -m bench.intervals [--samples N].

How often intervals hold the true value, and with --promotion which challengers are promoted.

Each sample has two models that are equally good, drawn apart. Printed is how often the first
one's interval holds the true value, and in brackets how often the interval of their difference
excludes 0, which is never true; "-" if more than half of the samples have no interval.
"""

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from bench.intervals.promotion import print_table
from bench.quick import add_quick
from evaluate.metrics.intervals import intervals_of, sample_of
from evaluate.metrics.scored import METRICS, Scored

ROWS = (5, 10, 20, 30, 100, 300)
_ACCURACY = _AUC = 0.8
_TOGETHER = 10
_QUICK_SAMPLES = 2
_APART = NormalDist().inv_cdf(_AUC) * math.sqrt(2)
Draw = Callable[[np.random.Generator, int], tuple[Any, Any, Any]]


@dataclass(frozen=True)
class Case:
    """A metric, its true value, and what draws truth and two models' predictions."""

    title: str
    metric: str
    true: float
    draw: Draw
    together: int = 1
    """Rows of a group, whose errors are alike."""


def _values(errors: Callable[[np.random.Generator, int], Any]) -> Draw:
    return lambda draw, rows: (np.zeros(rows), errors(draw, rows), errors(draw, rows))


def _normal(draw: np.random.Generator, rows: int) -> Any:
    return draw.normal(size=rows)


def _heavy(draw: np.random.Generator, rows: int) -> Any:
    return draw.standard_t(3, rows)


def _patients(draw: np.random.Generator, rows: int) -> Any:
    """Draw squared errors with an intraclass correlation of 0.5."""
    shared = math.sqrt(0.5)
    common = np.repeat(draw.normal(size=-(-rows // _TOGETHER)), _TOGETHER)[:rows]
    return math.sqrt(shared) * common + math.sqrt(1 - shared) * draw.normal(size=rows)


def _right(draw: np.random.Generator, rows: int) -> tuple[Any, Any, Any]:
    truth = (draw.random(rows) < 0.5).astype(float)
    wrong = (draw.random((2, rows)) > _ACCURACY).astype(float)
    return truth, *np.abs(truth - wrong)


def _ranked(positives: float) -> Draw:
    def draw_rows(draw: np.random.Generator, rows: int) -> tuple[Any, Any, Any]:
        truth = (draw.random(rows) < positives).astype(float)
        scores = draw.normal(truth * _APART, 1, (2, rows))
        return truth, *1 / (1 + np.exp(-scores))

    return draw_rows


CASES = (
    Case("RMSE, normal errors", "rmse", 1.0, _values(_normal)),
    Case("MAE, normal errors", "mae", math.sqrt(2 / math.pi), _values(_normal)),
    Case("accuracy of 0.8", "accuracy", _ACCURACY, _right),
    Case("AUC of 0.8, 40 % positives", "auc", _AUC, _ranked(0.4)),
    Case("AUC of 0.8, 5 % positives", "auc", _AUC, _ranked(0.05)),
    Case("MAE, heavy tails (*t*, 3 degrees)", "mae", 2 * math.sqrt(3) / math.pi, _values(_heavy)),
    Case("RMSE, heavy tails (*t*, 3 degrees)", "rmse", math.sqrt(3), _values(_heavy)),
    Case("RMSE, groups of 10 rows", "rmse", 1.0, _values(_patients), _TOGETHER),
)


def cell(case: Case, rows: int, samples: int) -> str:
    """Simulate one number of rows."""
    draw, metric = np.random.default_rng(rows), METRICS[case.metric]
    task = metric.tasks[0]
    holds, excludes, none = 0, 0, 0
    groups = np.arange(rows) // case.together if case.together > 1 else None
    for _ in range(samples):
        truth, *predicted = case.draw(draw, rows)
        both = [metric.measure(Scored(task, truth, one, ("no", "yes"))) for one in predicted]
        sample = sample_of(both, rows, groups)
        interval, _, difference = intervals_of(both, rows, metric.bounds, sample)
        none += interval is None
        holds += interval is not None and interval.low <= case.true <= interval.high
        excludes += difference is not None and not difference.low <= 0 <= difference.high
    if 2 * none > samples:
        return "-"
    return f"{holds / (samples - none):.0%} ({excludes / samples:.0%})"


def main() -> None:
    """Print the table of docs/evaluation.md."""
    parser = argparse.ArgumentParser(prog="python -m bench.intervals")
    parser.add_argument("--samples", type=int, default=1000, help="of each cell")
    parser.add_argument(
        "--promotion", action="store_true", help="and who is promoted, in about half an hour"
    )
    add_quick(parser)
    asked = parser.parse_args()
    samples = _QUICK_SAMPLES if asked.quick else asked.samples
    print("How often intervals hold the true value\n")
    print(f"| Metric, {samples} samples | {' | '.join(f'{rows} rows' for rows in ROWS)} |")
    print(f"|---|{'---|' * len(ROWS)}")
    for case in CASES:
        cells = (cell(case, rows, samples) for rows in ROWS)
        print(f"| {case.title} | {' | '.join(cells)} |", flush=True)
    if asked.promotion or asked.quick:
        print("\nWhich challengers on newer data are promoted (and which wait for a person)\n")
        print_table(samples)


if __name__ == "__main__":
    main()
