"""Reading and writing objects of the bucket, and bytes that can be read by range."""

import json
from dataclasses import dataclass
from typing import Any, Protocol

from pipeline import layout
from pipeline.storage.damage import damaged, present
from pipeline.storage.objects import read_object

_PERSON = "whoever dropped it"


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
        uri = self.bucket.uri(self.key)
        writer = "Plan data" if self.key.endswith(f"/{layout.PLAIN_COPY}") else _PERSON
        with present(uri, writer):
            body = self.bucket.get(self.key, end - start, self.version_id, (start, end))
        if len(body) != end - start:
            raise damaged(uri, writer, f"has fewer bytes than the {self.size:,} that it had")
        return body


@dataclass(frozen=True)
class Bucket:
    """The bucket, through a boto3 S3 client that the handler made."""

    client: Any
    name: str

    def get(
        self,
        key: str,
        limit: int,
        version_id: str | None = None,
        span: tuple[int, int] | None = None,
        writer: str = "another step",
    ) -> bytes:
        """Return an object's bytes, at most so many, or a range of them."""
        return read_object(
            self.client, self.name, key, limit, writer=writer, version_id=version_id, span=span
        )

    def uri(self, key: str) -> str:
        """Return an object's s3:// address."""
        return f"s3://{self.name}/{key}"

    def put(self, key: str, body: bytes, content_type: str = "text/csv") -> str:
        """Write an object and return its ETag."""
        tag: str = self.client.put_object(
            Bucket=self.name, Key=key, Body=body, ContentType=content_type
        )["ETag"]
        return tag

    def put_json(self, key: str, value: Any) -> None:
        """Write an object that holds JSON, indented for the people who open it."""
        body = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)
        self.put(key, body.encode(), "application/json")

    def put_compact(self, key: str, value: Any) -> None:
        """Write an object that holds JSON on one line, for machines."""
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        self.put(key, body.encode(), "application/json")

    def begin(self, key: str, content_type: str = "text/csv") -> str:
        """Begin a multipart upload and return its id."""
        upload: str = self.client.create_multipart_upload(
            Bucket=self.name, Key=key, ContentType=content_type
        )["UploadId"]
        return upload

    def put_part(self, key: str, upload: str, number: int, body: bytes) -> dict[str, object]:
        """Upload a part and return what ``finish`` wants to know of it."""
        answer = self.client.upload_part(
            Bucket=self.name, Key=key, UploadId=upload, PartNumber=number, Body=body
        )
        return {"PartNumber": number, "ETag": answer["ETag"]}

    def copy_part(self, key: str, upload: str, number: int, source: str) -> dict[str, object]:
        """Take another object of the bucket as a part, without reading it."""
        answer = self.client.upload_part_copy(
            Bucket=self.name,
            Key=key,
            UploadId=upload,
            PartNumber=number,
            CopySource={"Bucket": self.name, "Key": source},
        )
        return {"PartNumber": number, "ETag": answer["CopyPartResult"]["ETag"]}

    def finish(self, key: str, upload: str, parts: list[dict[str, object]]) -> None:
        """Put the parts of an upload together."""
        self.client.complete_multipart_upload(
            Bucket=self.name, Key=key, UploadId=upload, MultipartUpload={"Parts": parts}
        )
