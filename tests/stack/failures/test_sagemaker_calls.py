"""A call that SageMaker throttles, refuses or leaves unanswered ends in one readable message."""

import json
from collections.abc import Callable

import pytest

from seed.sample import SampleSize, sample_csv
from tests.stack.application import Application
from tests.stack.failures.training_jobs import training_jobs

SAMPLE = sample_csv(SampleSize(rows=400))
Faults = Callable[..., None]


def test_training_without_quota_for_now_is_tried_under_a_new_name(
    application: Application, faults: Faults
) -> None:
    faults("CreateTrainingJob", "resource_limit", 3)
    run = application.drop("inbox/resource-limit.csv", SAMPLE)
    assert application.message(run)["status"] == "SUCCEEDED"
    assert training_jobs(application, run) == [f"{run}-r3"]


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
    assert training_jobs(application, run) == [run]


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
    container = {
        "Image": saved["Image"],
        "ModelDataUrl": f"s3://{application.bucket}/runs/{run}/model/{run}/output/model.tar.gz",
    }
    application.client("sagemaker").create_model(
        ModelName=run, PrimaryContainer=container, ExecutionRoleArn=role
    )
    assert application.message(run)["status"] == "SUCCEEDED"
