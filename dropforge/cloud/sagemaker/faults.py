"""Faults on purpose, so that what handles a failure can be tested.

`faults.json` in the state directory, or the file that DROPFORGE_FAULTS names,
holds a list; each entry applies to as many matching calls as its count says:

    [{"operation": "CreateTrainingJob", "name": "churn-*", "fault": "throttling", "count": 2}]

fault: throttling, resource_limit or capacity refuse the call (capacity lets the
call pass and fails the job, as AWS does); fail_job fails the job with `message`;
slow_job lets the job take `seconds` longer; stopped_job ends the job at its time
limit with the model so far, and lets the `.sync` task that waits for it succeed:
whether AWS's does is not documented. The file is read at each call, so it can
change while the cloud is up; what was used up is forgotten when it changes.
"""

import json
import os
import threading
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from dropforge.cloud.sagemaker.errors import ApiError

_REFUSALS = {
    "throttling": ("ThrottlingException", "Rate exceeded"),
    # The text is the one quoted in aws/sagemaker-python-sdk#1069.
    "resource_limit": (
        "ResourceLimitExceeded",
        (
            "The account-level service limit 'ml.m5.xlarge for training job usage' is 0 Instances, "
            "with current utilization of 0 Instances and a request delta of 1 Instances. "
            "Please use AWS Service Quotas to request an increase for this quota."
        ),
    ),
}
_JOB_FAULTS = {"capacity", "fail_job", "slow_job", "stopped_job"}
CAPACITY = (
    "CapacityError: Unable to provision requested ML compute capacity. "
    "Please retry using a different ML instance type."
)


@dataclass(frozen=True)
class JobFault:
    """What is to happen to a job that the call starts."""

    failure: str | None = None
    seconds: float = 0.0
    stopped: bool = False


class Faults:
    """The faults of a file, and how often each was used."""

    def __init__(self, file: Path) -> None:
        self._file = Path(os.environ.get("DROPFORGE_FAULTS", str(file)))
        self._seen: bytes = b""
        self._left: list[dict[str, Any]] = []
        self._lock = threading.Lock()

    def meet(self, operation: str, name: str) -> JobFault:
        """Apply the first fault that is meant for a call.

        Raises
        ------
        ApiError
            The call is to be refused.
        """
        fault = self._take(operation, name)
        if fault is None:
            return JobFault()
        kind = fault["fault"]
        if kind in _REFUSALS:
            code, message = _REFUSALS[kind]
            raise ApiError(code, fault.get("message", message))
        if kind == "capacity":
            return JobFault(failure=fault.get("message", CAPACITY))
        if kind == "fail_job":
            message = fault.get("message", "AlgorithmError: a failure on purpose")
            return JobFault(failure=message, seconds=float(fault.get("seconds", 0)))
        return JobFault(seconds=float(fault.get("seconds", 0)), stopped=kind == "stopped_job")

    def _take(self, operation: str, name: str) -> dict[str, Any] | None:
        with self._lock:
            self._reload()
            for fault in self._left:
                fits = fnmatchcase(operation, fault.get("operation", "*"))
                if fits and fnmatchcase(name, fault.get("name", "*")) and fault["count"] > 0:
                    fault["count"] -= 1
                    return fault
        return None

    def _reload(self) -> None:
        try:
            content = self._file.read_bytes()
        except OSError:
            content = b""
        if content == self._seen:
            return
        self._seen = content
        try:
            self._left = [_checked(each) for each in json.loads(content or b"[]")]
        except (ValueError, TypeError, AttributeError) as error:
            self._left = []
            raise ApiError(
                "InternalFailure", f"{self._file} is no list of faults: {error}", 500
            ) from error


def _checked(fault: dict[str, Any]) -> dict[str, Any]:
    known = set(_REFUSALS) | _JOB_FAULTS
    if fault.get("fault") not in known:
        raise ValueError(f"fault {fault.get('fault')!r} is none of {sorted(known)}")
    return fault | {"count": int(fault.get("count", 1))}
