"""What a run wrote, and writes, in the bucket."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from pipeline.aws_errors import ABSENT, code_of
from pipeline.documents import reading
from pipeline.documents.kinds import Kind, T
from pipeline.layout import join, note_name
from pipeline.storage.bucket import Bucket
from pipeline.storage.damage import damaged, present
from pipeline.storage.objects import ObjectStream

CHUNKS = "chunks"
"""The folder of what is known of single chunks."""
_READERS = 16
_Item = TypeVar("_Item")
_Found = TypeVar("_Found")


@dataclass(frozen=True)
class RunFiles:
    """What lies below one run's prefix."""

    bucket: Bucket
    prefix: str

    def key(self, *parts: str) -> str:
        """Return the key of a file of the run."""
        return join(self.prefix, *parts)

    def uri(self, *parts: str) -> str:
        """Return the s3:// address of a file of the run."""
        return self.bucket.uri(self.key(*parts))

    def read(self, *parts: str, kind: Kind[Any]) -> bytes:
        """Return a file's bytes; raise ArtefactError if it is not there, or over its limit."""
        return reading.read_bytes(self.bucket, self.key(*parts), kind)

    def open(self, *parts: str, kind: Kind[Any]) -> ObjectStream:
        """Return a file's stream."""
        with present(self.uri(*parts), kind.writer):
            return ObjectStream(self.bucket.client, self.bucket.name, self.key(*parts))

    def read_if_there(self, *parts: str, kind: Kind[Any]) -> bytes | None:
        """Return a file's bytes, or None if there is no such file."""
        try:
            return self.bucket.get(self.key(*parts), kind.limit, writer=kind.writer)
        except ClientError as error:
            if code_of(error) in ABSENT:
                return None
            raise

    def read_document(self, kind: Kind[T]) -> T:
        """Return the run's one document of a kind, checked."""
        return self.read_json(kind.file, kind=kind)

    def write_document(self, kind: Kind[T], value: T) -> None:
        """Write the run's one document of a kind."""
        write = self.bucket.put_compact if kind.is_compact else self.bucket.put_json
        write(self.key(kind.file), value)

    def read_json(self, *parts: str, kind: Kind[T]) -> T:
        """Return a JSON file's content, checked."""
        return reading.read_json(self.bucket, self.key(*parts), kind)

    def read_notes(self, beginning: str, kind: Kind[T]) -> list[T]:
        """Return the content of those files of the chunks whose names begin so, checked.

        What they tell makes sense only together, so that there being none is damage, too.
        """
        names = [name for name in self.names(CHUNKS) if name.startswith(beginning)]
        if not names:
            uri = self.uri(CHUNKS, f"{beginning}*.json")
            raise damaged(uri, kind.writer, "is not there any more")
        return list(in_parallel(lambda name: self.read_json(CHUNKS, name, kind=kind), names))

    def write_note(self, note: str, index: int, value: Mapping[str, Any]) -> None:
        """Write what is known of a chunk."""
        self.bucket.put_compact(self.key(CHUNKS, note_name(note, index)), value)

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

    def sizes(self) -> dict[str, int]:
        """Return the bytes of all files, by their names below the prefix."""
        start = f"{self.prefix}/"
        return {item["Key"].removeprefix(start): item["Size"] for item in self._listed(start)}

    def _listed(self, start: str) -> Iterator[dict[str, Any]]:
        client, name = self.bucket.client, self.bucket.name
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=name, Prefix=start)
        for page in pages:
            yield from page.get("Contents", [])

    def write(self, name: str, text: str, content_type: str) -> None:
        """Write a file of the run."""
        self.bucket.put(self.key(name), text.encode(), f"{content_type}; charset=utf-8")


def in_parallel(work: Callable[[_Item], _Found], items: list[_Item]) -> Iterator[_Found]:
    """Yield the result for each item, in their order, several at a time."""
    if len(items) == 1:
        yield work(items[0])
        return
    with ThreadPoolExecutor(_READERS) as pool:
        yield from pool.map(work, items)
