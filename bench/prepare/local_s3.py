"""S3 as Prepare and Join use it, on objects in memory or files on disk."""

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError


class LocalS3:
    """The calls of a boto3 S3 client that functions make; one bucket, no versions."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes | Path] = {}
        self._uploads: dict[str, dict[int, bytes]] = {}

    def _object(self, key: str, operation: str) -> bytes | Path:
        if key not in self.objects:
            code = "404" if operation == "HeadObject" else "NoSuchKey"
            raise ClientError({"Error": {"Code": code, "Message": key}}, operation)
        return self.objects[key]

    def head_object(self, **request: Any) -> dict[str, Any]:
        """Return an object's size."""
        body = self._object(request["Key"], "HeadObject")
        size = body.stat().st_size if isinstance(body, Path) else len(body)
        modified = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        return {"ContentLength": size, "ETag": '"etag"', "LastModified": modified}

    def get_object(self, **request: Any) -> dict[str, Any]:
        """Return an object, or the range of it that is asked for."""
        body = self._object(request["Key"], "GetObject")
        start, end = 0, None
        if "Range" in request:
            first, last = request["Range"].removeprefix("bytes=").split("-")
            start, end = int(first), int(last) + 1
        if isinstance(body, Path):
            with body.open("rb") as file:
                file.seek(start)
                found = file.read() if end is None else file.read(end - start)
        else:
            found = body[start:end]
        return {"Body": io.BytesIO(found), "ContentLength": len(found)}

    def put_object(self, **request: Any) -> dict[str, Any]:
        """Write an object."""
        self.objects[request["Key"]] = request["Body"]
        return {"ETag": '"etag"'}

    def create_multipart_upload(self, **request: Any) -> dict[str, Any]:
        """Begin an upload."""
        self._uploads[request["Key"]] = {}
        return {"UploadId": request["Key"]}

    def upload_part(self, **request: Any) -> dict[str, Any]:
        """Take a part."""
        self._uploads[request["UploadId"]][request["PartNumber"]] = request["Body"]
        return {"ETag": f"etag-{request['PartNumber']}"}

    def complete_multipart_upload(self, **request: Any) -> dict[str, Any]:
        """Put the parts together."""
        numbers = [part["PartNumber"] for part in request["MultipartUpload"]["Parts"]]
        parts = self._uploads.pop(request["UploadId"])
        self.objects[request["Key"]] = b"".join(parts[number] for number in numbers)
        return {}

    def upload_part_copy(self, **request: Any) -> dict[str, Any]:
        """Take another object as a part."""
        self._uploads[request["UploadId"]][request["PartNumber"]] = self._bytes(
            request["CopySource"]["Key"]
        )
        return {"CopyPartResult": {"ETag": f"etag-{request['PartNumber']}"}}

    def copy_object(self, **request: Any) -> dict[str, Any]:
        """Copy an object."""
        self.objects[request["Key"]] = self._bytes(request["CopySource"]["Key"])
        return {}

    def delete_objects(self, **request: Any) -> dict[str, Any]:
        """Delete objects."""
        for item in request["Delete"]["Objects"]:
            self.objects.pop(item["Key"], None)
        return {}

    def get_paginator(self, _operation: str) -> "LocalS3":
        """Return what lists objects; ListObjectsV2 is the one operation that is paged here."""
        return self

    def paginate(self, **request: Any) -> list[dict[str, Any]]:
        """List all objects of a prefix as one page."""
        found = sorted(key for key in self.objects if key.startswith(request["Prefix"]))
        items = [{"Key": key, "Size": len(self._bytes(key)), "ETag": '"etag"'} for key in found]
        return [{"Contents": items}]

    def _bytes(self, key: str) -> bytes:
        body = self._object(key, "GetObject")
        return body.read_bytes() if isinstance(body, Path) else body
