"""What S3 lets a caller do who gives no key; fails on ministack as it is."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from dropforge.cloud import Cloud

PRIVATE, PUBLIC, MADE = "anonymous-private", "anonymous-public", "anonymous-made"


@pytest.fixture(scope="module")
def owner(client: Callable[[str], Any]) -> Any:
    """The owner of a bucket that is private, and of one that everyone may read and tag."""
    s3 = client("s3")
    for bucket in (PRIVATE, PUBLIC):
        s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key="k", Body=b"data")
    grants = [
        {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource}
        for action, resource in (
            ("s3:GetObject", f"arn:aws:s3:::{PUBLIC}/*"),
            ("s3:PutBucketTagging", f"arn:aws:s3:::{PUBLIC}"),
        )
    ]
    s3.delete_public_access_block(Bucket=PUBLIC)
    policy = json.dumps({"Version": "2012-10-17", "Statement": grants})
    s3.put_bucket_policy(Bucket=PUBLIC, Policy=policy)
    return s3


@pytest.fixture(scope="module")
def anyone(cloud: Cloud) -> Iterator[Any]:
    config = Config(signature_version=UNSIGNED)
    s3 = boto3.client("s3", endpoint_url=cloud.endpoint, region_name=cloud.region, config=config)
    yield s3
    s3.close()


@pytest.mark.parametrize(
    ("operation", "given"),
    [
        ("list_buckets", {}),
        ("create_bucket", {"Bucket": MADE}),
        ("create_bucket", {"Bucket": PRIVATE}),
        ("list_objects_v2", {"Bucket": PRIVATE}),
        ("get_object", {"Bucket": PRIVATE, "Key": "k"}),
        ("put_object", {"Bucket": PRIVATE, "Key": "k", "Body": b"other"}),
        ("put_object", {"Bucket": PUBLIC, "Key": "k", "Body": b"other"}),
        ("delete_bucket", {"Bucket": PRIVATE}),
    ],
)
def test_caller_without_a_key_is_refused(
    owner: Any, anyone: Any, operation: str, given: dict[str, Any]
) -> None:
    with pytest.raises(ClientError, match=r"\(AccessDenied\).*: Access Denied$"):
        getattr(anyone, operation)(**given)
    names = {bucket["Name"] for bucket in owner.list_buckets()["Buckets"]}
    assert ({PRIVATE, PUBLIC} <= names, MADE in names) == (True, False)
    for bucket in (PRIVATE, PUBLIC):
        assert owner.get_object(Bucket=bucket, Key="k")["Body"].read() == b"data"


def test_caller_without_a_key_may_do_what_everyone_may(owner: Any, anyone: Any) -> None:
    assert anyone.get_object(Bucket=PUBLIC, Key="k")["Body"].read() == b"data"
    tags = [{"Key": "by", "Value": "anyone"}]
    anyone.put_bucket_tagging(Bucket=PUBLIC, Tagging={"TagSet": tags})
    assert owner.get_bucket_tagging(Bucket=PUBLIC)["TagSet"] == tags
    with pytest.raises(ClientError, match="NoSuchBucket"):
        anyone.put_object(Bucket=MADE, Key="k", Body=b"data")
