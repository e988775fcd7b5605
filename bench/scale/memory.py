"""How many rows of a run its training job holds."""

SHARES = {"train": 0.7, "validation": 0.15}


def held_rows(rows: int, channel: str) -> int:
    """Return how many rows of a file are in a channel."""
    return round(rows * SHARES[channel])
