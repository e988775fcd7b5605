"""A mixed CSV of any number of rows; 4 million make 370 MB."""

import sys
from pathlib import Path

import numpy as np
import polars as pl

_SLICE = 500_000


def generate(path: Path, rows: int, seed: int = 0) -> None:
    """Write a CSV with a header and 13 columns.

    Identifier, integers, floats, booleans, categories of 4, 3 (with missing values) and
    500, a date, a quoted text with commas and quotes, and the target ``churned``.
    """
    random = np.random.default_rng(seed)
    with path.open("wb") as file:
        for start in range(0, rows, _SLICE):
            count = min(_SLICE, rows - start)
            _slice(random, start, count).write_csv(
                file, include_header=start == 0, quote_style="necessary"
            )


def _slice(random: np.random.Generator, start: int, count: int) -> pl.DataFrame:
    age = random.integers(18, 90, count)
    plan = random.integers(0, 4, count)
    score = random.random(count).round(4)
    churn = 1 / (1 + np.exp(-(score * 4 - plan - (age - 50) / 20)))
    days = random.integers(0, 3360, count)
    cities = np.minimum(random.geometric(0.01, count), 499)
    return pl.DataFrame(
        {
            "customer_id": np.arange(start, start + count) + 10_000_000,
            "age": age,
            "income": random.lognormal(10, 0.5, count).round(2),
            "balance": random.normal(0, 1000, count).round(2),
            "score": score,
            "visits": random.poisson(4, count),
            "active": np.array(["yes", "no"])[random.integers(0, 2, count)],
            "plan": np.array(["basic", "silver", "gold", "platinum"])[plan],
            "city": np.array([f"city of number {n}" for n in range(500)])[cities],
            "since": _DATES[days],
            "comment": _COMMENTS[random.integers(0, len(_COMMENTS), count)],
            "device": np.array(["ios", "android", "web", ""])[random.integers(0, 4, count)],
            "churned": np.array(["no", "yes"])[(random.random(count) < churn).astype(int)],
        }
    )


_DATES = np.array(
    [f"{2010 + n // 336}-{n // 28 % 12 + 1:02d}-{n % 28 + 1:02d}" for n in range(3360)]
)
_COMMENTS = np.array(["plain", "with, comma", 'says "hi", twice', "of two words", "fine"])


if __name__ == "__main__":
    generate(Path(sys.argv[1]), int(sys.argv[2]))
