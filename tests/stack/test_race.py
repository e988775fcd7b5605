"""Runs of one dataset that end in any order leave the champion that turns would have left."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dropforge import cloud
from pipeline import layout
from tests.stack.application import Application
from tests.stack.test_promotion import STRONG, WEAK, table

ROWS = table(1, rows=400).decode().split("\n")
STRENGTHS = (WEAK, STRONG, WEAK, WEAK, STRONG, WEAK)
"""Of the files in the order of their data: the last strong one is to be in use in the end."""
ORDERS = {
    "newest first": (5, 4, 3, 2, 1, 0),
    "mixed": (4, 1, 5, 2, 0, 3),
}
Slow = Callable[[dict[str, float]], None]


@pytest.fixture
def slow(local_cloud: cloud.Cloud) -> Iterator[Slow]:
    """Let training jobs take longer, by their names."""
    file = local_cloud.state_dir / "faults.json"

    def arrange(seconds: dict[str, float]) -> None:
        faults = [
            {"operation": "CreateTrainingJob", "name": name, "fault": "slow_job", "seconds": value}
            for name, value in seconds.items()
        ]
        file.write_text(json.dumps(faults))

    yield arrange
    file.write_text("[]")


def file_of(number: int) -> bytes:
    """Return the same rows under other ids: models of the same settings are equal exactly."""
    head, *rows = ROWS
    lines = [f"{head},row_id", *(f"{row},{number}-{at}" for at, row in enumerate(rows))]
    return "\n".join(lines).encode()


@pytest.fixture(scope="module")
def files(application: Application) -> list[str]:
    """Put files where no event starts a run for them, oldest first."""
    keys = [f"runs/race-files/{number}.csv" for number in range(len(STRENGTHS))]
    for number, key in enumerate(keys):
        application.client("s3").put_object(
            Bucket=application.bucket, Key=key, Body=file_of(number)
        )
    return keys


def start(application: Application, dataset: str, key: str, number: int) -> str:
    settings = {
        "hyperparameters": STRENGTHS[number],
        "target": "target",
        "id_columns": ["row_id"],
    }
    run = f"{dataset}-{number}"
    application.start(run, {"key": key, "dataset": dataset, "settings": settings})
    return run


def approved(application: Application, dataset: str) -> list[dict[str, str]]:
    """Return the metadata of a dataset's approved packages, in the order of registration."""
    sagemaker = application.client("sagemaker")
    pages = sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=f"dropforge--{dataset}", ModelApprovalStatus="Approved"
    )
    found = [
        sagemaker.describe_model_package(ModelPackageName=item["ModelPackageArn"])
        for page in pages
        for item in page["ModelPackageSummaryList"]
    ]
    found.sort(key=lambda package: package["ModelPackageVersion"])
    return [package["CustomerMetadataProperties"] for package in found]


def check_chain(application: Application, dataset: str) -> None:
    """Each model in use was compared with the very one that was in use before it."""
    packages = approved(application, dataset)
    before = [None, *(package["run"] for package in packages)]
    assert [package.get("champion_run") for package in packages] == before[:-1]


@pytest.fixture(scope="module")
def one_after_another(application: Application, files: list[str]) -> int:
    """Return which file's model is in use when each run ends before the next begins."""
    for number, key in enumerate(files):
        run = start(application, "turn", key, number)
        assert application.message(run)["status"] == "SUCCEEDED", application.last(run)
    return int(approved(application, "turn")[-1]["run"].rsplit("-", 1)[1])


@pytest.mark.parametrize("order", ORDERS)
def test_files_at_once_leave_the_champion_that_they_leave_one_after_another(
    application: Application, files: list[str], slow: Slow, one_after_another: int, order: str
) -> None:
    dataset = order.replace(" ", "-")
    ranks = {number: rank for rank, number in enumerate(ORDERS[order])}
    slow({f"{dataset}-{number}": 0.3 + 0.7 * rank for number, rank in ranks.items()})
    runs = [start(application, dataset, key, number) for number, key in enumerate(files)]
    messages = [application.message(run) for run in runs]
    assert {m["status"] for m in messages} == {"SUCCEEDED"}, [application.last(r) for r in runs]
    assert approved(application, dataset)[-1]["run"] == f"{dataset}-{one_after_another}"
    assert one_after_another == 4
    check_chain(application, dataset)


def is_at_turn(application: Application, run: str) -> bool:
    """Whether a run registers, or was refused the turn to do so."""
    history = application.client("stepfunctions").get_execution_history(
        executionArn=application.execution(run), maxResults=1000
    )
    text = json.dumps(history["events"], default=str)
    return '"Register model"' in text or "RegistrationBusyError" in text


def test_files_that_end_at_the_same_moment_leave_it_too(
    application: Application, local_cloud: cloud.Cloud, files: list[str], one_after_another: int
) -> None:
    faults = local_cloud.state_dir / "faults.json"
    slow = {"operation": "CreateModelPackage", "fault": "slow_answer", "seconds": 60}
    faults.write_text(json.dumps([slow]))
    runs = [start(application, "same-time", key, number) for number, key in enumerate(files)]
    try:
        # The first one registers for as long as it takes another to want its turn.
        wait_until(lambda: sum(is_at_turn(application, run) for run in runs) > 1, "two at the turn")
    finally:
        faults.write_text("[]")
    messages = [application.message(run) for run in runs]
    assert {m["status"] for m in messages} == {"SUCCEEDED"}
    assert approved(application, "same-time")[-1]["run"] == f"same-time-{one_after_another}"
    check_chain(application, "same-time")
    body = application.read(layout.turn_key("same-time")) or b""
    assert json.loads(body) == {}, "the last one gave its turn back"


def wait_until(condition: Callable[[], bool], what: str) -> None:
    for _ in range(300):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError(f"{what} did not come about in 30 s")


def holder(application: Application, dataset: str) -> Any:
    return json.loads(application.read(layout.turn_key(dataset)) or b"{}").get("name")


def test_turn_of_a_run_that_was_stopped_while_it_had_it_is_taken_over(
    application: Application, local_cloud: cloud.Cloud, files: list[str]
) -> None:
    faults = local_cloud.state_dir / "faults.json"
    slow = {"operation": "CreateModelPackage", "fault": "slow_answer", "seconds": 5}
    faults.write_text(json.dumps([slow]))
    first = start(application, "stopped", files[1], 1)
    try:
        # The registration takes its time with the turn in hand.
        wait_until(lambda: holder(application, "stopped") == f"run {first}", "its turn")
        application.client("stepfunctions").stop_execution(
            executionArn=application.execution(first)
        )
    finally:
        faults.write_text("[]")
    assert application.message(first)["status"] == "ABORTED"
    assert holder(application, "stopped") == f"run {first}"
    second = start(application, "stopped", files[4], 4)
    assert application.message(second)["verdict"] == "approved"
    # The call that was under way when the run was stopped went through, as on AWS.
    assert [package["run"] for package in approved(application, "stopped")][-1] == second


def test_turn_is_given_back_when_the_registration_fails(
    application: Application, local_cloud: cloud.Cloud, files: list[str]
) -> None:
    faults = local_cloud.state_dir / "faults.json"
    refuse = {"operation": "CreateModelPackage", "fault": "resource_limit", "count": 9}
    faults.write_text(json.dumps([refuse]))
    try:
        run = start(application, "refused", files[1], 1)
        message = application.message(run)
    finally:
        faults.write_text("[]")
    assert message["status"] == "FAILED"
    assert "ResourceLimitExceeded" in message["error"]
    assert application.read(layout.turn_key("refused")) == b"{}"


def test_persons_decision_during_a_run_is_what_the_run_is_compared_with(
    application: Application, local_cloud: cloud.Cloud, files: list[str]
) -> None:
    sagemaker = application.client("sagemaker")
    first = start(application, "person", files[0], 0)
    application.message(first)
    application.message(start(application, "person", files[1], 1))
    faults = local_cloud.state_dir / "faults.json"
    delay = {"operation": "CreateTransformJob", "name": "person-3", "fault": "slow_job"}
    faults.write_text(json.dumps([{**delay, "seconds": 6}]))
    third = start(application, "person", files[3], 3)

    def compared() -> bool:
        jobs = sagemaker.list_transform_jobs(NameContains=f"{third}-c")["TransformJobSummaries"]
        return any(job["TransformJobStatus"] == "Completed" for job in jobs)

    wait_until(compared, "the comparison with the model of the second")
    # The third was to be beaten by the second; a person takes that one out of use.
    used = sagemaker.list_model_packages(
        ModelPackageGroupName="dropforge--person", SortBy="CreationTime", SortOrder="Descending"
    )["ModelPackageSummaryList"][0]
    sagemaker.update_model_package(
        ModelPackageArn=used["ModelPackageArn"], ModelApprovalStatus="Rejected"
    )
    message = application.message(third)
    faults.write_text("[]")
    assert message["verdict"] == "approved", message["text"]
    assert approved(application, "person")[-1]["champion_run"] == first
    names = {
        job["TransformJobName"]
        for job in sagemaker.list_transform_jobs(NameContains=third)["TransformJobSummaries"]
    }
    assert names == {third, f"{third}-c", f"{third}-d"}, "its own rows are predicted once"
