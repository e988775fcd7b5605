"""How a hyperparameter is read, and which values the container allows it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dropforge.cloud.sagemaker.container.errors import UserError
from dropforge.cloud.sagemaker.container.known_names import MAXIMIZE, MINIMIZE, THRESHOLD_METRICS


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
    depth: int = 0  # of lists, for whose elements the range holds

    def check(self, name: str, value: Any) -> None:
        """Refuse a value out of range."""
        if not self.depth:
            if value not in self.allowed:
                raise UserError(f"Hyperparameter {name}: {value} is not in {self.allowed}")
            return
        flat = value if self.depth == 1 else [each for inner in value for each in inner]
        if any(each not in self.allowed for each in flat):
            raise UserError(f"Hyperparameter {name}: value {value} not in range {self.allowed}")


class Metrics:
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
