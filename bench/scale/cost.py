"""What a run costs on AWS, itemised, beside other ways to do the same."""

import json
from pathlib import Path
from typing import Any

from bench.scale.growth import Size
from bench.scale.measured import JOBS
from prepare.training.job import PRICES_FILE

PRICES: dict[str, Any] = json.loads(
    Path(__file__).with_name("prices.json").read_text(encoding="utf-8")
)
_INSTANCES: dict[str, float] = json.loads(PRICES_FILE.read_text("utf-8"))["usd_per_hour"]
_FUNCTION_GB = 3008 / 1024
_GB = 1e9
_HOURS_A_MONTH = 730
_USUAL = "ml.m5.large"
_PROCESSORS = {"ml.m5.large": 2, "ml.m5.xlarge": 4, "ml.m5.2xlarge": 8, "ml.m5.4xlarge": 16,
               "ml.m5.12xlarge": 48, "ml.m5.24xlarge": 96}  # fmt: skip
_MEASURED_PROCESSORS = 2
_SAMPLE = "ml.m4.xlarge"
"""Of AWS's sample "Train a machine learning model", for both of its jobs; with four processors."""
_SAMPLE_PROCESSORS = 4
_SAMPLE_TRANSITIONS = 5
_LAMBDA_SECONDS = 900
_LAMBDA_GIB = 3.0
"""Of a new account; 10 at most."""


def overhead_seconds() -> float:
    """Return the seconds of a job that are billed beside its work."""
    return float(PRICES["job_overhead_seconds"]["seconds"])


def cost_of(size: Size) -> dict[str, float | None]:
    """Return each item in USD; None for jobs on instances whose price is not known."""
    around = size.around.values()
    seconds = size.function_seconds * _FUNCTION_GB + sum(
        one["seconds"] * one["memory_mb"] / 1024 for one in around
    )
    lambdas = seconds * _usd("lambda_gb_second") + size.invocations * _usd("lambda_request")
    return {
        "Lambda": lambdas,
        "Step Functions": size.transitions * _usd("transition"),
        "S3 requests": size.puts * _usd("s3_put") + size.gets * _usd("s3_get"),
        "Training": _jobs(size, JOBS[:2], size.instance),
        "Batch transform": _jobs(size, JOBS[2:], _USUAL),
        "Logs, metrics, message": size.log_bytes / _GB * _usd("logs_gb")
        + size.metrics * _usd("metric_month") / _HOURS_A_MONTH
        + _usd("sns_email"),
    }


def kept(size: Size) -> float:
    """Return what the dropped file and all that the run wrote cost in a month."""
    return size.stored_bytes / _GB * _usd("s3_gb_month")


def total(items: dict[str, float | None]) -> float:
    """Return the sum of a run's items, as far as they are known."""
    return sum(usd for usd in items.values() if usd is not None)


def of_sample(size: Size) -> float:
    """Return what AWS's sample costs with the same rows, encoded by somebody before."""
    jobs = [size.tasks[name] for name in (JOBS[0], JOBS[2])]
    work = sum(jobs) * _MEASURED_PROCESSORS / _SAMPLE_PROCESSORS
    paid = (work + len(jobs) * overhead_seconds()) / 3600 * _INSTANCES[_SAMPLE]
    return paid + _SAMPLE_TRANSITIONS * _usd("transition")


def without_jobs(size: Size) -> float | None:
    """Return what training and prediction would cost in functions; None if they do not fit."""
    seconds = [s for name, s in size.tasks.items() if name in JOBS]
    if max(seconds) > _LAMBDA_SECONDS or size.training_gib > _LAMBDA_GIB:
        return None
    items = cost_of(size)
    rest = [usd for name, usd in items.items() if name not in ("Training", "Batch transform")]
    return sum(usd for usd in rest if usd) + sum(seconds) * _FUNCTION_GB * _usd("lambda_gb_second")


def _jobs(size: Size, names: tuple[str, ...], instance: str | None) -> float | None:
    if instance is None or instance not in _INSTANCES or instance not in _PROCESSORS:
        return None
    found = [name for name in names if name in size.tasks]
    faster = _MEASURED_PROCESSORS / _PROCESSORS[instance]
    seconds = sum(size.tasks[name] * faster + overhead_seconds() for name in found)
    return seconds / 3600 * _INSTANCES[instance]


def _usd(name: str) -> float:
    return float(PRICES[name]["usd"])
