"""SageMaker in state machines: jobs that a task starts, waits for and stops."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.cloud.conftest import run_machine, training_request
from tests.integration.cloud.one_state import JOBS, run, sync, task
from tests.waiting import wait_until

Client = Callable[[str], Any]


def test_deployed_machine_trains_and_predicts(
    client: Client, bucket: str, outputs: dict[str, str]
) -> None:
    ended = run_machine(client("stepfunctions"), outputs["MachineArn"], "whole-run")
    assert ended["status"] == "SUCCEEDED", ended.get("cause")
    output = json.loads(ended["output"])
    assert output["training"]["TrainingJobStatus"] == "Completed"
    # Times are milliseconds in the optimized integrations' output.
    assert isinstance(output["training"]["CreationTime"], int)
    assert output["training"]["CreationTime"] > 10**12
    assert output["transform"]["TransformJobStatus"] == "Completed"
    tags = client("sagemaker").list_tags(ResourceArn=output["training"]["TrainingJobArn"])["Tags"]
    assert {"Key": "MANAGED_BY_AWS", "Value": "STARTED_BY_STEP_FUNCTIONS"} in tags


def test_failed_job_is_task_failed_with_the_job_as_cause(
    client: Client, bucket: str, outputs: dict[str, str], one_state: Callable[..., str]
) -> None:
    request = training_request("sync-failed", bucket, outputs["TrainingRoleArn"])
    request["HyperParameters"] = {"num_round": "none"}
    arn = one_state(task("arn:aws:states:::sagemaker:createTrainingJob.sync", request), sync(JOBS))
    ended = run(client, arn)
    assert ended["error"] == "States.TaskFailed"
    assert "could not parse value" in json.loads(ended["cause"])["FailureReason"]


@pytest.mark.parametrize(
    ("resource", "error"),
    [
        ("arn:aws:states:::sagemaker:createModel", "SageMaker.AmazonSageMakerException"),
        ("arn:aws:states:::aws-sdk:sagemaker:createModel", "SageMaker.SageMakerException"),
    ],
)
def test_refused_call_is_named_as_on_aws(
    client: Client,
    outputs: dict[str, str],
    one_state: Callable[..., str],
    resource: str,
    error: str,
) -> None:
    request = {
        "ModelName": "under_score",
        "ExecutionRoleArn": outputs["TrainingRoleArn"],
        "PrimaryContainer": {"Image": "xgboost", "ModelDataUrl": "s3://bucket/key"},
    }
    ended = run(client, one_state(task(resource, request), JOBS))
    assert ended["error"] == error
    assert "modelName" in ended["cause"]


def test_name_in_use_is_named_by_its_class(
    client: Client, bucket: str, outputs: dict[str, str], one_state: Callable[..., str]
) -> None:
    request = training_request("twice", bucket, outputs["TrainingRoleArn"])
    arn = one_state(task("arn:aws:states:::sagemaker:createTrainingJob.sync", request), sync(JOBS))
    first = run(client, arn)
    assert first["status"] == "SUCCEEDED", first
    assert run(client, arn)["error"] == "SageMaker.ResourceInUseException"


def test_sdk_integration_answers_with_times_as_text(
    client: Client, one_state: Callable[..., str]
) -> None:
    client("sagemaker").create_model_package_group(ModelPackageGroupName="by-sdk")
    resource = "arn:aws:states:::aws-sdk:sagemaker:describeModelPackageGroup"
    ended = run(client, one_state(task(resource, {"ModelPackageGroupName": "by-sdk"}), JOBS))
    assert json.loads(ended["output"])["CreationTime"].endswith("Z")


def test_unknown_parameter_fails_the_task(client: Client, one_state: Callable[..., str]) -> None:
    resource = "arn:aws:states:::aws-sdk:sagemaker:describeModel"
    ended = run(client, one_state(task(resource, {"ModelNane": "x"}), JOBS))
    assert ended["error"] == "States.Runtime"
    assert "ModelNane" in ended["cause"]


def test_stop_execution_stops_the_job(
    client: Client, bucket: str, outputs: dict[str, str], one_state: Callable[..., str]
) -> None:
    request = training_request("abandoned", bucket, outputs["TrainingRoleArn"])
    request["HyperParameters"] = {"objective": "reg:squarederror", "num_round": "1000000"}
    arn = one_state(task("arn:aws:states:::sagemaker:createTrainingJob.sync", request), sync(JOBS))
    states = client("stepfunctions")
    execution = states.start_execution(stateMachineArn=arn)["executionArn"]
    sagemaker = client("sagemaker")

    def jobs(status: str) -> Any:
        return sagemaker.list_training_jobs(NameContains="abandoned", StatusEquals=status)[
            "TrainingJobSummaries"
        ]

    wait_until(lambda: jobs("InProgress"))
    states.stop_execution(executionArn=execution)
    wait_until(lambda: jobs("Stopped"))
    assert states.describe_execution(executionArn=execution)["status"] == "ABORTED"


def test_task_out_of_time_stops_the_job(
    client: Client, bucket: str, outputs: dict[str, str], one_state: Callable[..., str]
) -> None:
    request = training_request("out-of-time", bucket, outputs["TrainingRoleArn"])
    request["HyperParameters"] = {"objective": "reg:squarederror", "num_round": "1000000"}
    resource = "arn:aws:states:::sagemaker:createTrainingJob.sync"
    arn = one_state(task(resource, request, TimeoutSecondsPath="$.seconds"), sync(JOBS))
    ended = run(client, arn, '{"seconds": 1}')
    assert ended["error"] == "States.Timeout"
    sagemaker = client("sagemaker")
    wait_until(
        lambda: (
            sagemaker.describe_training_job(TrainingJobName="out-of-time")["TrainingJobStatus"]
            == "Stopped"
        )
    )
