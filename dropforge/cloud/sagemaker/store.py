"""What the service remembers, by account and region, and how it is saved."""

import time
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region

# Describe responses by name, or by ARN for packages; private parts start with "_".
training_jobs = AccountRegionScopedDict()
transform_jobs = AccountRegionScopedDict()
models = AccountRegionScopedDict()
package_groups = AccountRegionScopedDict()
packages = AccountRegionScopedDict()
tags = AccountRegionScopedDict()

_ALL = {
    "training_jobs": training_jobs,
    "transform_jobs": transform_jobs,
    "models": models,
    "package_groups": package_groups,
    "packages": packages,
    "tags": tags,
}


def snapshot() -> dict[str, Any]:
    """Return all of it, for ministack to write as JSON."""
    return dict(_ALL)


def restore(saved: dict[str, Any]) -> None:
    """Take back what `snapshot` gave; a job that was running then has failed."""
    for name, kept in _ALL.items():
        if name in saved:
            kept._data.clear()
            kept._data.update(saved[name]._data)
    for jobs, prefix in ((training_jobs, "Training"), (transform_jobs, "Transform")):
        for job in jobs._data.values():
            if job[f"{prefix}JobStatus"] in ("InProgress", "Stopping"):
                job[f"{prefix}JobStatus"] = "Failed"
                job["FailureReason"] = (
                    "InternalServerError: We encountered an internal error. Please try again. "
                    "(The local cloud ended while the job ran.)"
                )
                if prefix == "Training":
                    job["SecondaryStatus"] = "Failed"


def clear() -> None:
    """Forget all of it."""
    for kept in _ALL.values():
        kept._data.clear()


def arn(kind: str, name: str) -> str:
    """Return the ARN of a resource; SageMaker's have the name in lower case."""
    return f"arn:aws:sagemaker:{get_region()}:{get_account_id()}:{kind}/{name.lower()}"


def now() -> float:
    """Return the time as the API gives it: seconds, with milliseconds."""
    return round(time.time(), 3)


def public(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record without its private parts and without absent values."""
    return {
        key: value for key, value in record.items() if not key.startswith("_") and value is not None
    }
