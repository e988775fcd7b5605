"""Whose permissions the tasks of a state machine have."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.cloud.conftest import training_request
from tests.integration.cloud.one_state import JOBS, run, sync, task

Client = Callable[[str], Any]


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("sagemaker:CreateTrainingJob", "sagemaker:CreateTrainingJob"),
        ("iam:PassRole", "iam:PassRole"),
        ("sagemaker:AddTags", "sagemaker:AddTags"),
        ("sagemaker:ListTags", "sagemaker:ListTags"),
        ("sagemaker:StopTrainingJob", "sagemaker:StopTrainingJob"),
        ("events:PutRule", "events:PutRule"),
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
    deny = {"Effect": "Deny", "Action": missing, "Resource": "*"}
    resource = "arn:aws:states:::sagemaker:createTrainingJob.sync"
    ended = run(client, one_state(task(resource, request), [*sync(JOBS), deny]))
    assert ended["status"] == "FAILED"
    assert message in ended["cause"]
    assert "explicit deny" in ended["cause"]


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
