"""What the bench of models says of losses it was given."""

import math

import numpy as np
import pytest

from bench.models.losses import loss_of
from bench.models.recipes import RECIPES, recipe_of
from bench.models.table import Measured, print_table, ratios


def test_losses_are_those_of_scikit_learn() -> None:
    from sklearn import metrics

    draw = np.random.default_rng(0)
    labels = draw.integers(0, 3, 50)
    shares = draw.dirichlet([1, 1, 1], 50)
    assert loss_of("multiclass", shares, labels) == pytest.approx(metrics.log_loss(labels, shares))
    two, chance = labels > 0, shares[:, 0]
    assert loss_of("binary", chance, two) == pytest.approx(metrics.log_loss(two, chance))
    assert loss_of("regression", chance, labels) == pytest.approx(
        metrics.root_mean_squared_error(labels, chance)
    )


def measured(dataset: str, seed: int, recipe: str, loss: float, rows: str = "a") -> Measured:
    return Measured(dataset, seed, "binary", rows, recipe, loss, 2.0 if recipe == "new" else 1.0)


def test_ratios_are_means_over_seeds_on_the_same_rows() -> None:
    found = [
        *(measured("one", seed, "old", 1.0) for seed in (0, 1)),
        *(measured("one", seed, "new", loss) for seed, loss in enumerate((0.5, 2.0))),
        measured("two", 0, "old", 1.0),
        measured("two", 0, "new", 3.0, rows="other rows"),
    ]
    assert ratios(found, "old", "new") == {"one": pytest.approx(0)}


def test_table_has_wins_the_worst_and_the_time(capsys: pytest.CaptureFixture[str]) -> None:
    found = [measured(name, 0, "old", 1.0) for name in "abc"]
    found += [
        measured(name, 0, "new", loss) for name, loss in zip("abc", (0.9, 1, 1.1), strict=True)
    ]
    print_table(found, "old")
    mean = (math.log(0.9) + math.log(1.1)) / 3
    line = f"| new | {mean:+.2%} | +0.00% | 1 | 1 | c +9.5% | x 2.00 (median 2.00) |"
    assert line in capsys.readouterr().out


@pytest.mark.parametrize("text", [*RECIPES, "ours:eta=0.1,max_depth=3", "xgboost"])
def test_recipe_is_found_by_its_text(text: str) -> None:
    assert callable(recipe_of(text))


@pytest.mark.parametrize("text", ["none", "xgboost:eta=1"])
def test_what_is_no_recipe_is_refused_with_those_there_are(text: str) -> None:
    with pytest.raises(ValueError, match="is no recipe; there are ours, single, earlier"):
        recipe_of(text)
