"""Which hyperparameters the container takes, and how it refuses others.

Follows sagemaker_xgboost_container/algorithm_mode/hyperparameter_validation.py
and sagemaker_algorithm_toolkit/hyperparameter_validation.py: names, types,
ranges, order of checks and the content of each message.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dropforge.cloud.sagemaker.container.errors import AlgorithmError, UserError
from dropforge.cloud.sagemaker.container.known_names import (
    ALIASES,
    GROWERS,
    LINEAR_UPDATERS,
    MAXIMIZE,
    MINIMIZE,
    OBJECTIVES,
    THRESHOLD_METRICS,
    TREE_UPDATERS,
    UPDATERS,
)


@dataclass(frozen=True)
class Interval:
    """A range of numbers; each end may be open, closed or absent."""

    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False

    def __contains__(self, value: float) -> bool:
        if self.low is not None and (value < self.low or (self.low_open and value == self.low)):
            return False
        return not (
            self.high is not None and (value > self.high or (self.high_open and value == self.high))
        )

    def __str__(self) -> str:
        low = "(-inf" if self.low is None else f"{'(' if self.low_open else '['}{self.low}"
        high = "+inf)" if self.high is None else f"{self.high}{')' if self.high_open else ']'}"
        return f"{low}, {high}"


@dataclass(frozen=True)
class Hyperparameter:
    """How to read one hyperparameter, and what it may be."""

    parse: Callable[[str], Any]
    allowed: Any
    elements: bool = False  # whether the range holds for each element of a list

    def check(self, name: str, value: Any) -> None:
        """Refuse a value out of range."""
        if not self.elements:
            if value not in self.allowed:
                raise UserError(f"Hyperparameter {name}: {value} is not in {self.allowed}")
            return
        flat = [x for each in value for x in (each if isinstance(each, list) else [each])]
        if any(each not in self.allowed for each in flat):
            raise UserError(f"Hyperparameter {name}: value {value} not in range {self.allowed}")


class _Metrics:
    """The evaluation metrics: a name of the lists, or one with a threshold."""

    def __contains__(self, metric: str) -> bool:
        if "<function" in metric:
            raise UserError(f"User defined evaluation metric {metric} is not supported yet.")
        if "@" not in metric:
            return metric in MAXIMIZE + MINIMIZE
        name, threshold = (part.strip() for part in metric.split("@")[:2])
        if name not in THRESHOLD_METRICS:
            raise UserError(
                f"Metric '{metric}' is not supported. Parameter 'eval_metric' with customized "
                "threshold should be one of these options: 'error', 'ndcg', 'map'."
            )
        try:
            float(threshold)
        except ValueError as error:
            raise UserError(f"Threshold value 't' in '{name}@t' expects float input.") from error
        return True

    def __str__(self) -> str:
        return str(MAXIMIZE + MINIMIZE)


def _integer(low: float, high: float | None = None, **ends: bool) -> Hyperparameter:
    return Hyperparameter(int, Interval(low, high, **ends))


def _number(low: float, high: float | None = None, **ends: bool) -> Hyperparameter:
    return Hyperparameter(float, Interval(low, high, **ends))


def _choice(*values: str) -> Hyperparameter:
    return Hyperparameter(str, list(values))


def _list(text: str) -> list[str]:
    return text.split(",")


def _known() -> dict[str, Hyperparameter]:
    share = _number(0, 1, low_open=True)
    weight, rate, flag = _number(0), _number(0, 1), _integer(0, 1)
    boolean = _choice("true", "false")
    return {
        "num_round": _integer(1),
        "csv_weights": flag,
        "early_stopping_rounds": _integer(1),
        "booster": _choice("gbtree", "gblinear", "dart"),
        "verbosity": _integer(0, 3),
        "nthread": _integer(1),
        "eta": rate,
        "gamma": weight,
        "max_depth": _integer(0),
        "min_child_weight": weight,
        "max_delta_step": weight,
        "subsample": share,
        "colsample_bytree": share,
        "colsample_bylevel": share,
        "colsample_bynode": share,
        "lambda": weight,
        "alpha": weight,
        "tree_method": _choice("auto", "exact", "approx", "hist", "gpu_hist"),
        "sketch_eps": _number(0, 1, low_open=True, high_open=True),
        "scale_pos_weight": _number(0, low_open=True),
        "updater": Hyperparameter(_list, UPDATERS, elements=True),
        "dsplit": _choice("row", "col"),
        "refresh_leaf": flag,
        "process_type": _choice("default", "update"),
        "grow_policy": _choice("depthwise", "lossguide"),
        "max_leaves": _integer(0),
        "max_bin": _integer(0),
        "predictor": _choice("auto", "cpu_predictor", "gpu_predictor"),
        "monotone_constraints": Hyperparameter(ast.literal_eval, [-1, 0, 1], elements=True),
        "interaction_constraints": Hyperparameter(ast.literal_eval, Interval(1), elements=True),
        "sample_type": _choice("uniform", "weighted"),
        "normalize_type": _choice("tree", "forest"),
        "rate_drop": rate,
        "one_drop": flag,
        "skip_drop": rate,
        "lambda_bias": rate,
        "tweedie_variance_power": _number(1, 2, low_open=True, high_open=True),
        "objective": Hyperparameter(str, OBJECTIVES),
        "num_class": _integer(2),
        "base_score": weight,
        "_kfold": _integer(2),
        "_num_cv_round": _integer(1),
        "_tuning_objective_metric": Hyperparameter(
            str, [f"validation:{name}" for name in MAXIMIZE + MINIMIZE]
        ),
        "eval_metric": Hyperparameter(_list, _Metrics(), elements=True),
        "seed": _integer(-(2**31), 2**31 - 1, low_open=True, high_open=True),
        "num_parallel_tree": _integer(1),
        "save_model_on_termination": boolean,
        "aft_loss_distribution": _choice("normal", "logistic", "extreme"),
        "aft_loss_distribution_scale": weight,
        "deterministic_histogram": boolean,
        "sampling_method": _choice("uniform", "gradient_based"),
        "prob_buffer_row": _integer(1, low_open=True),
        "use_dask_gpu_training": boolean,
    }


def validate(given: Mapping[str, str]) -> dict[str, Any]:
    """Read and check the hyperparameters of a job.

    Parameters
    ----------
    given : all values are strings, as SageMaker hands them over.

    Returns
    -------
    Values by name, aliases resolved, numbers as numbers and lists as lists.

    Raises
    ------
    UserError
        One is missing, unknown, cannot be read, out of range, or contradicts another.
    """
    known = _known()
    named = {ALIASES.get(name, name): value for name, value in given.items()}
    if "num_round" not in named:
        raise UserError("Missing required hyperparameter: num_round")
    values: dict[str, Any] = {}
    for name, text in named.items():
        if name not in known:
            raise UserError(f"Extraneous hyperparameter found: {name}")
        try:
            values[name] = known[name].parse(text)
        except (ValueError, SyntaxError) as error:
            raise UserError(f"Hyperparameter {name}: could not parse value", error) from error
    for name, value in values.items():
        try:
            known[name].check(name, value)
        except UserError:
            raise
        except Exception as error:
            raise AlgorithmError(
                f"Hyperparameter {name}: unexpected failure when validating {value}", error
            ) from error
    _check_together(values)
    return values


def _check_together(values: dict[str, Any]) -> None:
    objective, method = values.get("objective"), values.get("tree_method")
    if objective in ("multi:softmax", "multi:softprob") and "num_class" not in values:
        raise UserError("Require input for parameter 'num_class' for multi-classification")
    if "monotone_constraints" in values and method not in ("exact", "hist"):
        raise UserError(
            "monotone_constraints can be used only when the tree_method parameter is set to "
            "either 'exact' or 'hist'."
        )
    if "interaction_constraints" in values and method not in ("exact", "hist", "approx"):
        raise UserError(
            "interaction_constraints can be used only when the tree_method parameter is set to "
            "either 'exact', 'hist' or 'approx'."
        )
    if "eval_metric" in values:
        _check_metrics(values["eval_metric"], objective)
    if "updater" in values:
        _check_updaters(values)


def _check_metrics(metrics: list[str], objective: str | None) -> None:
    if objective is None:
        # The container looks the objective up without a default.
        raise AlgorithmError("'objective'")
    if "auc" in metrics and not objective.startswith(("binary:", "rank:")):
        raise UserError("Metric 'auc' can only be applied for classification and ranking problems.")
    if "aft-nloglik" in metrics and objective != "survival:aft":
        raise UserError("Metric 'aft-nloglik' can only be applied for 'survival:aft' objective.")


def _check_updaters(values: dict[str, Any]) -> None:
    updaters = values["updater"]
    if values.get("booster") == "gblinear":
        if not (len(updaters) == 1 and updaters[0] in LINEAR_UPDATERS):
            raise UserError(
                "Linear updater should be one of these options: 'shotgun', 'coord_descent'."
            )
    elif values.get("process_type") == "update":
        if not all(each in ("refresh", "prune") for each in updaters):
            raise UserError(
                "process_type 'update' can only be used with updater 'refresh' and 'prune'"
            )
    elif not all(each in TREE_UPDATERS for each in updaters):
        options = ", ".join(f"'{each}'" for each in TREE_UPDATERS)
        raise UserError(f"Tree updater should be selected from these options: {options}.")
    elif sum(each in GROWERS for each in updaters) > 1:
        raise UserError("Only one tree grow plugin can be selected.")
