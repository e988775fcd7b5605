"""The ranges of a tuning job: what values a hyperparameter may take, and how they are written."""

import math
from dataclasses import dataclass
from typing import Any

# What Auto means here; the service chooses by rules of its own, which are not public.
_LOGARITHMIC_FROM = 10


@dataclass(frozen=True)
class Numbers:
    """Integers or real numbers between two ends, which belong to it.

    Parameters
    ----------
    whole : whether only integers are meant.
    scaling : Linear, Logarithmic or ReverseLogarithmic.
    """

    name: str
    low: float
    high: float
    whole: bool
    scaling: str

    @property
    def combinations(self) -> float:
        """How many values there are."""
        return self.high - self.low + 1 if self.whole else math.inf

    def written(self, value: Any) -> str:
        """Return a value as a hyperparameter."""
        return str(int(value)) if self.whole else repr(float(value))

    def read(self, text: str) -> float | None:
        """Return the value of a hyperparameter, None if the range does not have it."""
        try:
            value = float(text)
        except ValueError:
            return None
        fits = self.low <= value <= self.high and not (self.whole and value != int(value))
        return value if fits else None


@dataclass(frozen=True)
class Choice:
    """One of some values."""

    name: str
    values: tuple[str, ...]

    @property
    def combinations(self) -> float:
        """How many values there are."""
        return len(self.values)

    def written(self, value: Any) -> str:
        """Return a value as a hyperparameter."""
        return str(value)

    def read(self, text: str) -> str | None:
        """Return the value of a hyperparameter, None if the range does not have it."""
        return text if text in self.values else None


Range = Numbers | Choice


def ranges_of(given: dict[str, Any]) -> list[Range]:
    """Read the ParameterRanges of a request, which was checked."""
    found: list[Range] = []
    for member, whole in (("IntegerParameterRanges", True), ("ContinuousParameterRanges", False)):
        for each in given.get(member, []):
            low, high = float(each["MinValue"]), float(each["MaxValue"])
            scaling = each.get("ScalingType", "Auto")
            if scaling == "Auto":
                wide = low > 0 and high / low > _LOGARITHMIC_FROM
                scaling = "Logarithmic" if wide else "Linear"
            found.append(Numbers(each["Name"], low, high, whole, scaling))
    found += [
        Choice(each["Name"], tuple(each["Values"]))
        for each in given.get("CategoricalParameterRanges", [])
    ]
    return found


def combinations_of(ranges: list[Range]) -> float:
    """Return how many combinations of values there are; infinite with a real number among them."""
    return math.prod(each.combinations for each in ranges)
