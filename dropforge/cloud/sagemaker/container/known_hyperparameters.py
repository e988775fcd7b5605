"""The hyperparameters that the container knows, with types and ranges.

From sagemaker_xgboost_container/algorithm_mode/hyperparameter_validation.py.
"""

import ast

from dropforge.cloud.sagemaker.container.known_names import MAXIMIZE, MINIMIZE, OBJECTIVES, UPDATERS
from dropforge.cloud.sagemaker.container.ranges import Hyperparameter, Interval, Metrics


def _integer(low: float, high: float | None = None, **ends: bool) -> Hyperparameter:
    return Hyperparameter(int, Interval(low, high, **ends))


def _number(low: float, high: float | None = None, **ends: bool) -> Hyperparameter:
    return Hyperparameter(float, Interval(low, high, **ends))


def _choice(*values: str) -> Hyperparameter:
    return Hyperparameter(str, list(values))


def _list(text: str) -> list[str]:
    return text.split(",")


_SHARE = _number(0, 1, low_open=True)
_WEIGHT, _RATE, _FLAG = _number(0), _number(0, 1), _integer(0, 1)
_BOOLEAN = _choice("true", "false")
HYPERPARAMETERS = {
    "num_round": _integer(1),
    "csv_weights": _FLAG,
    "early_stopping_rounds": _integer(1),
    "booster": _choice("gbtree", "gblinear", "dart"),
    "verbosity": _integer(0, 3),
    "nthread": _integer(1),
    "eta": _RATE,
    "gamma": _WEIGHT,
    "max_depth": _integer(0),
    "min_child_weight": _WEIGHT,
    "max_delta_step": _WEIGHT,
    "subsample": _SHARE,
    "colsample_bytree": _SHARE,
    "colsample_bylevel": _SHARE,
    "colsample_bynode": _SHARE,
    "lambda": _WEIGHT,
    "alpha": _WEIGHT,
    "tree_method": _choice("auto", "exact", "approx", "hist", "gpu_hist"),
    "sketch_eps": _number(0, 1, low_open=True, high_open=True),
    "scale_pos_weight": _number(0, low_open=True),
    "updater": Hyperparameter(_list, UPDATERS, depth=1),
    "dsplit": _choice("row", "col"),
    "refresh_leaf": _FLAG,
    "process_type": _choice("default", "update"),
    "grow_policy": _choice("depthwise", "lossguide"),
    "max_leaves": _integer(0),
    "max_bin": _integer(0),
    "predictor": _choice("auto", "cpu_predictor", "gpu_predictor"),
    "monotone_constraints": Hyperparameter(ast.literal_eval, [-1, 0, 1], depth=1),
    "interaction_constraints": Hyperparameter(ast.literal_eval, Interval(1), depth=2),
    "sample_type": _choice("uniform", "weighted"),
    "normalize_type": _choice("tree", "forest"),
    "rate_drop": _RATE,
    "one_drop": _FLAG,
    "skip_drop": _RATE,
    "lambda_bias": _RATE,
    "tweedie_variance_power": _number(1, 2, low_open=True, high_open=True),
    "objective": Hyperparameter(str, OBJECTIVES),
    "num_class": _integer(2),
    "base_score": _WEIGHT,
    "_kfold": _integer(2),
    "_num_cv_round": _integer(1),
    "_tuning_objective_metric": Hyperparameter(
        str, [f"validation:{name}" for name in MAXIMIZE + MINIMIZE]
    ),
    "eval_metric": Hyperparameter(_list, Metrics(), depth=1),
    "seed": _integer(-(2**31), 2**31 - 1, low_open=True, high_open=True),
    "num_parallel_tree": _integer(1),
    "save_model_on_termination": _BOOLEAN,
    "aft_loss_distribution": _choice("normal", "logistic", "extreme"),
    "aft_loss_distribution_scale": _WEIGHT,
    "deterministic_histogram": _BOOLEAN,
    "sampling_method": _choice("uniform", "gradient_based"),
    "prob_buffer_row": _integer(1, low_open=True),
    "use_dask_gpu_training": _BOOLEAN,
}
