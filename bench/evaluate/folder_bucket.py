"""A bucket that is a folder, so that its objects count for no process's memory."""

import io
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from botocore.response import StreamingBody

ETAG = '"etag"'


class FolderBucket:
    """The calls of a boto3 S3 client that functions evaluate, predict and join make."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get_object(self, **request: Any) -> dict[str, Any]:
        """Return a file, or the range of it that is asked for, as a stream."""
        path = self._folder / request["Key"]
        if not path.is_file():
            missing = {"Error": {"Code": "NoSuchKey", "Message": request["Key"]}}
            raise ClientError(missing, "GetObject")
        size = path.stat().st_size
        if "Range" not in request:
            return {"Body": StreamingBody(path.open("rb"), size), "ContentLength": size}
        first, last = map(int, request["Range"].removeprefix("bytes=").split("-"))
        with path.open("rb") as file:
            file.seek(first)
            body = file.read(last + 1 - first)
        return {"Body": StreamingBody(io.BytesIO(body), len(body)), "ContentLength": len(body)}

    def head_object(self, **_: Any) -> dict[str, Any]:
        """Return what tells one version of a file from another."""
        return {"ETag": ETAG}

    def put_object(self, **request: Any) -> dict[str, Any]:
        """Write a file."""
        path = self._folder / request["Key"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(request["Body"])
        return {"ETag": '"written"'}

    def get_paginator(self, _operation: str) -> "FolderBucket":
        """Return the paginator of list_objects_v2, which is this."""
        return self

    def paginate(self, **request: Any) -> list[dict[str, Any]]:
        """List the files of a folder, in one page."""
        folder = self._folder / request["Prefix"]
        found = folder.iterdir() if folder.is_dir() else ()
        keys = [request["Prefix"] + path.name for path in found if path.is_file()]
        return [{"Contents": [{"Key": key, "ETag": ETAG} for key in sorted(keys)]}]
