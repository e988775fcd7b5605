"""Small boosters of each kind that the container can train."""

import warnings
from typing import Any

import numpy as np
import xgboost

BOOSTERS: dict[str, dict[str, Any]] = {
    "trees": {"objective": "binary:logistic"},
    "dart": {"booster": "dart", "rate_drop": 0.2},
    "forest": {"num_parallel_tree": 3},
    "classes": {"objective": "multi:softprob", "num_class": 3},
}


def trained(parameters: dict[str, Any]) -> xgboost.Booster:
    draw = np.random.default_rng(0)
    matrix, labels = draw.random((400, 6)), draw.integers(0, parameters.get("num_class", 2), 400)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return xgboost.train(parameters, xgboost.DMatrix(matrix, label=labels), 15)
