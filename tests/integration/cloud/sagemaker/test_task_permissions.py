"""Whose permissions the tasks of a state machine have."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.cloud.conftest import training_request
from tests.integration.cloud.one_state import JOBS, run, sync, task
from tests.waiting import wait_until

Client = Callable[[str], Any]


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("sagemaker:CreateTrainingJob", "sagemaker:CreateTrainingJob"),
        ("iam:PassRole", "iam:PassRole"),
        ("sagemaker:AddTags", "sagemaker:AddTags"),
    ],
)
def test_job_needs_each_permission_that_it_needs_on_aws(
    client: Client,
    bucket: str,
    outputs: dict[str, str],
    one_state: Callable[..., str],
    missing: str,
    message: str,
) -> None:
    request = training_request(f"lacks-{uuid.uuid4().hex}", bucket, outputs["TrainingRoleArn"])
    request["Tags"] = [{"Key": "of", "Value": "mine"}]
    deny = {"Effect": "Deny", "Action": missing, "Resource": "*"}
    resource = "arn:aws:states:::sagemaker:createTrainingJob.sync"
    ended = run(client, one_state(task(resource, request), [*sync(JOBS), deny]))
    assert ended["status"] == "FAILED"
    assert message in ended["cause"]
    assert "explicit deny" in ended["cause"]


def test_event_of_a_job_ends_the_wait_of_a_role_that_may_create_only(
    client: Client, bucket: str, outputs: dict[str, str], one_state: Callable[..., str]
) -> None:
    request = training_request(f"alone-{uuid.uuid4().hex}", bucket, outputs["TrainingRoleArn"])
    actions = ["sagemaker:CreateTrainingJob", "iam:PassRole"]
    only = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    resource = "arn:aws:states:::sagemaker:createTrainingJob.sync"
    ended = run(client, one_state(task(resource, request), [only]))
    assert ended["status"] == "SUCCEEDED", ended.get("cause")


@pytest.mark.parametrize(("owner", "left"), [("mine", "Stopped"), ("theirs", "Completed")])
def test_job_is_stopped_only_if_the_role_may_stop_one_with_its_tags(
    client: Client,
    bucket: str,
    outputs: dict[str, str],
    one_state: Callable[..., str],
    inject: Callable[..., None],
    owner: str,
    left: str,
) -> None:
    name = f"stop-{owner}-{uuid.uuid4().hex[:8]}"
    inject(operation="CreateTrainingJob", name=name, fault="slow_job", seconds=4)
    request = training_request(name, bucket, outputs["TrainingRoleArn"])
    request["Tags"] = [{"Key": "of", "Value": owner}]
    actions = ["sagemaker:CreateTrainingJob", "sagemaker:AddTags", "iam:PassRole"]
    own = {"StringEquals": {"aws:ResourceTag/of": "mine"}}
    stop = {"Effect": "Allow", "Action": "sagemaker:StopTrainingJob", "Resource": "*"}
    only = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    resource = "arn:aws:states:::sagemaker:createTrainingJob.sync"
    state = task(resource, request, TimeoutSeconds=1)
    ended = run(client, one_state(state, [only, stop | {"Condition": own}]))
    assert ended["error"] == "States.Timeout"
    sagemaker = client("sagemaker")

    def over() -> bool:
        job = sagemaker.describe_training_job(TrainingJobName=name)
        return bool(job["TrainingJobStatus"] in ("Stopped", "Completed"))

    wait_until(over, 30)
    assert sagemaker.describe_training_job(TrainingJobName=name)["TrainingJobStatus"] == left


@pytest.mark.parametrize(
    ("resource", "parameters", "error"),
    [
        ("function", {"a": 1}, "Lambda.AWSLambdaException"),
        ("arn:aws:states:::lambda:invoke", "invoke", "Lambda.AWSLambdaException"),
        (
            "arn:aws:states:::sns:publish",
            {"TopicArn": "arn:aws:sns:us-east-1:000000000000:t", "Message": "m"},
            "SNS.AmazonSNSException",
        ),
        (
            "arn:aws:states:::aws-sdk:s3:getObject",
            {"Bucket": "b", "Key": "k"},
            "S3.S3Exception",
        ),
        (
            "arn:aws:states:::aws-sdk:sagemaker:listModels",
            {},
            "SageMaker.SageMakerException",
        ),
    ],
)
def test_task_may_do_only_what_the_machines_role_allows(
    client: Client,
    outputs: dict[str, str],
    one_state: Callable[..., str],
    resource: str,
    parameters: Any,
    error: str,
) -> None:
    function = outputs["EchoFunctionArn"]
    if parameters == "invoke":
        parameters = {"FunctionName": function, "Payload": {}}
    resource = function if resource == "function" else resource
    ended = run(client, one_state(task(resource, parameters), []))
    assert ended["error"] == error
    assert "is not authorized to perform" in ended["cause"]
