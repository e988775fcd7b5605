import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from dropforge.cloud import Cloud
from tests.integration.cloud.conftest import (
    IMAGE,
    train,
    training_request,
    transform,
    transform_request,
)

Client = Callable[[str], Any]


@pytest.fixture
def sagemaker(client: Client) -> Any:
    return client("sagemaker")


def container(url: str = "s3://bucket/model.tar.gz") -> dict[str, Any]:
    return {
        "Containers": [{"Image": IMAGE, "ModelDataUrl": url}],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }


def test_versions_count_up_and_the_newest_approved_is_found(sagemaker: Any) -> None:
    group = "champions"
    sagemaker.create_model_package_group(ModelPackageGroupName=group)
    arns = [
        sagemaker.create_model_package(
            ModelPackageGroupName=group,
            InferenceSpecification=container(),
            ModelApprovalStatus=status,
            CustomerMetadataProperties={"run": f"run-{number}"},
        )["ModelPackageArn"]
        for number, status in enumerate(["Approved", "Approved", "PendingManualApproval"])
    ]
    assert [arn.rpartition("/")[2] for arn in arns] == ["1", "2", "3"]
    found = sagemaker.list_model_packages(
        ModelPackageGroupName=group, ModelApprovalStatus="Approved", MaxResults=1
    )["ModelPackageSummaryList"]
    assert [each["ModelPackageArn"] for each in found] == [arns[1]]
    sagemaker.update_model_package(
        ModelPackageArn=arns[2],
        ModelApprovalStatus="Approved",
        CustomerMetadataProperties={"by": "me"},
        CustomerMetadataPropertiesToRemove=["run"],
    )
    changed = sagemaker.describe_model_package(ModelPackageName=arns[2])
    assert changed["ModelApprovalStatus"] == "Approved"
    assert changed["CustomerMetadataProperties"] == {"by": "me"}
    sagemaker.delete_model_package(ModelPackageName=arns[2])
    again = sagemaker.create_model_package(
        ModelPackageGroupName=group, InferenceSpecification=container()
    )["ModelPackageArn"]
    assert again.endswith("/4")
    status = sagemaker.describe_model_package(ModelPackageName=again)["ModelApprovalStatus"]
    assert status == "PendingManualApproval"


def test_group_is_refused_twice_and_deleted_only_when_empty(sagemaker: Any) -> None:
    arn = sagemaker.create_model_package_group(ModelPackageGroupName="once")["ModelPackageGroupArn"]
    with pytest.raises(ClientError, match=f"Model Package Group already exists: {arn}"):
        sagemaker.create_model_package_group(ModelPackageGroupName="once")
    package = sagemaker.create_model_package(
        ModelPackageGroupName=arn, InferenceSpecification=container()
    )["ModelPackageArn"]
    with pytest.raises(ClientError, match="ConflictException"):
        sagemaker.delete_model_package_group(ModelPackageGroupName="once")
    sagemaker.delete_model_package(ModelPackageName=package)
    sagemaker.delete_model_package_group(ModelPackageGroupName="once")
    with pytest.raises(ClientError, match="does not exist"):
        sagemaker.describe_model_package_group(ModelPackageGroupName="once")


def test_transform_runs_with_the_model_of_a_package(
    sagemaker: Any, client: Client, bucket: str, outputs: dict[str, str]
) -> None:
    role = outputs["TrainingRoleArn"]
    job = train(sagemaker, training_request("packaged", bucket, role))
    sagemaker.create_model_package_group(ModelPackageGroupName="packaged")
    arn = sagemaker.create_model_package(
        ModelPackageGroupName="packaged",
        InferenceSpecification=container(job["ModelArtifacts"]["S3ModelArtifacts"]),
        ModelApprovalStatus="Approved",
    )["ModelPackageArn"]
    sagemaker.create_model(
        ModelName="packaged", ExecutionRoleArn=role, Containers=[{"ModelPackageName": arn}]
    )
    done = transform(sagemaker, transform_request("packaged", "packaged", bucket))
    assert done["TransformJobStatus"] == "Completed", done.get("FailureReason")
    key = "predictions/packaged/part-00000.csv.out"
    body = client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    assert body.count(b"\n") == 50


def test_model_exists_once_until_it_is_deleted(
    sagemaker: Any, outputs: dict[str, str], model_data: str
) -> None:
    request = {
        "ModelName": "only-one",
        "ExecutionRoleArn": outputs["TrainingRoleArn"],
        "PrimaryContainer": {"Image": IMAGE, "ModelDataUrl": model_data},
    }
    arn = sagemaker.create_model(**request)["ModelArn"]
    with pytest.raises(ClientError, match=f'Cannot create already existing model "{arn}"'):
        sagemaker.create_model(**request)
    assert sagemaker.describe_model(ModelName="only-one")["ModelArn"] == arn
    sagemaker.delete_model(ModelName="only-one")
    with pytest.raises(ClientError, match="Could not find model"):
        sagemaker.describe_model(ModelName="only-one")
    sagemaker.create_model(**request)


def test_caller_may_do_only_what_its_policy_allows(
    client: Client, cloud: Cloud, outputs: dict[str, str], model_data: str
) -> None:
    iam = client("iam")
    iam.create_user(UserName="modeller")
    arn = f"arn:aws:sagemaker:{cloud.region}:{cloud.account}:model/mine-*"
    statements = [{"Effect": "Allow", "Action": "sagemaker:CreateModel", "Resource": arn}]
    role = outputs["TrainingRoleArn"]

    def allow() -> None:
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_user_policy(UserName="modeller", PolicyName="own", PolicyDocument=document)

    allow()
    key = iam.create_access_key(UserName="modeller")["AccessKey"]
    user = boto3.client(
        "sagemaker",
        endpoint_url=cloud.endpoint,
        region_name=cloud.region,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    request = {
        "ModelName": "mine-1",
        "ExecutionRoleArn": role,
        "PrimaryContainer": {"Image": IMAGE, "ModelDataUrl": model_data},
    }
    with pytest.raises(ClientError, match=r"AccessDenied.*sagemaker:CreateModel"):
        user.create_model(**request | {"ModelName": "others-1"})
    with pytest.raises(ClientError, match=r"AccessDenied.*iam:PassRole on resource"):
        user.create_model(**request)
    statements.append({"Effect": "Allow", "Action": "iam:PassRole", "Resource": role})
    allow()
    assert user.create_model(**request)["ModelArn"].endswith("model/mine-1")
    user.close()


@pytest.fixture
def user(client: Client, cloud: Cloud) -> Iterator[Callable[[list[Any]], Any]]:
    """Make SageMaker clients of a user with the given statements."""
    name = f"user-{uuid.uuid4().hex[:12]}"
    iam = client("iam")
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    made = boto3.client(
        "sagemaker",
        endpoint_url=cloud.endpoint,
        region_name=cloud.region,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )

    def allow(statements: list[Any]) -> Any:
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=document)
        return made

    yield allow
    made.close()


def allowing(action: str, kind: str) -> dict[str, Any]:
    arn = f"arn:aws:sagemaker:us-east-1:000000000000:{kind}"
    return {"Effect": "Allow", "Action": f"sagemaker:{action}", "Resource": arn}


def test_list_of_packages_is_decided_on_the_packages(
    sagemaker: Any, user: Callable[[list[Any]], Any]
) -> None:
    sagemaker.create_model_package_group(ModelPackageGroupName="decided")
    asked = user([allowing("ListModelPackages", "model-package-group/decided")])
    with pytest.raises(ClientError, match="AccessDenied"):
        asked.list_model_packages(ModelPackageGroupName="decided")
    asked = user([allowing("ListModelPackages", "model-package/decided/*")])
    found = asked.list_model_packages(ModelPackageGroupName="decided")
    assert found["ModelPackageSummaryList"] == []
    with pytest.raises(ClientError, match="AccessDenied"):
        asked.list_model_packages()


@pytest.mark.parametrize("missing", ["CreateModel", "DescribeModelPackage"])
def test_model_of_a_package_needs_the_package_too(
    sagemaker: Any,
    user: Callable[[list[Any]], Any],
    outputs: dict[str, str],
    missing: str,
) -> None:
    group = f"of-{missing}".lower()
    sagemaker.create_model_package_group(ModelPackageGroupName=group)
    package = sagemaker.create_model_package(
        ModelPackageGroupName=group,
        InferenceSpecification=container(),
        ModelApprovalStatus="Approved",
    )["ModelPackageArn"]
    role = outputs["TrainingRoleArn"]
    request = {
        "ModelName": group,
        "ExecutionRoleArn": role,
        "Containers": [{"ModelPackageName": package}],
    }
    statements = [
        allowing("CreateModel", "model/*"),
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": role},
    ]
    on_package = {
        action: allowing(action, f"model-package/{group}/*")
        for action in ("CreateModel", "DescribeModelPackage")
    }
    others = [each for action, each in on_package.items() if action != missing]
    message = rf"AccessDenied.*sagemaker:{missing} on resource: {package}"
    with pytest.raises(ClientError, match=message):
        user([*statements, *others]).create_model(**request)
    user([*statements, *on_package.values()]).create_model(**request)
