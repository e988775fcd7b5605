"""The objects that a run wrote, read from the bucket."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from pipeline.layout import join

_READERS = 16
_Found = TypeVar("_Found")


@dataclass(frozen=True)
class RunFiles:
    """What lies below one run's prefix."""

    s3: Any
    """A boto3 S3 client."""
    bucket: str
    prefix: str

    def key(self, *parts: str) -> str:
        """Return the key of a file of the run."""
        return join(self.prefix, *parts)

    def uri(self, *parts: str) -> str:
        """Return the s3:// address of a file of the run."""
        return f"s3://{self.bucket}/{self.key(*parts)}"

    def read(self, *parts: str) -> bytes:
        """Return a file's bytes; raise botocore's ClientError (NoSuchKey) if there is none."""
        body: bytes = self.open(*parts).read()
        return body

    def open(self, *parts: str) -> Any:
        """Return a file's stream."""
        return self.s3.get_object(Bucket=self.bucket, Key=self.key(*parts))["Body"]

    def read_if_there(self, *parts: str) -> bytes | None:
        """Return a file's bytes, or None if there is no such file."""
        try:
            return self.read(*parts)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise

    def read_json(self, *parts: str) -> Any:
        """Return a JSON file's content."""
        return json.loads(self.read(*parts))

    def names(self, folder: str) -> list[str]:
        """Return the names of the files directly in a folder, sorted."""
        start = self.key(folder) + "/"
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=start)
        keys = (
            item["Key"].removeprefix(start) for page in pages for item in page.get("Contents", [])
        )
        return sorted(name for name in keys if name and "/" not in name)

    def write(self, name: str, text: str, content_type: str) -> None:
        """Write a file of the run."""
        self.s3.put_object(
            Bucket=self.bucket,
            Key=self.key(name),
            Body=text.encode(),
            ContentType=f"{content_type}; charset=utf-8",
        )


def in_parallel(work: Callable[[str], _Found], names: list[str]) -> Iterator[_Found]:
    """Yield the result for each name, in their order, several at a time."""
    if len(names) == 1:
        yield work(names[0])
        return
    with ThreadPoolExecutor(_READERS) as pool:
        yield from pool.map(work, names)
