"""A call that SageMaker throttles, refuses or leaves unanswered ends in one readable message."""

import json
from collections.abc import Callable

import pytest

from seed.sample import SampleSize, sample_csv
from tests.stack.application import Application
from tests.stack.failures.training_jobs import training_jobs
from tests.waiting import wait_until

SAMPLE = sample_csv(SampleSize(rows=400))
Faults = Callable[..., None]


@pytest.mark.parametrize("operation", ["CreateTrainingJob", "CreateTransformJob"])
def test_quota_that_other_jobs_hold_is_waited_for(
    application: Application, faults: Faults, operation: str
) -> None:
    faults(operation, "quota_held", 3)
    run = application.drop(f"inbox/held-{operation.lower()}.csv", SAMPLE)
    message = application.message(run)
    assert message["status"] == "SUCCEEDED", message["cause"]
    assert training_jobs(application, run) == [run, f"{run}-r1"]


@pytest.mark.parametrize("operation", ["CreateTrainingJob", "CreateTransformJob"])
def test_quota_of_0_fails_at_once_with_the_command_that_asks_for_more(
    application: Application, faults: Faults, operation: str
) -> None:
    faults(operation, "resource_limit", 1)
    run = application.drop(f"inbox/zero-{operation.lower()}.csv", SAMPLE)
    message = application.message(run)
    assert message["error"] == "SageMaker.ResourceLimitExceededException"
    assert "aws service-quotas request-service-quota-increase" in message["text"]


def test_quota_of_transforms_is_told_before_the_training_is_paid(
    application: Application, faults: Faults
) -> None:
    faults("GetServiceQuota", "quota_zero")
    run = application.drop("inbox/no-transforms.csv", SAMPLE)
    message = application.message(run)
    assert message["error"] == "TransformQuotaIsZero"
    assert "--region us-east-1 --service-code sagemaker --quota-code L-236AE59F" in message["text"]
    assert training_jobs(application, run) == []


def test_quota_that_cannot_be_looked_at_keeps_no_run_from_training(
    application: Application, faults: Faults
) -> None:
    faults("GetServiceQuota", "access_denied", 9)
    run = application.drop("inbox/quota-unknown.csv", SAMPLE)
    assert application.message(run)["status"] == "SUCCEEDED"


def test_training_whose_answer_is_lost_is_stopped_and_paid_once(
    application: Application, faults: Faults
) -> None:
    # The first job would run for longer than the next is waited for.
    slow = {"operation": "CreateTrainingJob", "fault": "slow_job", "seconds": 30}
    faults("CreateTrainingJob", "lost_answer", also=[slow])
    application.settings("lost", {"target": "cancelled"})
    run = application.drop("inbox/lost/lost.csv", SAMPLE)
    message = application.message(run)
    assert message["status"] == "SUCCEEDED", message["cause"]
    sagemaker = application.client("sagemaker")

    def statuses() -> dict[str, str] | None:
        found = {
            name: sagemaker.describe_training_job(TrainingJobName=name)["TrainingJobStatus"]
            for name in training_jobs(application, run)
        }
        return None if "Stopping" in found.values() else found

    found = wait_until(statuses)
    assert found == {run: "Stopped", f"{run}-r1": "Completed", f"{run}-r2": "Completed"}


@pytest.mark.parametrize(
    "operation",
    ["CreateTrainingJob", "CreateModel", "CreateTransformJob", "CreateModelPackage"],
)
def test_call_that_sagemaker_throttles_is_made_again_for_minutes(
    application: Application, faults: Faults, operation: str
) -> None:
    faults(operation, "throttling", 15)
    application.settings(operation.lower(), {"target": "cancelled"})
    run = application.drop(f"inbox/{operation.lower()}.csv", SAMPLE)
    message = application.message(run)
    assert (message["status"], message["verdict"]) == ("SUCCEEDED", "approved"), message["cause"]
    assert training_jobs(application, run) == [run, f"{run}-r1"]


def test_call_that_sagemaker_throttles_for_ever_fails_with_its_words(
    application: Application, faults: Faults
) -> None:
    faults("CreateModel", "throttling", 10_000)
    run = application.drop("inbox/throttled.csv", SAMPLE)
    assert "Rate exceeded" in application.message(run)["cause"]


def test_request_that_is_not_valid_is_made_once(application: Application, faults: Faults) -> None:
    # The fault's words decide: these are no throttle's.
    words = "1 validation error detected"
    faults("CreateModelPackage", "throttling", 1, message=words)
    run = application.drop("inbox/not-valid.csv", SAMPLE)
    assert words in application.message(run)["cause"]


def test_model_that_an_unanswered_call_has_made_is_used(
    application: Application, faults: Faults
) -> None:
    # Long enough for the model to be there first.
    faults("CreateTrainingJob", "slow_job", seconds=3)
    run = application.drop("inbox/twice.csv", SAMPLE)
    definition = application.client("stepfunctions").describe_state_machine(
        stateMachineArn=application.machine
    )["definition"]
    saved = json.loads(definition)["States"]["Save Model"]["Parameters"]["PrimaryContainer"]
    iam = application.client("iam")
    [role] = [
        r["Arn"] for r in iam.list_roles()["Roles"] if "SageMakerExecutionRole" in r["RoleName"]
    ]
    # CreateModel looks for the data, which the job will write anew.
    key = f"runs/{run}/model/{run}/output/model.tar.gz"
    application.client("s3").put_object(Bucket=application.bucket, Key=key, Body=b"")
    container = {
        "Image": saved["Image"],
        "ModelDataUrl": f"s3://{application.bucket}/{key}",
    }
    application.client("sagemaker").create_model(
        ModelName=run, PrimaryContainer=container, ExecutionRoleArn=role
    )
    assert application.message(run)["status"] == "SUCCEEDED"
