"""How the container checks the hyperparameters of a job, and how it refuses them.

Follows sagemaker_xgboost_container/algorithm_mode/hyperparameter_validation.py
and sagemaker_algorithm_toolkit/hyperparameter_validation.py: order of checks and
the content of each message. Names, types and ranges are in known_hyperparameters.
"""

from collections.abc import Mapping
from typing import Any

from dropforge.cloud.sagemaker.container.errors import AlgorithmError, UserError
from dropforge.cloud.sagemaker.container.known_hyperparameters import HYPERPARAMETERS
from dropforge.cloud.sagemaker.container.known_names import (
    ALIASES,
    GROWERS,
    LINEAR_UPDATERS,
    TREE_UPDATERS,
)


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
    named = {ALIASES.get(name, name): value for name, value in given.items()}
    if "num_round" not in named:
        raise UserError("Missing required hyperparameter: num_round")
    values: dict[str, Any] = {}
    for name, text in named.items():
        if name not in HYPERPARAMETERS:
            raise UserError(f"Extraneous hyperparameter found: {name}")
        try:
            values[name] = HYPERPARAMETERS[name].parse(text)
        except (ValueError, SyntaxError) as error:
            raise UserError(f"Hyperparameter {name}: could not parse value", error) from error
    for name, value in values.items():
        try:
            HYPERPARAMETERS[name].check(name, value)
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
