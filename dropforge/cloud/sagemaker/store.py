"""What the service remembers, by account and region, and how it is saved.

Each record is a row of the journal. A call that may change something is answered
when the records that it touched are written, together with the events that it
sent; a job's record is written whenever its status changes.
"""

import contextvars
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region

from dropforge.cloud.journal import JournalError, journal

Key = tuple[str, str, str]

_touched: contextvars.ContextVar[set[tuple[str, Key]] | None] = contextvars.ContextVar(
    "dropforge_touched", default=None
)


class Records(AccountRegionScopedDict):  # type: ignore[misc]
    """Describe responses by name, or by ARN for packages; private parts start with "_"."""

    __slots__ = ("kind",)

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = f"sagemaker {kind}"

    def _scoped(self, key: str) -> Key:
        scoped: Key = super()._scoped(key)
        touched = _touched.get()
        if touched is not None:
            touched.add((self.kind, scoped))
        return scoped


class JobRecords(Records):
    """The records of one kind of job, and how the API names its members.

    Parameters
    ----------
    prefix : of the kind's operations and members: "Training" as in TrainingJobName.
    words : what messages call such a job, and ARNs with hyphens: "training job".
    """

    __slots__ = ("prefix", "words")

    def __init__(self, prefix: str, words: str) -> None:
        super().__init__(words)
        self.prefix = prefix
        self.words = words

    @property
    def name_member(self) -> str:
        """Member that holds a job's name."""
        return f"{self.prefix}JobName"

    @property
    def arn_member(self) -> str:
        """Member that holds a job's ARN."""
        return f"{self.prefix}JobArn"

    @property
    def status_member(self) -> str:
        """Member that holds a job's status."""
        return f"{self.prefix}JobStatus"

    @property
    def event_name(self) -> str:
        """What events of the bus call such a job: "HyperParameter Tuning Job"."""
        return f"{self.prefix.replace('Tuning', ' Tuning')} Job"

    @property
    def resource(self) -> str:
        """Resource type in a job's ARN."""
        return self.words.replace(" ", "-")


training_jobs = JobRecords("Training", "training job")
transform_jobs = JobRecords("Transform", "transform job")
tuning_jobs = JobRecords("HyperParameterTuning", "hyper-parameter tuning job")
models = Records("model")
package_groups = Records("model package group")
packages = Records("model package")
tags = Records("tags")

ALL_JOBS = (training_jobs, transform_jobs, tuning_jobs)
_ALL = {
    "training_jobs": training_jobs,
    "transform_jobs": transform_jobs,
    "tuning_jobs": tuning_jobs,
    "models": models,
    "package_groups": package_groups,
    "packages": packages,
    "tags": tags,
}
_BY_KIND = {records.kind: records for records in _ALL.values()}


@contextmanager
def saved() -> Iterator[None]:
    """Write the records that are looked at or set inside, and the events that are sent there.

    Raises
    ------
    JournalError
        They could not be written; the records are as they were.
    """
    touched: set[tuple[str, Key]] = set()
    try:
        with journal().transaction():
            token = _touched.set(touched)
            try:
                yield
            finally:
                _touched.reset(token)
            for kind, key in list(touched):
                _write(kind, key)
    except JournalError:
        for kind, key in list(touched):
            row = journal().get(kind, json.dumps(key))
            if row is None:
                _BY_KIND[kind]._data.pop(key, None)
            else:
                _BY_KIND[kind]._data[key] = json.loads(row)
        raise


def save(records: Records, name: str) -> None:
    """Write one record, if it is there.

    Raises
    ------
    JournalError
        It could not be written.
    """
    key = records._scoped(name)
    if key in records._data:
        _write(records.kind, key)


def restore() -> None:
    """Take back what was written; a job that was running then has failed."""
    for kind, records in _BY_KIND.items():
        for text, value in journal().rows(kind):
            account, region, name = json.loads(text)
            records._data[account, region, name] = json.loads(value)
    with journal().transaction():
        for jobs in ALL_JOBS:
            for key, job in jobs._data.items():
                if job[jobs.status_member] in ("InProgress", "Stopping"):
                    _fail(job, jobs.status_member)
                    _write(jobs.kind, key)


def adopt(snapshot: dict[str, Any]) -> None:
    """Take what an earlier release saved as one file, and write it as rows."""
    with journal().transaction():
        for name, records in _ALL.items():
            for key, record in snapshot[name]._data.items() if name in snapshot else ():
                if key not in records._data:
                    records._data[key] = record
                    _write(records.kind, key)


def clear() -> None:
    """Forget all of it."""
    with journal().transaction():
        for kind, records in _BY_KIND.items():
            for key in records._data:
                journal().delete(kind, json.dumps(key))
            records._data.clear()


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


def _write(kind: str, key: Key) -> None:
    record = _BY_KIND[kind]._data.get(key)
    if record is None:
        journal().delete(kind, json.dumps(key))
    else:
        journal().put(kind, json.dumps(key), json.dumps(record))


def _fail(job: dict[str, Any], status_member: str) -> None:
    job[status_member] = "Failed"
    job["FailureReason"] = (
        "InternalServerError: We encountered an internal error. Please try again. "
        "(The local cloud ended while the job ran.)"
    )
    if "SecondaryStatus" in job:
        job["SecondaryStatus"] = "Failed"
