"""An S3 client and a Logs client that hold what a test puts into them."""

import hashlib
import io
import json
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from pipeline import layout

NOTES = {
    layout.PARTS_NOTE: layout.PART_FOLDERS,
    layout.CHAMPION_NOTE: layout.CHAMPION_FOLDERS,
}


def etag(body: bytes | str) -> str:
    raw = body.encode() if isinstance(body, str) else body
    return f'"{hashlib.md5(raw).hexdigest()}"'


class FakeS3:
    """The calls that evaluate and predict make, with S3's own error for a missing key."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.keeps_notes = False

    def get_object(self, *, Key: str, **_: str) -> dict[str, Any]:  # noqa: N803
        self._note_parts()
        if Key not in self.objects:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": Key}}, "GetObject")
        body = self.objects[Key]
        return {"Body": StreamingBody(io.BytesIO(body), len(body)), "ContentLength": len(body)}

    def head_object(self, *, Key: str, **_: str) -> dict[str, Any]:  # noqa: N803
        if Key not in self.objects:
            raise ClientError({"Error": {"Code": "404", "Message": Key}}, "HeadObject")
        return {"ETag": etag(self.objects[Key])}

    def put_object(self, *, Key: str, Body: bytes, **_: str) -> dict[str, str]:  # noqa: N803
        self.objects[Key] = Body
        return {"ETag": '"written"'}

    def get_paginator(self, _operation: str) -> "FakeS3":
        return self

    def _note_parts(self) -> None:
        """Let each run's notes be of the parts that it has, unless the test wrote them itself."""
        if self.keeps_notes:
            return
        for start in {key.partition("/data/")[0] for key in self.objects if "/data/" in key}:
            for note, folders in NOTES.items():
                parts = {
                    key.removeprefix(f"{start}/"): etag(body)
                    for key, body in self.objects.items()
                    if key.startswith(tuple(f"{start}/data/{folder}/" for folder in folders))
                }
                told = json.dumps({"index": 0, "parts": parts}).encode()
                self.objects[f"{start}/chunks/{layout.note_name(note, 0)}"] = told

    def paginate(self, *, Prefix: str, **_: str) -> Any:  # noqa: N803
        self._note_parts()
        keys = sorted(key for key in self.objects if key.startswith(Prefix))
        for start in range(0, len(keys) or 1, 2):
            yield {
                "Contents": [
                    {"Key": key, "Size": len(self.objects[key]), "ETag": etag(self.objects[key])}
                    for key in keys[start : start + 2]
                ]
            }


class FakeLogs:
    """FilterLogEvents, 100 events a page; without lines, the log group does not exist.

    The lines are of the job that is asked for, except those that `others` gives
    a stream, which are returned first, whatever prefix is asked for.
    """

    def __init__(
        self, lines: list[str] | None = None, others: Sequence[tuple[str, str]] = ()
    ) -> None:
        self.lines = lines
        self.others = others

    def filter_log_events(self, **request: Any) -> dict[str, Any]:
        if self.lines is None:
            missing = {"Error": {"Code": "ResourceNotFoundException", "Message": "no group"}}
            raise ClientError(missing, "FilterLogEvents")
        start = int(request.get("nextToken", 0))
        own = f"{request['logStreamNamePrefix']}algo-1-1763806502"
        events = [
            {"logStreamName": stream, "message": line}
            for stream, line in (*self.others, *((own, line) for line in self.lines))
        ]
        page: dict[str, Any] = {"events": events[start : start + 100]}
        return page | ({"nextToken": str(start + 100)} if start + 100 < len(events) else {})
