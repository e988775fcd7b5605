"""Reading and writing objects of the bucket, and bytes that can be read by range."""

import json
from dataclasses import dataclass
from typing import Any, Protocol


class Source(Protocol):
    """Bytes that can be read by range."""

    @property
    def size(self) -> int:
        """Bytes in all."""

    def read(self, start: int, end: int) -> bytes:
        """Return the bytes from start to before end, fewer at the end of the source."""


@dataclass(frozen=True)
class ObjectSource:
    """One version of an S3 object."""

    bucket: "Bucket"
    key: str
    version_id: str | None
    size: int

    def read(self, start: int, end: int) -> bytes:
        """Return the bytes from start to before end."""
        end = min(end, self.size)
        if start >= end:
            return b""
        return self.bucket.get(self.key, self.version_id, f"bytes={start}-{end - 1}")


@dataclass(frozen=True)
class Bucket:
    """The bucket, through a boto3 S3 client that the handler made."""

    client: Any
    name: str

    def get(self, key: str, version_id: str | None = None, span: str | None = None) -> bytes:
        """Return an object's bytes, or a range of them."""
        response = self.client.get_object(
            Bucket=self.name,
            Key=key,
            **({"VersionId": version_id} if version_id else {}),
            **({"Range": span} if span else {}),
        )
        body: bytes = response["Body"].read()
        return body

    def get_json(self, key: str) -> Any:
        """Return an object that holds JSON."""
        return json.loads(self.get(key))

    def put(self, key: str, body: bytes, content_type: str = "text/csv") -> None:
        """Write an object."""
        self.client.put_object(Bucket=self.name, Key=key, Body=body, ContentType=content_type)

    def put_json(self, key: str, value: Any) -> None:
        """Write an object that holds JSON, indented for the people who open it."""
        body = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)
        self.put(key, body.encode(), "application/json")

    def put_compact(self, key: str, value: Any) -> None:
        """Write an object that holds JSON on one line, for machines."""
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        self.put(key, body.encode(), "application/json")

    def begin(self, key: str) -> str:
        """Begin a multipart upload and return its id."""
        upload: str = self.client.create_multipart_upload(
            Bucket=self.name, Key=key, ContentType="text/csv"
        )["UploadId"]
        return upload

    def put_part(self, key: str, upload: str, number: int, body: bytes) -> dict[str, object]:
        """Upload a part and return what ``finish`` wants to know of it."""
        answer = self.client.upload_part(
            Bucket=self.name, Key=key, UploadId=upload, PartNumber=number, Body=body
        )
        return {"PartNumber": number, "ETag": answer["ETag"]}

    def finish(self, key: str, upload: str, parts: list[dict[str, object]]) -> None:
        """Put the parts of an upload together."""
        self.client.complete_multipart_upload(
            Bucket=self.name, Key=key, UploadId=upload, MultipartUpload={"Parts": parts}
        )


def planned_source(client: Any, plan: dict[str, Any]) -> ObjectSource:
    """Return the bytes that a plan says are to be read: the drop itself, or its plain copy."""
    place = plan["source"]
    bucket = Bucket(client, place["bucket"])
    return ObjectSource(bucket, place["key"], place["version_id"], place["size"])
