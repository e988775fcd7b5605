"""Training jobs: requests that are refused, lists and tags."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.cloud.conftest import train, training_request

Client = Callable[[str], Any]


@pytest.fixture
def sagemaker(client: Client) -> Any:
    return client("sagemaker")


@pytest.fixture
def role(outputs: dict[str, str]) -> str:
    return outputs["TrainingRoleArn"]


def test_job_name_is_never_free_again(sagemaker: Any, bucket: str, role: str) -> None:
    request = training_request("taken", bucket, role)
    train(sagemaker, request)
    with pytest.raises(sagemaker.exceptions.ResourceInUse, match="must be unique"):
        sagemaker.create_training_job(**request)


def test_role_that_does_not_trust_sagemaker_is_refused(
    sagemaker: Any, client: Client, bucket: str, role: str
) -> None:
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    made = client("iam").create_role(
        RoleName="not-for-sagemaker", AssumeRolePolicyDocument=json.dumps(policy)
    )
    with pytest.raises(ClientError, match="Could not assume role"):
        sagemaker.create_training_job(**training_request("untrusted", bucket, made["Role"]["Arn"]))


def test_list_filters_sorts_and_pages(sagemaker: Any, bucket: str, role: str) -> None:
    for number in range(3):
        train(sagemaker, training_request(f"listed-{number}", bucket, role))
    pages = sagemaker.get_paginator("list_training_jobs").paginate(
        NameContains="LISTED-",
        SortBy="Name",
        SortOrder="Ascending",
        PaginationConfig={"PageSize": 2},
    )
    sizes = [[job["TrainingJobName"] for job in page["TrainingJobSummaries"]] for page in pages]
    assert sizes == [["listed-0", "listed-1"], ["listed-2"]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"TrainingJobName": "no_underscore"}, "Member must satisfy regular expression pattern"),
        ({"TrainingJobName": "x" * 64}, "Member must have length less than or equal to 63"),
        (
            {"StoppingCondition": {"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 60}},
            "only supported when EnableManagedSpotTraining is set to true",
        ),
        (
            {"StoppingCondition": {"MaxRuntimeInSeconds": 60}, "EnableManagedSpotTraining": True},
            "MaxWaitTimeInSeconds",
        ),
        (
            {"AlgorithmSpecification": {"TrainingImage": "pytorch:2", "TrainingInputMode": "File"}},
            "XGBoost",
        ),
        (
            {"AlgorithmSpecification": {"TrainingImage": "xgboost", "TrainingInputMode": "Odd"}},
            "Member must satisfy enum value set",
        ),
    ],
)
def test_bad_request_is_refused(
    sagemaker: Any, bucket: str, role: str, change: dict[str, Any], message: str
) -> None:
    request = training_request("refused", bucket, role) | change
    with pytest.raises(ClientError, match="ValidationException") as refusal:
        sagemaker.create_training_job(**request)
    assert message in str(refusal.value)


def test_tags_are_kept_changed_and_removed(sagemaker: Any, bucket: str, role: str) -> None:
    tags = [{"Key": "team", "Value": "a"}]
    job = train(sagemaker, training_request("tagged", bucket, role, Tags=tags))
    arn = job["TrainingJobArn"]
    sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "team", "Value": "b"}])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "b"}]
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["team"])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == []
