"""How often a challenger on newer data is promoted, and how often a person is asked."""

from collections.abc import Callable

import numpy as np

from bench.intervals.models import FAMILIES, Family
from evaluate.metrics.scored import METRICS
from evaluate.verdict.judgement import Rivals, judge
from evaluate.verdict.rule import Rule
from pipeline.vocabulary import Outcome

ROWS = (15, 30, 100, 300, 1_000, 10_000)
_FEWER = {1_000: 5, 10_000: 40}
"""Of so many rows a fifth and a fortieth of the samples: most of their shares are 0 or 1."""

# How much of their noise two models share: 0.9 is what two trainings have of which one has a
# quarter more rows (0.91 in the middle of 29 public tables), 0.5 two of other rows and quality.
KINDS: dict[str, tuple[Callable[[Family], tuple[float, float]], float]] = {
    "clearly better": (lambda family: (family.bad, family.good), 0.5),
    "equal": (lambda family: (family.good, family.good), 0.9),
    "slightly worse": (lambda family: (family.good, family.slightly_worse), 0.9),
    "clearly worse": (lambda family: (family.good, family.bad), 0.5),
}


def outcomes(family: Family, kind: str, rows: int, samples: int) -> dict[Outcome, float]:
    """Return the share of each outcome in so many samples, always of the same seed."""
    values, shared = KINDS[kind]
    draw, counts = np.random.default_rng(rows), dict[Outcome, float]()
    for _ in range(samples):
        champion, challenger = family.draw(draw, rows, values(family), shared)
        judgement = judge(
            METRICS[family.metric], challenger, Rivals(champion, challenger), Rule(), "newer"
        )
        outcome = judgement.verdict.outcome
        counts[outcome] = counts.get(outcome, 0) + 1 / samples
    return counts


def print_table(samples: int) -> None:
    """Print the promotion table of docs/evaluation.md."""
    heads = (f"{rows:,} rows" for rows in ROWS)
    print(f"| Challenger, {samples} samples | {' | '.join(heads)} |")
    print(f"|---|{'---|' * len(ROWS)}")
    for family in FAMILIES:
        label = METRICS[family.metric].label
        for kind, (values, _) in KINDS.items():
            before, now = values(family)
            cells = (_cell(family, kind, rows, samples) for rows in ROWS)
            title = f"{label} {before} → {now}, {kind}"
            print(f"| {title} | {' | '.join(cells)} |", flush=True)


def _cell(family: Family, kind: str, rows: int, samples: int) -> str:
    found = outcomes(family, kind, rows, max(1, samples // _FEWER.get(rows, 1)))
    return f"{found.get('approved', 0):.0%} ({found.get('pending', 0):.0%})"
