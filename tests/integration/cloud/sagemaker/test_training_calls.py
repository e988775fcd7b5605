"""Training jobs: requests that are refused, lists and tags."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.cloud.conftest import IMAGE, train, training_request

Client = Callable[[str], Any]


@pytest.fixture
def sagemaker(client: Client) -> Any:
    return client("sagemaker")


@pytest.fixture
def role(outputs: dict[str, str]) -> str:
    return outputs["TrainingRoleArn"]


def image(name: str) -> dict[str, Any]:
    return {"AlgorithmSpecification": {"TrainingImage": name, "TrainingInputMode": "File"}}


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
            image("pytorch:2"),
            "Invalid training image",
        ),
        (image(IMAGE.replace("us-east-1", "eu-west-1")), "Invalid DNS suffix 'amazonaws.com'"),
        (image(IMAGE.replace("3.2-0", "latest")), "Cannot find the requested image"),
        (image(IMAGE.replace("683313688378", "123456789012")), "Cannot find the requested image"),
        (image(IMAGE.replace("sagemaker-xgboost:3.2-0", "linear-learner:1")), "Cannot find the"),
        (
            {"AlgorithmSpecification": {"AlgorithmName": "a", "TrainingInputMode": "File"}},
            "no algorithm resources",
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


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"CompressionType": "Gzip"}, "channel train: File mode only supports NONE, got Gzip"),
        ({"DataSource": {"S3DataSource": {"S3DataType": "AugmentedManifestFile"}}}, "not by Augm"),
        ({"DataSource": {"FileSystemDataSource": {}}}, "not by FileSystemDataSource"),
    ],
)
def test_channel_that_would_not_be_read_is_refused(
    sagemaker: Any, bucket: str, role: str, changes: dict[str, Any], message: str
) -> None:
    request = training_request("unread", bucket, role)
    source = {"S3Uri": f"s3://{bucket}/data/train/"}
    system = {
        "FileSystemId": "fs-0123456789a",
        "FileSystemAccessMode": "ro",
        "FileSystemType": "EFS",
        "DirectoryPath": "/",
    }
    for kind, given in changes.get("DataSource", {}).items():
        given.update(source if kind == "S3DataSource" else system)
    request["InputDataConfig"][0] |= changes
    with pytest.raises(ClientError, match="ValidationException") as refusal:
        sagemaker.create_training_job(**request)
    assert message in str(refusal.value)


def test_channel_of_a_manifest_has_what_it_lists(
    sagemaker: Any, client: Client, bucket: str, role: str
) -> None:
    s3 = client("s3")
    request = training_request("by-manifest", bucket, role)
    for channel, part in zip(request["InputDataConfig"], ("train", "validation"), strict=True):
        listed = [{"prefix": f"s3://{bucket}/data/{part}/"}, "part-00000.csv"]
        s3.put_object(Bucket=bucket, Key=f"data/lists/{part}", Body=json.dumps(listed))
        source = channel["DataSource"]["S3DataSource"]
        source |= {"S3DataType": "ManifestFile", "S3Uri": f"s3://{bucket}/data/lists/{part}"}
    job = train(sagemaker, request)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    other = train(sagemaker, training_request("by-prefix", bucket, role))
    assert [each["Value"] for each in job["FinalMetricDataList"]] == [
        each["Value"] for each in other["FinalMetricDataList"]
    ]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("id,x\n1,2\n", "is no JSON"),
        ("[]", "must be a list that begins with"),
        ('["part-00000.csv"]', "must be a list that begins with"),
        ('[{"prefix": "s3://b/"}]', "names no object"),
        ('[{"prefix": "s3://b/"}, "../a"]', "which is no object"),
        ('[{"prefix": "s3://BUCKET/data/train/"}, "gone"]', "Failed to download"),
    ],
)
def test_manifest_that_is_none_fails_the_job(
    sagemaker: Any, client: Client, bucket: str, role: str, body: str, reason: str
) -> None:
    client("s3").put_object(
        Bucket=bucket, Key="data/lists/bad", Body=body.replace("BUCKET", bucket)
    )
    request = training_request(f"bad-manifest-{abs(hash(body))}", bucket, role)
    source = request["InputDataConfig"][0]["DataSource"]["S3DataSource"]
    source |= {"S3DataType": "ManifestFile", "S3Uri": f"s3://{bucket}/data/lists/bad"}
    assert reason in train(sagemaker, request)["FailureReason"]


def test_tags_are_kept_changed_and_removed(sagemaker: Any, bucket: str, role: str) -> None:
    tags = [{"Key": "team", "Value": "a"}]
    job = train(sagemaker, training_request("tagged", bucket, role, Tags=tags))
    arn = job["TrainingJobArn"]
    sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "team", "Value": "b"}])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "b"}]
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["team"])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == []
