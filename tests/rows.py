"""Rows for training jobs."""

import random


def rows_of(count: int, *, label: bool = True, seed: int = 1) -> str:
    """Lines of the target 3 a + b² and four features."""
    chance = random.Random(seed)
    lines = []
    for _ in range(count):
        features = [chance.random() for _ in range(4)]
        target = 3 * features[0] + features[1] ** 2
        lines.append(",".join(f"{x:.5f}" for x in ([target] if label else []) + features))
    return "\n".join(lines) + "\n"
