"""What the training job may use: machines, disk, time, and money."""

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.errors import SettingsError
from pipeline.settings import Settings

PRICES_FILE = Path(__file__).with_name("prices.json")
_SHORTEST_SECONDS = 60
_GIB = 1 << 30
# Queueing, provisioning and upload come on top of the job's own time.
_AROUND_SECONDS = 1800


@cache
def _prices() -> dict[str, Any]:
    prices: dict[str, Any] = json.loads(PRICES_FILE.read_text(encoding="utf-8"))
    return prices


def job_of(settings: Settings, default_instance: str, size: int) -> dict[str, Any]:
    """Return resource_config, stopping_condition, use_spot and timeout_seconds.

    Parameters
    ----------
    default_instance : the stack's instance type.
    size : of the CSV, in bytes.

    Raises
    ------
    SettingsError
        max_cost_usd is set and its instance type has no known price, or it buys less
        than a minute.
    """
    instance = settings.get("instance_type", default_instance)
    count = settings["instance_count"]
    seconds = settings["max_runtime_seconds"]
    if (limit := settings.get("max_cost_usd")) is not None:
        seconds = min(seconds, _seconds_for(limit, instance, count))
    stopping = {"MaxRuntimeInSeconds": seconds}
    wait = seconds
    if settings["use_spot"]:
        wait = stopping["MaxWaitTimeInSeconds"] = min(2 * seconds, 2 * 432_000)
    return {
        "resource_config": {
            "InstanceType": instance,
            "InstanceCount": count,
            # Encoded parts are about as large as the file; one-hot columns can treble it.
            "VolumeSizeInGB": max(10, math.ceil(4 * size / _GIB)),
        },
        "stopping_condition": stopping,
        "use_spot": settings["use_spot"],
        "timeout_seconds": wait + _AROUND_SECONDS,
    }


def _seconds_for(limit: float, instance: str, count: int) -> int:
    table = _prices()
    price = table["usd_per_hour"].get(instance)
    if price is None:
        raise SettingsError(
            f"pipeline.json sets max_cost_usd, but the price of {instance} is not known (prices "
            f"of {table['date']}, {table['region']}); delete max_cost_usd and set "
            f"max_runtime_seconds, or use one of {', '.join(sorted(table['usd_per_hour']))}"
        )
    seconds = int(limit / (price * count) * 3600)
    if seconds < _SHORTEST_SECONDS:
        least = price * count * _SHORTEST_SECONDS / 3600
        cents = math.ceil(least * 100) / 100
        raise SettingsError(
            f"max_cost_usd {limit:g} in pipeline.json buys {seconds} seconds of {count} x "
            f"{instance}; a job needs {_SHORTEST_SECONDS}: set at least {cents:g}"
        )
    return seconds
