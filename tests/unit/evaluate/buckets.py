"""An S3 client and a Logs client that hold what a test puts into them."""

import io
from typing import Any

from botocore.exceptions import ClientError
from botocore.response import StreamingBody


class FakeS3:
    """The three calls that evaluate makes, with S3's own error for a missing key."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def get_object(self, *, Key: str, **_: str) -> dict[str, Any]:  # noqa: N803
        if Key not in self.objects:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": Key}}, "GetObject")
        body = self.objects[Key]
        return {"Body": StreamingBody(io.BytesIO(body), len(body))}

    def put_object(self, *, Key: str, Body: bytes, **_: str) -> None:  # noqa: N803
        self.objects[Key] = Body

    def get_paginator(self, _operation: str) -> "FakeS3":
        return self

    def paginate(self, *, Prefix: str, **_: str) -> Any:  # noqa: N803
        keys = sorted(key for key in self.objects if key.startswith(Prefix))
        for start in range(0, len(keys) or 1, 2):
            yield {"Contents": [{"Key": key} for key in keys[start : start + 2]]}


class FakeLogs:
    """FilterLogEvents, two events a page; without lines, the log group does not exist."""

    def __init__(self, lines: list[str] | None = None) -> None:
        self.lines = lines

    def filter_log_events(self, **request: Any) -> dict[str, Any]:
        if self.lines is None:
            missing = {"Error": {"Code": "ResourceNotFoundException", "Message": "no group"}}
            raise ClientError(missing, "FilterLogEvents")
        start = int(request.get("nextToken", 0))
        page: dict[str, Any] = {
            "events": [{"message": line} for line in self.lines[start : start + 100]]
        }
        return page | ({"nextToken": str(start + 100)} if start + 100 < len(self.lines) else {})
