"""A stack whose bucket is not empty is not deleted."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.waiting import wait_until

Client = Callable[[str], Any]


@pytest.fixture
def stack(client: Client) -> Callable[..., tuple[str, str]]:
    """Make a stack of one bucket; return both names."""

    def make(**properties: Any) -> tuple[str, str]:
        name = f"of-bucket-{uuid.uuid4().hex[:8]}"
        bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name} | properties}
        client("cloudformation").create_stack(
            StackName=name, TemplateBody=json.dumps({"Resources": {"Bucket": bucket}})
        )
        wait_until(lambda: status(client, name) == "CREATE_COMPLETE")
        return name, name

    return make


def status(client: Client, name: str) -> str:
    try:
        [found] = client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError:
        return "gone"
    return str(found["StackStatus"])


def delete(client: Client, name: str) -> str:
    client("cloudformation").delete_stack(StackName=name)
    ends = ("DELETE_FAILED", "DELETE_COMPLETE", "gone")
    wait_until(lambda: status(client, name) in ends)
    return status(client, name)


def test_bucket_with_an_object_stays_with_its_stack_until_it_is_empty(
    client: Client, stack: Callable[..., tuple[str, str]]
) -> None:
    name, bucket = stack()
    s3 = client("s3")
    s3.put_object(Bucket=bucket, Key="a", Body=b"kept")
    assert delete(client, name) == "DELETE_FAILED"
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"kept"
    events = client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    reasons = [e["ResourceStatusReason"] for e in events if e.get("ResourceStatusReason")]
    assert any("The bucket you tried to delete is not empty" in reason for reason in reasons)
    s3.delete_object(Bucket=bucket, Key="a")
    assert delete(client, name) == "gone"
    with pytest.raises(ClientError, match="404"):
        s3.head_bucket(Bucket=bucket)


def test_bucket_with_nothing_but_older_versions_is_not_empty(
    client: Client, stack: Callable[..., tuple[str, str]]
) -> None:
    name, bucket = stack(VersioningConfiguration={"Status": "Enabled"})
    s3 = client("s3")
    version = s3.put_object(Bucket=bucket, Key="a", Body=b"x")["VersionId"]
    marker = s3.delete_object(Bucket=bucket, Key="a")["VersionId"]
    assert delete(client, name) == "DELETE_FAILED"
    for each in (version, marker):
        s3.delete_object(Bucket=bucket, Key="a", VersionId=each)
    assert delete(client, name) == "gone"


def test_bucket_that_is_gone_already_stops_no_deletion(
    client: Client, stack: Callable[..., tuple[str, str]]
) -> None:
    name, bucket = stack()
    client("s3").delete_bucket(Bucket=bucket)
    assert delete(client, name) == "gone"
