"""A recipe has a name and makes predictions of the test rows out of a dataset's parts.

Beside those of RECIPES, any text of the form ``base:eta=0.03,max_depth=6`` is a recipe: the base
with these hyperparameters on top of what Fit gives.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from bench.models.container import trained
from bench.models.parts import Parts
from bench.models.rivals import RIVALS
from bench.models.search import tried
from scoring.booster import Ensemble

Array = Any
Recipe = Callable[[Parts], Array]
_MakeRecipe = Callable[[dict[str, str]], Recipe]


def ours(changes: dict[str, str]) -> Recipe:
    """Train what a drop trains: the hyperparameters of Fit, the container's code, and a refit."""

    def recipe(parts: Parts) -> Array:
        chosen = parts.hyperparameters | changes
        return _predicted(parts, trained(parts, chosen), chosen, refit=parts.run.fit["refit"])

    return recipe


def single(changes: dict[str, str]) -> Recipe:
    """Train once, with early stopping, whatever the size of the table."""

    def recipe(parts: Parts) -> Array:
        return trained(parts, parts.hyperparameters | changes).predict(parts.test[0])

    return recipe


def earlier(changes: dict[str, str]) -> Recipe:
    """Train with the defaults of version 0.1 (ADR 14), whatever they are today."""

    def recipe(parts: Parts) -> Array:
        small = len(parts.train[1]) < 20_000
        then = {
            "num_round": "1000", "early_stopping_rounds": "30", "eta": "0.05" if small else "0.1",
            "max_depth": "5" if small else "6", "min_child_weight": "1", "subsample": "0.8",
            "colsample_bytree": "0.8", "tree_method": "hist",
        }  # fmt: skip
        kept = {"objective", "eval_metric", "num_class", "seed"}
        now = {name: value for name, value in parts.hyperparameters.items() if name in kept}
        return trained(parts, now | then | changes).predict(parts.test[0])

    return recipe


def searched(changes: dict[str, str]) -> Recipe:
    """Search as a run does whose settings ask for it; 20 jobs, if the changes say no other.

    With ``best=3`` the mean of the best three predicts, each trained as a run's model is.
    """
    most = int(changes.get("best", 1))
    asked = {name: value for name, value in changes.items() if name != "best"}

    def recipe(parts: Parts) -> Array:
        found, refit = tried(parts, asked)
        return np.mean([_predicted(parts, *one, refit=refit) for one in found[:most]], axis=0)

    return recipe


def kfold(changes: dict[str, str]) -> Recipe:
    """Train the container's models of folds, for the rounds that were found."""

    def recipe(parts: Parts) -> Array:
        chosen = parts.hyperparameters | changes
        found = _for_rounds(chosen, trained(parts, chosen))
        return trained(parts, found | {"_kfold": "5"}).predict(parts.test[0])

    return recipe


def _predicted(parts: Parts, model: Ensemble, chosen: dict[str, str], *, refit: bool) -> Array:
    """Predict as a run does: by a second model of train and validation rows, if Fit plans one."""
    if refit:
        both = {"train": ("train", "validation")}
        model = trained(parts, _for_rounds(chosen, model), channels=both)
    return model.predict(parts.test[0])


def _for_rounds(chosen: dict[str, str], model: Ensemble) -> dict[str, str]:
    kept = {name: value for name, value in chosen.items() if name != "early_stopping_rounds"}
    return kept | {"num_round": str(model.boosters[0].num_boosted_rounds())}


RECIPES: dict[str, _MakeRecipe] = {
    "ours": ours,
    "single": single,
    "earlier": earlier,
    "kfold": kfold,
    "tuned": searched,
}


def recipe_of(text: str) -> Recipe:
    """Return the recipe of a name, with the hyperparameters behind its colon.

    Raises
    ------
    ValueError
    """
    name, _, changes = text.partition(":")
    if name in RIVALS and not changes:
        return RIVALS[name]
    if name not in RECIPES:
        known = ", ".join([*RECIPES, *RIVALS])
        raise ValueError(f"{name} is no recipe; there are {known}")
    pairs = [part.partition("=") for part in changes.split(",") if part]
    return RECIPES[name]({key: value for key, _, value in pairs})
