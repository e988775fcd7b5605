# ruff: noqa: ARG002, N803 - the fakes take the parameters that boto3 takes
"""S3, in memory."""

import hashlib
import io
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from tests.unit.cli.fake_answers import BUCKET, NOON, refused


class FakeS3:
    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.puts: list[str] = []
        self.metadata: dict[str, dict[str, str]] = {}
        self.now = NOON

    def put_object(self, *, Bucket: str, Key: str, Body: Any, **more: Any) -> dict[str, Any]:
        assert Bucket == BUCKET
        self._check(Key, more.get("IfMatch"), more.get("IfNoneMatch"))
        self.metadata[Key] = more.get("Metadata", {})
        self.objects[Key] = Body if isinstance(Body, bytes) else Body.read()
        self.puts.append(Key)
        return {"VersionId": self._version(Key), "ETag": f'"{self.puts.count(Key)}"'}

    def _check(self, key: str, etag: str | None, none: str | None) -> None:
        there = key in self.objects
        if (none and there) or (etag and (not there or etag != f'"{self.puts.count(key)}"')):
            error = {"Error": {"Code": "PreconditionFailed"}, "ResponseMetadata": {}}
            error["ResponseMetadata"] = {"HTTPStatusCode": 412}
            raise ClientError(error, "PutObject")

    def _version(self, key: str) -> str:
        return f"v{self.puts.count(key)}"

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        assert Bucket == BUCKET
        if Key not in self.objects:
            raise refused("NoSuchKey", "GetObject")
        etag = f'"{self.puts.count(Key)}"'
        return {"Body": io.BytesIO(self.objects[Key]), "ETag": etag}

    def head_object(self, *, Bucket: str, Key: str, **_version: Any) -> dict[str, Any]:
        if Key not in self.objects:
            raise refused("404", "HeadObject")
        return {
            "LastModified": self.now,
            "VersionId": self._version(Key),
            "ETag": self.tag(Key),
        }

    def tag(self, key: str) -> str:
        return f'"{hashlib.md5(self.objects[key]).hexdigest()}"'

    def upload_file(
        self, name: str, Bucket: str, Key: str, Callback: Any, ExtraArgs: dict[str, Any]
    ) -> None:
        with open(name, "rb") as body:  # noqa: PTH123
            self.put_object(Bucket=Bucket, Key=Key, Body=body, **ExtraArgs)
        Callback(len(self.objects[Key]))

    def download_file(self, bucket: str, key: str, name: str, Config: Any = None) -> None:
        with open(name, "wb") as file:  # noqa: PTH123
            file.write(self.get_object(Bucket=bucket, Key=key)["Body"].read())

    def get_paginator(self, name: str) -> Any:
        assert name == "list_objects_v2"
        return _S3Pages(self)

    def list_objects_v2(self, *, Bucket: str, Prefix: str, MaxKeys: int) -> dict[str, Any]:
        assert Bucket == BUCKET
        found = [{"Key": key} for key in self.objects if key.startswith(Prefix)]
        return {"Contents": found[:MaxKeys]} if found else {}


class _S3Pages:
    def __init__(self, s3: FakeS3) -> None:
        self.s3 = s3

    def paginate(
        self,
        *,
        Bucket: str,
        Prefix: str,
        Delimiter: str | None = None,
    ) -> Iterator[dict[str, Any]]:
        keys = [key for key in self.s3.objects if key.startswith(Prefix)]
        if Delimiter is None:
            yield {"Contents": [self._item(key) for key in keys]}
            return
        tails = {key[len(Prefix) :].split(Delimiter)[0] for key in keys}
        yield {"CommonPrefixes": [{"Prefix": f"{Prefix}{tail}/"} for tail in sorted(tails)]}

    def _item(self, key: str) -> dict[str, Any]:
        return {"Key": key, "LastModified": self.s3.now, "ETag": self.s3.tag(key)}
