"""Reading a range of an object, and writing one once; fails on ministack as it is."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Client = Callable[[str], Any]


def test_range_of_a_version_is_that_range(client: Client, bucket: str) -> None:
    s3 = client("s3")
    old = s3.put_object(Bucket=bucket, Key="ranged", Body=b"0123456789")["VersionId"]
    new = s3.put_object(Bucket=bucket, Key="ranged", Body=b"abcdefghij")["VersionId"]
    for version, expected in ((old, b"234"), (new, b"cde")):
        answer = s3.get_object(Bucket=bucket, Key="ranged", VersionId=version, Range="bytes=2-4")
        assert answer["Body"].read() == expected
        assert answer["ContentRange"] == "bytes 2-4/10"
        assert answer["VersionId"] == version
    with pytest.raises(ClientError, match="InvalidRange"):
        s3.get_object(Bucket=bucket, Key="ranged", VersionId=old, Range="bytes=20-30")


def test_range_of_a_large_object_costs_its_range(client: Client, bucket: str) -> None:
    s3 = client("s3")
    s3.put_object(Bucket=bucket, Key="large", Body=bytes(64 << 20))

    def seconds(span: str) -> float:
        started = time.perf_counter()
        s3.get_object(Bucket=bucket, Key="large", Range=span)["Body"].read()
        return time.perf_counter() - started

    whole = min(seconds("bytes=0-") for _ in range(2))
    quick = any(seconds("bytes=60000000-60000099") < whole / 8 for _ in range(50))
    s3.delete_object(Bucket=bucket, Key="large")
    assert quick


# Not patched, but relied on.
def test_put_object_if_none_match_writes_once(client: Client, bucket: str) -> None:
    s3 = client("s3")
    s3.put_object(Bucket=bucket, Key="once", Body=b"1", IfNoneMatch="*")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket=bucket, Key="once", Body=b"2", IfNoneMatch="*")
