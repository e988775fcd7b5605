"""The objects that a run wrote, read from the bucket."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from pipeline.aws_errors import ABSENT, code_of
from pipeline.documents import artefacts
from pipeline.documents.artefacts import Artefact
from pipeline.layout import join
from pipeline.storage.objects import ObjectStream, read_object

_CHUNKS = "chunks"
_READERS = 16
_Named = TypeVar("_Named")
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

    def read(self, *parts: str, kind: Artefact) -> bytes:
        """Return a file's bytes; raise ArtefactError if it is not there, or over its limit."""
        return artefacts.read_bytes(self.s3, self.bucket, self.key(*parts), kind)

    def open(self, *parts: str, kind: Artefact) -> ObjectStream:
        """Return a file's stream."""
        with artefacts.present(self.uri(*parts), kind.writer):
            return ObjectStream(self.s3, self.bucket, self.key(*parts))

    def read_if_there(self, *parts: str, kind: Artefact) -> bytes | None:
        """Return a file's bytes, or None if there is no such file."""
        try:
            return read_object(
                self.s3, self.bucket, self.key(*parts), kind.limit, writer=kind.writer
            )
        except ClientError as error:
            if code_of(error) in ABSENT:
                return None
            raise

    def read_json(self, *parts: str, kind: Artefact) -> Any:
        """Return a JSON file's content, checked."""
        return artefacts.read_json(self.s3, self.bucket, self.key(*parts), kind)

    def read_notes(self, beginning: str, kind: Artefact) -> list[Any]:
        """Return the content of those files of the chunks whose names begin so, checked.

        What they tell makes sense only together, so that there being none is damage, too.
        """
        names = [name for name in self.names(_CHUNKS) if name.startswith(beginning)]
        if not names:
            uri = self.uri(_CHUNKS, f"{beginning}*.json")
            raise artefacts.damaged(uri, kind.writer, "is not there any more")
        return list(in_parallel(lambda name: self.read_json(_CHUNKS, name, kind=kind), names))

    def names(self, folder: str) -> list[str]:
        """Return the names of the files directly in a folder, sorted."""
        start = self.key(folder) + "/"
        keys = (item["Key"].removeprefix(start) for item in self._listed(start))
        return sorted(name for name in keys if name and "/" not in name)

    def tags(self, folder: str) -> dict[str, str]:
        """Return the ETags of all that is in a folder, by the names below the run's prefix."""
        start = self.key(folder) + "/"
        return {
            item["Key"].removeprefix(f"{self.prefix}/"): item["ETag"]
            for item in self._listed(start)
            if item["Key"] != start
        }

    def _listed(self, start: str) -> Iterator[dict[str, Any]]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=start)
        for page in pages:
            yield from page.get("Contents", [])

    def write(self, name: str, text: str, content_type: str) -> None:
        """Write a file of the run."""
        self.s3.put_object(
            Bucket=self.bucket,
            Key=self.key(name),
            Body=text.encode(),
            ContentType=f"{content_type}; charset=utf-8",
        )


def in_parallel(work: Callable[[_Named], _Found], names: list[_Named]) -> Iterator[_Found]:
    """Yield the result for each name, in their order, several at a time."""
    if len(names) == 1:
        yield work(names[0])
        return
    with ThreadPoolExecutor(_READERS) as pool:
        yield from pool.map(work, names)
