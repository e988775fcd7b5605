"""What the training job may use: machines, disk, time, and money."""

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.documents.encoder import Encoder, Feature, ValueTable
from pipeline.documents.state import JobFacts
from pipeline.errors import SettingsError
from pipeline.settings import Settings

PRICES_FILE = Path(__file__).with_name("prices.json")
_SHORTEST_SECONDS = 60
_GIB = 1 << 30
# Queueing, provisioning, the download and SageMaker's own launches anew when an instance type is
# short do not count to MaxRuntimeInSeconds. A state that ends before its job loses a paid model.
_AROUND_SECONDS = 10_800
# Half as much again as the parts: checkpoints, the model, and what a file system needs itself.
_HEADROOM = 1.5
_SMALLEST_VOLUME_GIB = 10
# Bytes of an encoded value and the comma behind it, at most.
_FLAG_BYTES = 2
_HASH_BYTES = 4
_DATE_BYTES = 8
_MEAN_BYTES = 15
_FLOAT_BYTES = 25


@cache
def _prices() -> dict[str, Any]:
    prices: dict[str, Any] = json.loads(PRICES_FILE.read_text(encoding="utf-8"))
    return prices


def encoded_bytes(encoder: Encoder, rows: int, size: int) -> int:
    """Return how many bytes the parts for training and validation have at most.

    Parameters
    ----------
    size : of the plain CSV, in bytes: plain numbers are written as they stand there.
    """
    classes = encoder["target"]["classes"]
    label = _index_bytes(classes) if classes else _FLOAT_BYTES
    tables = encoder.get("tables", {})
    return size + rows * (label + sum(_width(feature, tables) for feature in encoder["features"]))


def _width(feature: Feature, tables: dict[str, ValueTable]) -> int:
    encoding = feature["encoding"]
    if encoding == "value_rank":
        return _index_bytes(tables[feature["column"]]["keys"].split())
    if encoding == "numeric":
        return 0 if feature["style"] == "plain" else _FLOAT_BYTES
    if encoding == "frequency_rank":
        return _index_bytes(feature["categories"])
    widths = {"hash": _HASH_BYTES, "date": _DATE_BYTES, "target_mean": _MEAN_BYTES}
    return widths.get(encoding, _FLAG_BYTES)


def _index_bytes(values: list[str]) -> int:
    return len(str(len(values))) + 1


def job_of(settings: Settings, default_instance: str, size: int) -> JobFacts:
    """Return resource_config, stopping_condition, use_spot and timeout_seconds.

    Parameters
    ----------
    default_instance : the stack's instance type.
    size : of the parts for training and validation, in bytes.

    Raises
    ------
    SettingsError
        max_cost_usd is set and its instance type has no known price, or it buys less
        than a minute; or instances are to be kept that AWS may take back.
    """
    instance = settings.get("instance_type", default_instance)
    count = settings["instance_count"]
    seconds = settings["max_runtime_seconds"]
    kept = settings.get("keep_alive_seconds", 0)
    if kept and settings["use_spot"]:
        raise SettingsError(
            f"pipeline.json sets keep_alive_seconds {kept} and use_spot true, but spot instances "
            f"are not kept; delete one of them"
        )
    if (limit := settings.get("max_cost_usd")) is not None:
        seconds = _seconds_for(limit, instance, count, seconds, kept)
    stopping = {"MaxRuntimeInSeconds": seconds}
    wait = seconds
    if settings["use_spot"]:
        wait = stopping["MaxWaitTimeInSeconds"] = 2 * seconds
    resources: dict[str, Any] = {
        "InstanceType": instance,
        "InstanceCount": count,
        "VolumeSizeInGB": max(_SMALLEST_VOLUME_GIB, math.ceil(_HEADROOM * size / _GIB)),
    }
    if kept:
        resources["KeepAlivePeriodInSeconds"] = kept
    return {
        "resource_config": resources,
        "stopping_condition": stopping,
        "use_spot": settings["use_spot"],
        "timeout_seconds": wait + _AROUND_SECONDS,
    }


def usd_per_hour(resources: dict[str, Any]) -> float | None:
    """Return the price of a job's instances; None if it is not known.

    Parameters
    ----------
    resources : SageMaker's ResourceConfig.
    """
    price = _prices()["usd_per_hour"].get(resources["InstanceType"])
    return None if price is None else float(price) * int(resources["InstanceCount"])


def _seconds_for(limit: float, instance: str, count: int, longest: int, kept: int) -> int:
    """Return how long a job may run, if its instances are kept afterwards."""
    table = _prices()
    price = table["usd_per_hour"].get(instance)
    if price is None:
        raise SettingsError(
            f"pipeline.json sets max_cost_usd, but the price of {instance} is not known (prices "
            f"of {table['date']}, {table['region']}); delete max_cost_usd and set "
            f"max_runtime_seconds, or use one of {', '.join(sorted(table['usd_per_hour']))}"
        )
    seconds = int(min(limit / (price * count) * 3600 - kept, longest))
    if seconds < _SHORTEST_SECONDS:
        least = price * count * (_SHORTEST_SECONDS + kept) / 3600
        cents = math.ceil(least * 100) / 100
        raise SettingsError(
            f"max_cost_usd {limit:g} in pipeline.json buys {max(0, seconds)} seconds of {count} x "
            f"{instance}{f' beside keep_alive_seconds {kept}' if kept else ''}; a job needs "
            f"{_SHORTEST_SECONDS}: set at least {cents:g}"
        )
    return seconds
