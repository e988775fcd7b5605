"""The calls that all kinds of jobs have in common, on a kind that is made up."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dropforge.cloud.api_errors import ApiError, invalid
from dropforge.cloud.iam.identity import Caller
from dropforge.cloud.sagemaker import store
from dropforge.cloud.sagemaker.fault_injection import Faults, JobFault
from dropforge.cloud.sagemaker.jobs import runtime
from dropforge.cloud.sagemaker.jobs.calls import Call, Calls
from dropforge.cloud.sagemaker.jobs.job import Job

ARN = "arn:aws:sagemaker:us-east-1:000000000000:baking-job/bread"


class BakingJob(Job):
    records = store.JobRecords("Baking", "baking job")

    def start(self) -> None:
        """Leave the oven cold."""

    def set_status(self, status: str, _secondary: str | None = None) -> None:
        self.record[self.records.status_member] = status


class BakingCalls(Calls):
    job = BakingJob
    summary = ("Loaf",)

    def check(self, request: dict[str, Any]) -> None:
        if "Loaf" not in request:
            raise invalid("no loaf")

    def facts_of(self, request: dict[str, Any]) -> dict[str, Any]:
        return {key: request[key] for key in ("BakingJobName", "Loaf")} | {"Flour": "rye"}

    def missing(self, arn: str) -> ApiError:
        return ApiError("ResourceNotFound", arn)


@pytest.fixture
def baking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Call]]:
    monkeypatch.setitem(runtime._settings, "directory", tmp_path)
    monkeypatch.setitem(runtime._settings, "faults", Faults(tmp_path / "faults.json"))
    yield BakingCalls().operations()
    BakingJob.records._data.clear()


def create(baking: dict[str, Call], **changes: Any) -> Any:
    return baking["CreateBakingJob"]({"BakingJobName": "bread", "Loaf": 1} | changes, Caller())


def test_kind_of_job_has_its_calls_and_members_by_its_name(baking: dict[str, Call]) -> None:
    assert set(baking) == {f"{verb}BakingJob" for verb in ("Create", "Describe", "Stop")} | {
        "ListBakingJobs"
    }
    assert create(baking) == {"BakingJobArn": ARN}
    described = baking["DescribeBakingJob"]({"BakingJobName": "bread"}, Caller())
    assert (described["BakingJobStatus"], described["Flour"]) == ("InProgress", "rye")
    listed = baking["ListBakingJobs"]({"StatusEquals": "InProgress"}, Caller())
    assert [sorted(each) for each in listed["BakingJobSummaries"]] == [
        [
            "BakingJobArn",
            "BakingJobName",
            "BakingJobStatus",
            "CreationTime",
            "LastModifiedTime",
            "Loaf",
        ]
    ]


def test_create_of_a_name_that_is_taken_is_refused_and_keeps_the_first(
    baking: dict[str, Call],
) -> None:
    create(baking)
    with pytest.raises(ApiError, match=rf"already exists \({ARN}\)") as refused:
        create(baking, Loaf=2)
    assert refused.value.code == "ResourceInUse"
    assert BakingJob.records["bread"]["Loaf"] == 1


def test_create_that_its_kind_refuses_makes_no_job(baking: dict[str, Call]) -> None:
    with pytest.raises(ApiError, match="no loaf"):
        baking["CreateBakingJob"]({"BakingJobName": "bread"}, Caller())
    assert not list(BakingJob.records)


@pytest.mark.parametrize("operation", ["DescribeBakingJob", "StopBakingJob"])
def test_call_of_a_job_that_is_not_there_gets_its_kinds_error(
    baking: dict[str, Call], operation: str
) -> None:
    with pytest.raises(ApiError, match=ARN) as refused:
        baking[operation]({"BakingJobName": "bread"}, Caller())
    assert refused.value.code == "ResourceNotFound"


def test_job_that_has_ended_is_not_stopped_any_more(baking: dict[str, Call]) -> None:
    job = BakingJob({"BakingJobName": "bread", "BakingJobArn": ARN}, JobFault())
    job.finish("Completed", "Completed")
    job.stop()
    assert job.record["BakingJobStatus"] == "Completed"


def test_stop_of_a_job_that_does_not_run_says_its_status(baking: dict[str, Call]) -> None:
    create(baking)
    BakingJob.records["bread"]["BakingJobStatus"] = "Completed"
    with pytest.raises(ApiError, match="the baking job is in status Completed"):
        baking["StopBakingJob"]({"BakingJobName": "bread"}, Caller())
    BakingJob.records["bread"]["BakingJobStatus"] = "Stopping"
    assert baking["StopBakingJob"]({"BakingJobName": "bread"}, Caller()) == {}
