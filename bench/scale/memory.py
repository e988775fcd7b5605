"""How many rows and features of a run its training job holds."""

from typing import Any

SHARES = {"train": 0.7, "validation": 0.15}


def held_rows(rows: int, channel: str) -> int:
    """Return how many rows of a file are in a channel."""
    return round(rows * SHARES[channel])


def features_of(run: dict[str, Any]) -> int:
    """Return the features that the run's model was trained on."""
    return int(run["features"])
