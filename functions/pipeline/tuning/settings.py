"""The part of pipeline.json that tells how hyperparameters are searched for."""

from decimal import Decimal
from typing import Literal, NotRequired, TypedDict

from pipeline.errors import SettingsError

_PARALLEL_JOBS = 4


class TuningSettings(TypedDict):
    """How hyperparameters are searched for."""

    jobs: int
    parallel: int
    strategy: Literal["Bayesian", "Hyperband", "Random"]
    ranges: dict[str, list[float]]
    """By hyperparameter: the least and the most."""
    max_cost_usd: NotRequired[float]


def plain(number: float) -> str:
    """Write a number with all its digits and without an exponent, as SageMaker's ranges want it."""
    return str(int(number)) if number == int(number) else f"{Decimal(str(number)):f}"


def check_tuning(tuning: TuningSettings, source: str) -> None:
    """Refuse a search that contradicts itself; how many jobs run at once may be left open.

    Raises
    ------
    SettingsError
    """
    for name, (low, high) in tuning["ranges"].items():
        if not low < high:
            raise SettingsError(
                f"{source}: tuning.ranges.{name} goes from {plain(low)} to {plain(high)}; the "
                f"first must be less than the second, and a value that is to stay belongs into "
                f"hyperparameters"
            )
    most = tuning["jobs"] - 1
    if tuning.setdefault("parallel", min(_PARALLEL_JOBS, most)) > most:
        raise SettingsError(
            f"{source}: tuning.parallel is {tuning['parallel']}, but of {tuning['jobs']} jobs the "
            f"first runs alone; set tuning.parallel to at most {most}, or raise tuning.jobs"
        )
