"""Faults on purpose, so that what handles a failure can be tested.

`faults.json` in the state directory, or the file that DROPFORGE_FAULTS names,
holds a list; each entry applies to as many matching calls as its count says:

    [{"operation": "CreateTrainingJob", "name": "churn-*", "fault": "throttling", "count": 2}]

fault, of any call: throttling, resource_limit (a quota of 0), quota_held (by other
jobs), server_error, access_denied and validation refuse it; slow_answer answers it
after `seconds`; lost_answer carries it out and breaks the answer off. Of a call that
starts a job: capacity and fail_job fail the job (with `message`), capacity as AWS
does; slow_job lets the job take `seconds` longer; stopped_job ends the job at its
time limit with the model so far, and lets the `.sync` task that waits for it succeed:
whether AWS's does is not documented. blank_lines lets a transform job that assembles
by Line put an empty line behind each answer, as AWS's may. quota_zero lets
GetServiceQuota find a quota of 0.

The file is read at each call, so it can change while the cloud is up; what was
used up is forgotten when it is written, be it the same again. Each fault that was
met is a line of `faults_met.jsonl` beside it.
"""

import json
import os
import threading
import time
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from dropforge.cloud.api_errors import ApiError

# Code, message, HTTP status.
_REFUSALS = {
    "throttling": ("ThrottlingException", "Rate exceeded", 400),
    # The text is the one quoted in aws/sagemaker-python-sdk#1069.
    "resource_limit": (
        "ResourceLimitExceeded",
        (
            "The account-level service limit 'ml.m5.xlarge for training job usage' is 0 Instances, "
            "with current utilization of 0 Instances and a request delta of 1 Instances. "
            "Please use AWS Service Quotas to request an increase for this quota."
        ),
        400,
    ),
    "quota_held": (
        "ResourceLimitExceeded",
        (
            "The account-level service limit 'ml.m5.large for training job usage' is 1 Instances, "
            "with current utilization of 1 Instances and a request delta of 1 Instances. "
            "Please use AWS Service Quotas to request an increase for this quota."
        ),
        400,
    ),
    # Codes and statuses of the SageMaker API reference, Common Errors.
    "server_error": ("InternalFailure", "The request processing has failed", 500),
    "access_denied": (
        "AccessDeniedException",
        "User is not authorized to perform: sagemaker:{operation} on resource: {name}",
        400,
    ),
    "validation": ("ValidationException", "1 validation error detected on purpose", 400),
}
BLANK_LINES = "BlankLines"
"""What a transform job's request calls the fault of that name."""
_LOOK_SECONDS = 0.2
_ANSWER_FAULTS = {"slow_answer", "lost_answer"}
_CALL_FAULTS = set(_REFUSALS) | _ANSWER_FAULTS
_QUOTA_FAULTS = {"quota_zero"}
_JOB_FAULTS = {"capacity", "fail_job", "slow_job", "stopped_job", "blank_lines"}
CAPACITY = (
    "CapacityError: Unable to provision requested ML compute capacity. "
    "Please retry using a different ML instance type."
)


class AnswerLost(Exception):  # noqa: N818 - what becomes of an answer, not a fault of this code
    """The call was carried out, and its answer does not arrive."""


@dataclass(frozen=True)
class JobFault:
    """What is to happen to a job that the call starts."""

    failure: str | None = None
    seconds: float = 0.0
    stopped: bool = False
    blank_lines: bool = False


class Faults:
    """The faults of a file, and how often each was used."""

    def __init__(self, file: Path) -> None:
        self._file = Path(os.environ.get("DROPFORGE_FAULTS", str(file)))
        self._seen: tuple[int, bytes] = (0, b"")
        self._left: list[dict[str, Any]] = []
        self._lock = threading.Lock()

    def meet(self, operation: str, name: str) -> bool:
        """Apply the first fault of the call itself that is meant for it; may take its time.

        Returns
        -------
        Whether the answer is to be lost.

        Raises
        ------
        ApiError
            The call is to be refused.
        """
        fault = self._take(operation, name, _CALL_FAULTS)
        if fault is None:
            return False
        kind = fault["fault"]
        if kind in _REFUSALS:
            code, message, status = _REFUSALS[kind]
            text = fault.get("message") or message.format(operation=operation, name=name)
            raise ApiError(code, text, status)
        self._wait(fault)
        return bool(kind == "lost_answer")

    def meet_quota(self, operation: str, name: str) -> bool:
        """Apply the first fault that is meant for a look at a quota; tell whether it is to be 0.

        Raises
        ------
        ApiError
            The call is to be refused.
        """
        self.meet(operation, name)
        return self._take(operation, name, _QUOTA_FAULTS) is not None

    def meet_job(self, operation: str, name: str) -> JobFault:
        """Return the first fault that is meant for the job which the call starts."""
        fault = self._take(operation, name, _JOB_FAULTS)
        if fault is None:
            return JobFault()
        kind = fault["fault"]
        if kind == "capacity":
            return JobFault(failure=fault.get("message", CAPACITY))
        if kind == "fail_job":
            message = fault.get("message", "AlgorithmError: a failure on purpose")
            return JobFault(failure=message, seconds=float(fault.get("seconds", 0)))
        return JobFault(
            seconds=float(fault.get("seconds", 0)),
            stopped=kind == "stopped_job",
            blank_lines=kind == "blank_lines",
        )

    def _take(self, operation: str, name: str, kinds: set[str]) -> dict[str, Any] | None:
        with self._lock:
            self._reload()
            for fault in self._left:
                fits = fault["fault"] in kinds and fault["count"] > 0
                fits = fits and fnmatchcase(operation, fault.get("operation", "*"))
                if fits and fnmatchcase(name, fault.get("name", "*")):
                    fault["count"] -= 1
                    self._note(operation, name, fault["fault"])
                    return fault
        return None

    def _wait(self, fault: dict[str, Any]) -> None:
        """Let a fault's time pass, or what is left of it until the file says otherwise."""
        end = time.monotonic() + float(fault.get("seconds", 0))
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _LOOK_SECONDS))
            with self._lock:
                self._reload()
                if not any(fault is each for each in self._left):
                    return

    def _note(self, operation: str, name: str, fault: str) -> None:
        met = {"operation": operation, "name": name, "fault": fault}
        with self._file.with_name(f"{self._file.stem}_met.jsonl").open("a") as file:
            file.write(json.dumps(met) + "\n")

    def _reload(self) -> None:
        try:
            # Its time as well: the same faults may be asked for once more.
            seen = self._file.stat().st_mtime_ns, self._file.read_bytes()
        except OSError:
            seen = 0, b""
        if seen == self._seen:
            return
        self._seen = seen
        try:
            self._left = [_checked(each) for each in json.loads(seen[1] or b"[]")]
        except (ValueError, TypeError, AttributeError) as error:
            self._left = []
            raise ApiError(
                "InternalFailure", f"{self._file} is no list of faults: {error}", 500
            ) from error


def _checked(fault: dict[str, Any]) -> dict[str, Any]:
    known = _CALL_FAULTS | _JOB_FAULTS | _QUOTA_FAULTS
    if fault.get("fault") not in known:
        raise ValueError(f"fault {fault.get('fault')!r} is none of {sorted(known)}")
    return fault | {"count": int(fault.get("count", 1))}
