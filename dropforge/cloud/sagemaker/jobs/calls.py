"""Create, Describe, List and Stop, which all kinds of jobs have in common.

A new kind of job is its records in `store`, a room with a subclass of `Calls` and one of `Job`,
and a line in `operations`; how CreateHyperParameterTuningJob and the like name their
members follows from `JobRecords`.
"""

from collections.abc import Callable
from typing import Any

from dropforge.cloud.api_errors import ApiError, invalid
from dropforge.cloud.iam import identity
from dropforge.cloud.iam.identity import Caller
from dropforge.cloud.sagemaker import paging, store, tags
from dropforge.cloud.sagemaker.fault_injection import JobFault
from dropforge.cloud.sagemaker.jobs import runtime
from dropforge.cloud.sagemaker.jobs.job import Job, active

Call = Callable[[dict[str, Any], Caller], dict[str, Any]]


class Calls:
    """The calls of one kind of job; a subclass says what differs.

    Attributes
    ----------
    job : what a job of this kind does.
    summary : members of a list's entries, besides those that all kinds have.
    taken : the message if there is a job of that name; {arn} is its ARN.
    """

    job: type[Job]
    summary: tuple[str, ...] = ()
    taken = (
        "Job name must be unique within an AWS account and region, and a job with this name "
        "already exists ({arn})"
    )

    def check(self, request: dict[str, Any]) -> None:
        """Refuse a request that contradicts itself or that the local cloud cannot carry out.

        Raises
        ------
        ApiError
            The request is refused.
        """
        raise NotImplementedError

    def facts_of(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return what Describe says of a new job, but for its ARN, status and times."""
        raise NotImplementedError

    def missing(self, arn: str) -> ApiError:
        """Return the error of a job that does not exist."""
        raise NotImplementedError

    def role_of(self, request: dict[str, Any]) -> str | None:
        """Return the role that a job is to have, None if it has none."""
        role: str | None = request.get("RoleArn")
        return role

    def summary_of(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return what a list says of a job besides what it says of every kind."""
        return {key: record[key] for key in self.summary if key in record}

    def operations(self) -> dict[str, Call]:
        """Return the calls by the names of their operations."""
        prefix = self.job.records.prefix
        return {
            f"Create{prefix}Job": self.create,
            f"Describe{prefix}Job": self.describe,
            f"List{prefix}Jobs": self.list,
            f"Stop{prefix}Job": self.stop,
        }

    def create(self, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """Check a request, note the job and let it begin."""
        records = self.job.records
        name = request[records.name_member]
        arn = store.arn(records.resource, name)
        self.check(request)
        role = self.role_of(request)
        if role is not None:
            identity.require_pass_role(caller, role)
        fault = runtime.faults().meet_job(f"Create{records.prefix}Job", name)
        if name in records:
            raise ApiError("ResourceInUse", self.taken.format(arn=arn))
        if role is not None:
            identity.require_assumable(role)
        tags.put(arn, request.get("Tags", []))
        self.begin(request, fault)
        return {records.arn_member: arn}

    def begin(
        self, request: dict[str, Any], fault: JobFault, facts: dict[str, Any] | None = None
    ) -> Job:
        """Note a job whose request was checked, and let it begin.

        Parameters
        ----------
        facts : what Describe says of it besides.
        """
        records = self.job.records
        name = request[records.name_member]
        now = store.now()
        record = {
            **self.facts_of(request),
            **(facts or {}),
            records.arn_member: store.arn(records.resource, name),
            records.status_member: "InProgress",
            "CreationTime": now,
            "LastModifiedTime": now,
        }
        records[name] = record
        job = self.job(record, fault)
        job.set_status("InProgress", "Starting")
        job.start()
        return job

    def describe(self, request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
        """Return what is known of a job."""
        return store.public(self._find(request))

    def stop(self, request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
        """Ask a job to end."""
        records = self.job.records
        record = self._find(request)
        status = record[records.status_member]
        if status == "Stopping":
            return {}
        job = active(record[records.arn_member])
        if status != "InProgress" or job is None:
            raise invalid(
                f"The request was rejected because the {records.words} is in status {status}."
            )
        job.stop()
        return {}

    def list(self, request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
        """Return a page of the jobs that fit."""
        records = self.job.records
        name, status = records.name_member, records.status_member
        wanted = request.get("StatusEquals")
        fitting = [each for each in records.values() if wanted in (None, each[status])]
        order = {"": "CreationTime", "Name": name, "Status": status}
        page, more = paging.page(fitting, request, name, order)
        times = ("CreationTime", f"{records.prefix}EndTime", "LastModifiedTime")
        members = (name, records.arn_member, *times, status)
        summaries = [
            {key: each[key] for key in members if key in each} | self.summary_of(each)
            for each in page
        ]
        return {f"{records.prefix}JobSummaries": summaries} | more

    def _find(self, request: dict[str, Any]) -> dict[str, Any]:
        records = self.job.records
        name = request[records.name_member]
        record: dict[str, Any] | None = records.get(name)
        if record is None:
            raise self.missing(store.arn(records.resource, name))
        return record
