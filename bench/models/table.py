"""What came out, as a table: each recipe's loss beside that of the first one."""

import math
from dataclasses import dataclass
from statistics import mean, median

from bench.models.losses import NAMES

_NOISE = 0.002
"""Losses closer than this share count as equal."""


@dataclass(frozen=True)
class Measured:
    """One recipe on one dataset with one seed.

    Attributes
    ----------
    rows : digest of the test rows.
    seconds : of a processor, training and prediction together.
    """

    dataset: str
    seed: int
    task: str
    rows: str
    recipe: str
    loss: float
    seconds: float


def print_table(measured: list[Measured], base: str) -> None:
    """Print losses by dataset, and by recipe the log ratio to the base's loss."""
    recipes = list(dict.fromkeys(one.recipe for one in measured))
    print(f"\n| Dataset | Loss | {' | '.join(recipes)} |")
    print(f"|---|---|{'---|' * len(recipes)}")
    for dataset in dict.fromkeys(one.dataset for one in measured):
        own = [one for one in measured if one.dataset == dataset]
        cells = [_loss(own, recipe) for recipe in recipes]
        print(f"| {dataset} | {NAMES[own[0].task]} | {' | '.join(cells)} |")
    print(f"\n| Recipe | Mean loss to {base} | Median | Better | Worse | Worst | Processor time |")
    print("|---|---|---|---|---|---|---|")
    for recipe in recipes:
        print(_summary(measured, base, recipe))


def ratios(measured: list[Measured], base: str, recipe: str) -> dict[str, float]:
    """Return the mean log ratio of losses by dataset, over the seeds that both have."""
    of = {(one.dataset, one.seed, one.recipe): one for one in measured}
    found: dict[str, list[float]] = {}
    for one in measured:
        other = of.get((one.dataset, one.seed, base))
        if one.recipe == recipe and other and other.rows == one.rows:
            found.setdefault(one.dataset, []).append(math.log(one.loss / other.loss))
    return {dataset: mean(values) for dataset, values in found.items()}


def _loss(measured: list[Measured], recipe: str) -> str:
    found = [one.loss for one in measured if one.recipe == recipe]
    return f"{mean(found):.4g}" if found else "-"


def _summary(measured: list[Measured], base: str, recipe: str) -> str:
    found = ratios(measured, base, recipe)
    if not found:
        return f"| {recipe} | - | - | - | - | - | - |"
    values = list(found.values())
    better = sum(value < -_NOISE for value in values)
    worse = sum(value > _NOISE for value in values)
    worst = max(found, key=lambda dataset: found[dataset])
    pairs = [
        (one.seconds, other.seconds)
        for one in measured for other in measured
        if one.recipe == recipe and other.recipe == base
        and (one.dataset, one.seed) == (other.dataset, other.seed)
    ]  # fmt: skip
    time = sum(one for one, _ in pairs) / sum(other for _, other in pairs)
    each = median(one / other for one, other in pairs)
    return (
        f"| {recipe} | {mean(values):+.2%} | {median(values):+.2%} | {better} | {worse} | "
        f"{worst} {found[worst]:+.1%} | x {time:.2f} (median {each:.2f}) |"
    )
