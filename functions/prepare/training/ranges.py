"""What a search tries: the ranges of hyperparameters, by the size of the data.

Chosen on the development datasets of bench/models (docs/adr/0062).
"""

from dataclasses import dataclass
from typing import Any

from pipeline.tuning.settings import plain
from prepare.training.hyperparameters import SMALL_ROWS

Ends = tuple[float, float]

_ALWAYS: dict[str, Ends] = {
    "eta": (0.02, 0.2),
    "min_child_weight": (1, 64),
    "subsample": (0.5, 1),
    "lambda": (0.1, 30),
}
_SMALL: dict[str, Ends] = {"max_depth": (2, 8)}
_LARGE: dict[str, Ends] = {"max_depth": (4, 12)}
_COLUMNS: Ends = (0.3, 1)
"""The share of columns by tree, or by node where the defaults have that."""
_OF_LINES: dict[str, Ends] = {"eta": (0.02, 1), "lambda": (0.001, 30), "alpha": (0.001, 10)}
"""A linear model has no trees."""
_WHOLE = ("max_depth", "max_delta_step")
_BY_FACTORS = ("eta", "min_child_weight", "lambda", "alpha")
"""Twice as much matters as much everywhere."""


@dataclass(frozen=True)
class Ranges:
    """The least and the most of each hyperparameter that is searched for."""

    ends: dict[str, Ends]

    def to_sagemaker(self) -> dict[str, list[dict[str, str]]]:
        """Return SageMaker's ParameterRanges."""
        found: dict[str, list[dict[str, str]]] = {
            "IntegerParameterRanges": [],
            "ContinuousParameterRanges": [],
            "CategoricalParameterRanges": [],
        }
        for name, (low, high) in self.ends.items():
            kind = "IntegerParameterRanges" if name in _WHOLE else "ContinuousParameterRanges"
            scale = "Logarithmic" if name in _BY_FACTORS and low > 0 else "Linear"
            found[kind].append(
                {
                    "Name": name,
                    "MinValue": plain(low),
                    "MaxValue": plain(high),
                    "ScalingType": scale,
                }
            )
        return found


def ranges_of(
    given: dict[str, list[float]],
    fixed: dict[str, Any],
    train_rows: int,
    hyperparameters: dict[str, str],
) -> Ranges:
    """Return the ranges: those given, else the defaults of what is not fixed.

    Parameters
    ----------
    fixed : hyperparameters that the settings name, which are not searched for.
    hyperparameters : of a run without a search.
    """
    by_node = "colsample_bynode" in hyperparameters and "colsample_bynode" not in fixed
    columns = {"colsample_bynode" if by_node else "colsample_bytree": _COLUMNS}
    sized = _ALWAYS | columns | (_SMALL if train_rows < SMALL_ROWS else _LARGE)
    defaults = _OF_LINES if hyperparameters.get("booster") == "gblinear" else sized
    free = {name: ends for name, ends in defaults.items() if name not in fixed}
    return Ranges(free | {name: (low, high) for name, (low, high) in given.items()})
