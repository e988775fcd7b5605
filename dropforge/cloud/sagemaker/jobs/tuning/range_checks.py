"""What ranges of hyperparameters a tuning job of XGBoost may have.

The rules are those of the SageMaker developer guide, "Define hyperparameter ranges" and
"Tune an XGBoost model".
"""

import math
from typing import Any

from dropforge.cloud.api_errors import invalid
from dropforge.cloud.sagemaker.container.known_hyperparameters import HYPERPARAMETERS
from dropforge.cloud.sagemaker.container.known_names import ALIASES

_MOST_RANGES = 30
# "Tunable XGBoost hyperparameters"; the whole ones must be integers.
_WHOLE = {"max_depth", "num_round"}
_TUNABLE = _WHOLE | {
    "alpha",
    "colsample_bylevel",
    "colsample_bynode",
    "colsample_bytree",
    "eta",
    "gamma",
    "lambda",
    "max_delta_step",
    "min_child_weight",
    "subsample",
}


def check(given: dict[str, Any], static: dict[str, str]) -> None:
    """Refuse ranges that XGBoost cannot take, or that contradict one another.

    Parameters
    ----------
    given : the ParameterRanges of a request.
    static : the hyperparameters that are not tuned.

    Raises
    ------
    ApiError
        The request is refused.
    """
    each_kind = [
        (kind, each)
        for kind in ("Integer", "Continuous", "Categorical")
        for each in given.get(f"{kind}ParameterRanges", [])
    ]
    if not each_kind:
        raise invalid("ParameterRanges has no range; name at least one hyperparameter to tune")
    if len(each_kind) > _MOST_RANGES:
        raise invalid(f"{len(each_kind)} hyperparameters to tune are more than {_MOST_RANGES}")
    fixed = {ALIASES.get(name, name) for name in static}
    seen: set[str] = set()
    for kind, each in each_kind:
        name = ALIASES.get(each["Name"], each["Name"])
        if name not in _TUNABLE:
            raise invalid(
                f"The hyperparameter [{each['Name']}] of XGBoost is not tunable; "
                f"tunable are {', '.join(sorted(_TUNABLE))}"
            )
        if name in seen:
            raise invalid(f"The hyperparameter [{each['Name']}] has more than one range")
        if name in fixed:
            raise invalid(
                f"The hyperparameter [{each['Name']}] is both in ParameterRanges and in "
                "StaticHyperParameters; leave one of them out"
            )
        seen.add(name)
        _check_values(kind, each, name)


def _check_values(kind: str, each: dict[str, Any], name: str) -> None:
    if kind == "Categorical":
        values = each["Values"]
        if len(set(values)) < len(values):
            raise invalid(f"The values of [{each['Name']}] are not distinct: {', '.join(values)}")
    else:
        values = [each["MinValue"], each["MaxValue"]]
    if kind == "Continuous" and name in _WHOLE:
        raise invalid(f"The hyperparameter [{each['Name']}] takes integers; give an integer range")
    known = HYPERPARAMETERS[name]
    read = int if kind == "Integer" else known.parse
    for value in values:
        try:
            allowed = math.isfinite(number := read(value)) and number in known.allowed
        except ValueError:
            allowed = False
        if not allowed:
            raise invalid(
                f"The value [{value}] of the hyperparameter [{each['Name']}] is not in the range "
                f"that XGBoost takes, {known.allowed}"
            )
    if kind != "Categorical":
        _check_scaling(kind, each, float(values[0]), float(values[1]))


def _check_scaling(kind: str, each: dict[str, Any], low: float, high: float) -> None:
    if low >= high:
        raise invalid(
            f"MinValue [{each['MinValue']}] of the hyperparameter [{each['Name']}] must be less "
            f"than MaxValue [{each['MaxValue']}]"
        )
    scaling = each.get("ScalingType", "Auto")
    if scaling == "Logarithmic" and low <= 0:
        raise invalid(
            f"Logarithmic scaling of [{each['Name']}] needs values greater than 0, not "
            f"[{each['MinValue']}]"
        )
    if scaling == "ReverseLogarithmic" and (kind == "Integer" or not 0 <= low < high < 1):
        raise invalid(
            f"ReverseLogarithmic scaling of [{each['Name']}] needs a continuous range within "
            f"0 <= x < 1, not [{each['MinValue']}] to [{each['MaxValue']}]"
        )
