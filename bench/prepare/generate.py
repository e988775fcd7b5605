"""A mixed CSV of any number of rows; 4 million make 370 MB."""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

_SLICE = 500_000


def generate(path: Path, rows: int, seed: int = 0) -> None:
    """Write a CSV with a header and 13 columns.

    Identifier, integers, floats, booleans, categories of 4, 3 (with missing values) and
    500, a date, a quoted text with commas and quotes, and the target ``churned``.
    """
    with path.open("wb") as file:
        for piece in pieces(rows, seed):
            file.write(piece)


def pieces(rows: int, seed: int = 0) -> Iterator[bytes]:
    """Yield the same CSV in pieces of some 50 MB."""
    random = np.random.default_rng(seed)
    for start in range(0, rows, _SLICE):
        part = _slice(random, start, min(_SLICE, rows - start))
        text = part.write_csv(include_header=start == 0, quote_style="necessary")
        yield text.encode()


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
