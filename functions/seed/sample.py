"""A sample dataset as people have them: text columns, missing values, an identifier.

The rows describe made-up subscriptions; whether one is cancelled follows a
logistic model of some columns plus noise, so that a model has something to
learn and something it cannot know.
"""

import csv
import io
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

PLANS = ("basic", "plus", "pro")
COUNTRIES = ("AT", "BR", "CA", "DE", "FR", "IN", "JP", "US")
BASE_COLUMNS = ("customer", "plan", "country", "months", "monthly_usd", "support_calls", "autopay")
TARGET = "cancelled"
MISSING_SHARE = 0.03


@dataclass(frozen=True)
class SampleSize:
    """How the sample is drawn.

    Parameters
    ----------
    rows : data rows, 50 to 1,000,000.
    features : additional numeric columns, 0 to 500; every second one matters.
    noise : standard deviation of what no column explains, in log-odds.
    seed : the same seed gives the same bytes.
    """

    rows: int = 2000
    features: int = 4
    noise: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        for name, low, high in (("rows", 50, 1_000_000), ("features", 0, 500), ("noise", 0, 100)):
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name} is {value}; it must lie between {low:,} and {high:,}")


def sample_csv(size: SampleSize) -> bytes:
    """Return the sample as UTF-8 CSV with a header; the target is the last column."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    signals = [f"signal_{n}" for n in range(1, size.features + 1)]
    writer.writerow([*BASE_COLUMNS, *signals, TARGET])
    writer.writerows(_rows(size))
    return text.getvalue().encode()


def _rows(size: SampleSize) -> Iterator[list[object]]:
    # Not for secrets: the sample must come out the same on every machine.
    draw = random.Random(size.seed)  # noqa: S311
    for number in range(1, size.rows + 1):
        plan = draw.choices(PLANS, (5, 3, 2))[0]
        months = draw.randint(1, 72)
        price = round(draw.gauss((9, 19, 39)[PLANS.index(plan)], 2), 2)
        calls = min(int(draw.expovariate(0.7)), 12)
        autopay = draw.random() < 0.6
        signals = [round(draw.gauss(0, 1), 4) for _ in range(size.features)]
        odds = (
            -1.2
            + (1.8 if plan == "basic" else -0.8)
            - 0.06 * months
            + 1.0 * calls
            - (1.6 if autopay else 0)
            + sum(1.2 * value for value in signals[::2])
            + draw.gauss(0, size.noise)
        )
        cancelled = draw.random() < 1 / (1 + math.exp(-odds))
        yield [
            f"C{number:07d}",
            plan,
            draw.choice(COUNTRIES),
            months,
            "" if draw.random() < MISSING_SHARE else price,
            calls,
            "yes" if autopay else "no",
            *("" if draw.random() < MISSING_SHARE else value for value in signals),
            "yes" if cancelled else "no",
        ]
