"""Simulate validation rows of a known population: python -m bench.thresholds [--samples N].

Each sample's decision is made as Choose decision makes it, and then measured on the whole
population. Printed is the mean of what it gives there, beside 0.5 and beside the best threshold
that the population has, and in brackets the share of samples that are worse off than at 0.5, and
by how much the worst twentieth is at least (or better, with a plus). The last lines say how often
probabilities are corrected, and what that does to the population's log loss.
"""

import argparse
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.quick import add_quick
from predict.decision.calibration import calibration_of, log_losses
from predict.decision.threshold import Aim, threshold_of, value_of
from scoring.calibrated import calibrated, sigmoid
from scoring.decision import Decision

ROWS = (30, 100, 300, 1_000)
_POPULATION = 20_000
_SEED = 20_260_303
_QUICK_SAMPLES = 2


@dataclass(frozen=True)
class Family:
    """A population, by the log odds of its rows."""

    title: str
    base: float
    slope: float = 1.0
    """Of the log odds that the model gives."""
    shift: float = 0.0
    bend: float = 0.0
    """Of the distance from the middle, which no slope takes back."""

    def population(self) -> tuple[Any, Any]:
        """Return truth and probabilities."""
        draw = np.random.default_rng(_SEED)
        margin = self.base + 1.5 * draw.standard_normal(_POPULATION)
        truth = (draw.random(_POPULATION) < sigmoid(margin)).astype(float)
        given = self.slope * margin + self.shift + self.bend * np.abs(margin - self.base)
        return truth, sigmoid(given)


FAMILIES = (
    Family("right, 50 % positive", 0.0),
    Family("right, 18 % positive", -2.0),
    Family("right, 6 % positive", -3.5),
    Family("too sure, 18 %", -2.0, slope=1.6),
    Family("too careful, 18 %", -2.0, slope=0.6),
    Family("odds times ten, 18 %", -2.0, shift=2.3),
    Family("bent, 18 %", -2.0, bend=0.8),
)
AIMS = {
    "F1": Aim("f1"),
    "accuracy": Aim("accuracy"),
    "cost 1 : 5": Aim("cost", {"false_alarm": 1.0, "miss": 5.0}),
}


@dataclass(frozen=True)
class Drawn:
    """What samples of one size gave on the population."""

    values: Any
    corrected: int
    losses: Any
    """Of log loss, corrected minus raw, where it was corrected."""


def drawn(family: Family, aim: Aim, rows: int, samples: int) -> Drawn:
    """Decide by each sample and measure on the population."""
    truth, predicted = family.population()
    draw = np.random.default_rng(_SEED + rows)
    values, losses = [], []
    raw = log_losses(truth, predicted).mean()
    for _ in range(samples):
        own = draw.integers(0, _POPULATION, rows)
        known = calibration_of(truth[own], predicted[own]).calibration
        decision = Decision()
        if known:
            decision = Decision(0.5, known["slope"], known["intercept"])
        threshold = threshold_of(truth[own], calibrated(decision, predicted[own]), aim)
        told = calibrated(decision, predicted)
        values.append(value_of(truth, told >= threshold, aim))
        if known:
            losses.append(log_losses(truth, told).mean() - raw)
    return Drawn(np.array(values), len(losses), np.array(losses))


def main(samples: int) -> None:
    """Print the tables."""
    sizes = " | ".join(f"{rows:,} rows" for rows in ROWS)
    for name, aim in AIMS.items():
        print(f"\n| {name}, {samples} samples | at 0.5 | best | {sizes} |")
        print("|---" * (3 + len(ROWS)) + "|")
        for family in FAMILIES:
            truth, predicted = family.population()
            usual = value_of(truth, predicted >= 0.5, aim)
            best = max(
                value_of(truth, predicted >= at, aim)
                for at in np.unique(np.quantile(predicted, np.linspace(0, 1, 400)))
            )
            cells = [f"{abs(usual):.3f}", f"{abs(best):.3f}"]
            for rows in ROWS:
                values = drawn(family, aim, rows, samples).values
                worse, low = (values < usual - 1e-9).mean(), np.quantile(values, 0.05) - usual
                cells.append(f"{abs(values.mean()):.3f} ({worse:.0%}, {low:+.3f})")
            print(f"| {family.title} | {' | '.join(cells)} |", flush=True)
    print(f"\n| Corrected, and log loss by it | {sizes} |")
    print("|---" * (1 + len(ROWS)) + "|")
    for family in FAMILIES:
        cells = []
        for rows in ROWS:
            found = drawn(family, AIMS["accuracy"], rows, samples)
            mean = f", {found.losses.mean():+.4f}" if found.corrected else ""
            cells.append(f"{found.corrected / samples:.1%}{mean}")
        print(f"| {family.title} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=1_000)
    add_quick(parser)
    asked = parser.parse_args()
    main(_QUICK_SAMPLES if asked.quick else asked.samples)
