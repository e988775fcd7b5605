"""Small files to drop: classes to tell, and numbers to predict."""

import csv
import io

from seed.sample import SampleSize, sample_csv

ROWS = 300
_NUMBER = "monthly_usd"
_MISTAKEN = 5
"""Of so many rows one has the plan of the next."""


def classification(seed: int) -> bytes:
    """Return a file whose last column, the target, has two classes."""
    return _named(sample_csv(SampleSize(rows=ROWS, features=2, seed=seed)))


def regression(seed: int) -> bytes:
    """Return the same rows with a number in the last column, the target."""
    rows = list(
        csv.reader(io.StringIO(sample_csv(SampleSize(rows=ROWS, features=2, seed=seed)).decode()))
    )
    at, plan = rows[0].index(_NUMBER), rows[0].index("plan")
    # Else the plan would say all of what it costs, and a person would be asked about it.
    for row, other in zip(rows[1::_MISTAKEN], rows[2::_MISTAKEN], strict=False):
        row[plan] = other[plan]
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(
        [*row[:at], *row[at + 1 :], row[at]] for row in rows
    )
    return _named(text.getvalue().encode())


def _named(body: bytes) -> bytes:
    """Call the last column target, since a guessed one would wait for a person."""
    head, rows = body.split(b"\n", 1)
    return b",".join([*head.split(b",")[:-1], b"target"]) + b"\n" + rows
