"""Quantiles for few rows: Student's, and those of a share of rows."""

import math
from statistics import NormalDist

LEVEL = 0.95
TAIL = (1 - LEVEL) / 2
NORMAL = NormalDist()


def tail_share(rows: int, tail: float = TAIL) -> float:
    """Return the share of replicates to leave out on each side, for so much in each tail.

    Hesterberg (2015): where the normal interval would be as wide as
    that of a mean of so many rows (or groups of them) by Student's t.
    """
    if rows < 2:
        return tail
    return NORMAL.cdf(-math.sqrt(rows / (rows - 1)) * student_quantile(rows - 1, tail))


def student_quantile(freedom: int, tail: float = TAIL) -> float:
    """Return the upper quantile of Student's t; at 97.5 % to 0.1 % from 4 degrees on.

    Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, 26.7.5.
    """
    z = -NORMAL.inv_cdf(tail)
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return math.fsum(term / freedom**power for power, term in enumerate(terms))


def wilson(share: float, rows: int) -> tuple[float, float]:
    """Return the interval of a share of rows after Wilson (1927)."""
    z = -NORMAL.inv_cdf(TAIL)
    centre = (share + z * z / (2 * rows)) / (1 + z * z / rows)
    reach = z / (1 + z * z / rows) * math.sqrt(share * (1 - share) / rows + (z / 2 / rows) ** 2)
    return max(0.0, centre - reach), min(1.0, centre + reach)
