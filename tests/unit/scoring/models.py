"""Small models of each kind that the container can train, on rows with missing values."""

import itertools
from typing import Any

import numpy as np
import xgboost

from pipeline.documents.encoder import Feature
from scoring.booster import Ensemble

FEATURES: list[Feature] = [
    {"name": "age", "column": "age", "encoding": "numeric"},
    {"name": "plan=gold", "column": "plan", "encoding": "one_hot", "category": "gold"},
    {"name": "since.days", "column": "since", "encoding": "date", "part": "days"},
    {"name": "plan=free", "column": "plan", "encoding": "one_hot", "category": "free"},
    {"name": "since.month", "column": "since", "encoding": "date", "part": "month"},
    {"name": "visits", "column": "visits", "encoding": "numeric"},
]
COLUMNS = ["age", "plan", "since", "visits"]

PARAMETERS: dict[str, dict[str, Any]] = {
    "squared error": {"objective": "reg:squarederror"},
    "absolute error": {"objective": "reg:absoluteerror"},
    "Huber": {"objective": "reg:pseudohubererror"},
    "squared log error": {"objective": "reg:squaredlogerror"},
    "Poisson": {"objective": "count:poisson"},
    "gamma": {"objective": "reg:gamma"},
    "Tweedie": {"objective": "reg:tweedie"},
    "two classes": {"objective": "binary:logistic"},
    "a share": {"objective": "reg:logistic"},
    "three classes": {"objective": "multi:softprob", "num_class": 3},
    "seven classes": {"objective": "multi:softprob", "num_class": 7},
    "linear": {"objective": "reg:squarederror", "booster": "gblinear"},
    "linear of classes": {"objective": "multi:softprob", "num_class": 3, "booster": "gblinear"},
    "linear of two": {"objective": "binary:logistic", "booster": "gblinear"},
    "DART": {"objective": "reg:squarederror", "booster": "dart", "rate_drop": 0.3},
    "DART of classes": {
        "objective": "multi:softprob", "num_class": 3, "booster": "dart", "rate_drop": 0.3,
    },
    "forest": {"objective": "binary:logistic", "num_parallel_tree": 3, "subsample": 0.5},
}  # fmt: skip


def rows(count: int, seed: int = 0) -> Any:
    """Return features (rows, 6) with missing values and one-hot ones."""
    draw = np.random.default_rng(seed)
    matrix = draw.normal(size=(count, len(FEATURES))).astype(np.float32)
    plan = draw.integers(0, 3, count)
    matrix[:, 1], matrix[:, 3] = plan == 0, plan == 1
    matrix[:, 4] = draw.integers(1, 13, count)
    matrix[draw.random(count) < 0.2, 0] = np.nan
    matrix[draw.random(count) < 0.1, 2] = np.nan
    return matrix


def trained(parameters: dict[str, Any], seed: int = 0, rounds: int = 25) -> xgboost.Booster:
    """Train on 400 rows whose target depends on columns alone and together."""
    matrix = rows(400, seed)
    filled = np.nan_to_num(matrix)
    signal = filled[:, 0] + 2 * filled[:, 1] * filled[:, 5] + np.sin(filled[:, 4]) + filled[:, 2]
    signal += np.random.default_rng(seed).normal(size=len(signal)) / 2
    objective, classes = parameters["objective"], parameters.get("num_class", 2)
    if objective.startswith(("multi:", "binary:", "rank:")):
        cuts = np.quantile(signal, np.linspace(0, 1, classes + 1)[1:-1])
        label = np.digitize(signal, cuts)
    elif objective == "reg:logistic":
        label = 1 / (1 + np.exp(-signal))
    elif objective in ("reg:squarederror", "reg:absoluteerror", "reg:pseudohubererror"):
        label = 1000 * signal
    else:
        label = np.round(np.exp(signal / 2)) + 1
    depth = {} if parameters.get("booster") == "gblinear" else {"max_depth": 4}
    given = {"eta": 0.3, "seed": seed, **depth, **parameters}
    return xgboost.train(given, xgboost.DMatrix(matrix, label=label), rounds)


def csv_of(matrix: Any) -> bytes:
    """Write features as they are sent to the container, a line a row."""
    lines = (
        ",".join("" if np.isnan(value) else repr(value) for value in row) + "\n"
        for row in matrix.astype(float).tolist()
    )
    return "".join(lines).encode()


def ensemble(name: str, count: int = 1) -> Ensemble:
    """Return a model of so many boosters, each trained on other rows."""
    boosters = [trained(PARAMETERS[name], seed) for seed in range(count)]
    return Ensemble.of_files(bytes(booster.save_raw("ubj")) for booster in boosters)


def subsets(of: list[int]) -> list[tuple[int, ...]]:
    return [each for size in range(len(of) + 1) for each in itertools.combinations(of, size)]
