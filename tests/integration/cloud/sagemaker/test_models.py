"""Models are listed, tagged and deleted as TidyFunction does it."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from dropforge.cloud import Cloud
from tests.integration.cloud.conftest import IMAGE

Client = Callable[[str], Any]
Make = Callable[..., str]


@pytest.fixture
def sagemaker(client: Client) -> Any:
    return client("sagemaker")


@pytest.fixture
def make(sagemaker: Any, outputs: dict[str, str], model_data: str) -> Iterator[Make]:
    made = []

    def model(name: str, **tags: str) -> str:
        arn: str = sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn=outputs["TrainingRoleArn"],
            PrimaryContainer={"Image": IMAGE, "ModelDataUrl": model_data},
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        )["ModelArn"]
        made.append(name)
        return arn

    yield model
    pages = sagemaker.get_paginator("list_models").paginate()
    for name in {model["ModelName"] for page in pages for model in page["Models"]} & set(made):
        sagemaker.delete_model(ModelName=name)


def names(sagemaker: Any, **asked: Any) -> list[str]:
    pages = sagemaker.get_paginator("list_models").paginate(NameContains="Tidied-", **asked)
    return [model["ModelName"] for page in pages for model in page["Models"]]


def created(sagemaker: Any, name: str) -> datetime:
    when: datetime = sagemaker.describe_model(ModelName=name)["CreationTime"]
    return when


def test_models_are_listed_by_time_and_name_in_pages(sagemaker: Any, make: Make) -> None:
    for number in range(5):
        make(f"tidied-{number}")
    make("other-1")
    assert names(sagemaker) == [f"tidied-{n}" for n in (4, 3, 2, 1, 0)]
    up = {"SortBy": "CreationTime", "SortOrder": "Ascending"}
    assert names(sagemaker, **up, PaginationConfig={"PageSize": 2}) == names(sagemaker)[::-1]
    middle = created(sagemaker, "tidied-2")
    before = names(sagemaker, CreationTimeBefore=middle, **up)
    after = names(sagemaker, CreationTimeAfter=middle, **up)
    assert before[:2] == ["tidied-0", "tidied-1"]
    assert after[-2:] == ["tidied-3", "tidied-4"]
    assert names(sagemaker, CreationTimeBefore=datetime(2020, 1, 1)) == []
    page = sagemaker.list_models(MaxResults=2, NameContains="tidied")
    assert set(page["Models"][0]) == {"ModelName", "ModelArn", "CreationTime"}
    with pytest.raises(ClientError, match="less than or equal to 100"):
        sagemaker.list_models(MaxResults=101)
    with pytest.raises(ClientError, match="NextToken"):
        sagemaker.list_models(NextToken="?")


def test_tags_go_with_their_model(sagemaker: Any, make: Make) -> None:
    arn = make("tidied-tags", **{"dropforge:stack": "one"})
    tags = sagemaker.list_tags(ResourceArn=arn)["Tags"]
    assert tags == [{"Key": "dropforge:stack", "Value": "one"}]
    sagemaker.delete_model(ModelName="tidied-tags")
    with pytest.raises(ClientError, match="Could not find"):
        sagemaker.list_tags(ResourceArn=arn)
    with pytest.raises(ClientError, match="Could not find model"):
        sagemaker.delete_model(ModelName="tidied-tags")
    assert make("tidied-tags") == arn
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == []


def test_tags_of_deleted_groups_and_packages_are_gone(sagemaker: Any) -> None:
    tag = [{"Key": "a", "Value": "1"}]
    for _ in range(2):
        arn = sagemaker.create_model_package_group(ModelPackageGroupName="tidied", Tags=tag)[
            "ModelPackageGroupArn"
        ]
        sagemaker.delete_model_package_group(ModelPackageGroupName="tidied")
        tag = []
    sagemaker.create_model_package_group(ModelPackageGroupName="tidied")
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == []
    sagemaker.delete_model_package_group(ModelPackageGroupName="tidied")


def test_there_are_no_endpoint_configurations(sagemaker: Any) -> None:
    assert sagemaker.list_endpoint_configs(MaxResults=100)["EndpointConfigs"] == []
    with pytest.raises(ClientError, match='Could not find endpoint configuration "arn:aws:'):
        sagemaker.describe_endpoint_config(EndpointConfigName="mine")
    with pytest.raises(ClientError, match="less than or equal to 100"):
        sagemaker.list_endpoint_configs(MaxResults=101)


def test_role_that_may_delete_models_of_a_tag_deletes_no_others(
    sagemaker: Any, make: Make, client: Client, cloud: Cloud
) -> None:
    iam = client("iam")
    iam.create_user(UserName="tidier")
    model = f"arn:aws:sagemaker:{cloud.region}:{cloud.account}:model/*"
    own = {"StringEquals": {"aws:ResourceTag/dropforge:stack": "mine"}}
    allow = {"Effect": "Allow", "Action": "sagemaker:DeleteModel", "Resource": model}
    config = f"arn:aws:sagemaker:{cloud.region}:{cloud.account}:endpoint-config/mine"
    look = {"Effect": "Allow", "Action": "sagemaker:DescribeEndpointConfig", "Resource": config}
    document = {"Version": "2012-10-17", "Statement": [allow | {"Condition": own}, look]}
    iam.put_user_policy(UserName="tidier", PolicyName="own", PolicyDocument=json.dumps(document))
    key = iam.create_access_key(UserName="tidier")["AccessKey"]
    tidier = boto3.client(
        "sagemaker",
        endpoint_url=cloud.endpoint,
        region_name=cloud.region,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    make("tidied-Mine", **{"dropforge:stack": "mine"})
    make("tidied-theirs", **{"dropforge:stack": "mine-too"})
    make("tidied-nobodys")
    tidier.delete_model(ModelName="tidied-Mine")
    for name in ("tidied-theirs", "tidied-nobodys", "tidied-absent"):
        with pytest.raises(ClientError, match=r"AccessDenied.*sagemaker:DeleteModel"):
            tidier.delete_model(ModelName=name)
    for call in (tidier.list_models, tidier.list_endpoint_configs):
        with pytest.raises(ClientError, match="AccessDenied"):
            call()
    with pytest.raises(ClientError, match="Could not find endpoint configuration"):
        tidier.describe_endpoint_config(EndpointConfigName="mine")
    with pytest.raises(ClientError, match="AccessDenied"):
        tidier.describe_endpoint_config(EndpointConfigName="theirs")
    assert sorted(names(sagemaker)) == ["tidied-nobodys", "tidied-theirs"]


@pytest.mark.parametrize(
    ("image", "message"),
    [
        ("sagemaker-xgboost:3.2-0", "is invalid"),
        (IMAGE.removesuffix(":3.2-0"), "is invalid"),
        (IMAGE.replace("3.2-0", "3.2-9"), "Requested image not found"),
        (IMAGE.replace("683313688378", "123456789012"), "Requested image not found"),
        (IMAGE.replace("sagemaker-xgboost", "my-xgboost"), "Requested image not found"),
    ],
)
def test_model_of_an_image_that_there_is_not_is_refused(
    sagemaker: Any, outputs: dict[str, str], model_data: str, image: str, message: str
) -> None:
    with pytest.raises(ClientError, match=message):
        sagemaker.create_model(
            ModelName="of-no-image",
            ExecutionRoleArn=outputs["TrainingRoleArn"],
            PrimaryContainer={"Image": image, "ModelDataUrl": model_data},
        )


@pytest.mark.parametrize(
    ("key", "message"),
    [("model/gone.tar.gz", "Could not find model data at s3://"), ("other/a", "Could not access")],
)
def test_model_whose_data_cannot_be_had_is_refused(
    sagemaker: Any, client: Client, bucket: str, outputs: dict[str, str], key: str, message: str
) -> None:
    client("s3").put_object(Bucket=bucket, Key="other/a", Body=b"")
    with pytest.raises(ClientError, match=message):
        sagemaker.create_model(
            ModelName="of-no-data",
            ExecutionRoleArn=outputs["TrainingRoleArn"],
            PrimaryContainer={"Image": IMAGE, "ModelDataUrl": f"s3://{bucket}/{key}"},
        )
