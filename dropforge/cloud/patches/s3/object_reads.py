"""An object is read piece by piece as it is sent, and only the range that is asked for.

ministack reads the whole object into memory for each range, and answers a range of a
version with all of it and status 200. It answers 200 with no bytes for an object whose
file cannot be read.
"""

import asyncio
import contextlib
import contextvars
import functools
from collections.abc import Callable, Iterator
from io import FileIO
from pathlib import Path
from typing import Any

from dropforge.cloud.patches.replacing import replace
from dropforge.cloud.patches.s3 import handover
from dropforge.cloud.patches.s3.file_bodies import PIECE, FileBody, pieces_of

_lazily: contextvars.ContextVar[bool] = contextvars.ContextVar("dropforge_lazily", default=False)
_sends: contextvars.ContextVar[bool] = contextvars.ContextVar("dropforge_sends", default=False)


def apply() -> None:
    """Leave what is sent, cut or copied in its file."""
    from ministack.services import s3

    get_object, read_body, version_body = s3._get_object, s3._read_body, s3._version_body

    def get(bucket: str, key: str, headers: dict[str, Any], query: Any = None) -> Any:
        if not _sends.get():
            # ministack itself asks, for bytes.
            return get_object(bucket, key, headers, query)
        span = headers.get("range")
        version = s3._qp(query or {}, "versionId", "")
        record = (s3._buckets.get(bucket) or {"objects": {}})["objects"].get(key)
        if span and version and record and record.get("version_id") == version:
            # The current version has the same bytes and headers without its name.
            query = {name: value for name, value in query.items() if name != "versionId"}
            version = ""
        status, answer, body = reading_lazily(get_object)(bucket, key, headers, query)
        if not span or not version or status != 200:
            return status, answer, body
        return _cut(bucket, key, span, answer, body)

    def read(bucket: str, key: str, record: dict[str, Any]) -> Any:
        path = s3._object_disk_path(bucket, key)
        kept = record.get("body") is not None or not record.get("size") or path is None
        # A file that cannot be read is an error; ministack would answer with no bytes.
        return read_body(bucket, key, record) if kept else _body(Path(path))

    def read_version(bucket: Any, name: str, key: str, version: dict[str, Any]) -> Any:
        number = version["version_id"]
        if version.get("data") is None and s3._version_file_exists(name, key, number):
            return _body(Path(s3._version_disk_path(name, key, number)))
        return version_body(bucket, name, key, version)

    replace(s3, "_get_object", "64ad7071ef0e", get)
    replace(s3, "_read_body", "596e56d63502", read)
    replace(s3, "_version_body", "914e6f75ad9f", read_version)
    replace(s3, "_copy_object", "ce47e73298be", reading_lazily(s3._copy_object))


@contextlib.contextmanager
def sending() -> Iterator[None]:
    """Leave objects in their files inside: they are to be sent, not to be read by ministack."""
    token = _sends.set(True)
    try:
        yield
    finally:
        _sends.reset(token)


def sent(headers: dict[str, Any], status: int, answer: dict[str, Any], body: Any) -> Any:
    """Return what the server sends of an answer; a whole object's file to who asks for it."""
    from ministack.core.responses import StreamingResponse

    if not isinstance(body, FileBody):
        return status, answer, body
    if status == 200 and handover.handed_over(headers.get(handover.HEADER, ""), body):
        return status, {**answer, "Content-Length": "0"}, b""
    if len(body) <= PIECE:
        return status, answer, body.read()
    # The file is opened now: it may be replaced soon.
    stream = functools.partial(_send, body.opened(), len(body))
    return status, answer, StreamingResponse(stream)


def reading_lazily(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function of ministack have objects as bodies in files."""

    @functools.wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        token = _lazily.set(True)
        try:
            return function(*arguments, **named)
        finally:
            _lazily.reset(token)

    return call


def _body(path: Path) -> bytes | FileBody:
    if _lazily.get() and path.stat().st_size > PIECE:
        return FileBody(path)
    return path.read_bytes()


async def _send(file: FileIO, size: int, send: Any, receive: Any) -> None:
    """Send a file's bytes until all are sent, or the caller is gone."""
    gone = asyncio.ensure_future(_gone(receive))
    try:
        with file:
            for piece in pieces_of(file, size):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                if gone.done():
                    return
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        gone.cancel()


async def _gone(receive: Any) -> None:
    message = {"type": ""}
    # What is left of the request itself comes first.
    while message["type"] != "http.disconnect":
        message = await receive()


def _cut(bucket: str, key: str, span: str, answer: dict[str, Any], body: Any) -> Any:
    """Return the answer to a range of a version, of which the whole is at hand."""
    from ministack.services import s3

    found = s3._parse_range(span, len(body))
    if found is None:
        unsatisfied = s3._xml_body(s3._range_error_xml(bucket, key))
        refused = {"Content-Type": "application/xml", "Content-Range": f"bytes */{len(body)}"}
        return 416, refused, unsatisfied
    first, last = found
    part = body[first : last + 1]
    # The checksum is of the whole, which the client would compare with the part.
    answer = {k: v for k, v in answer.items() if not k.lower().startswith("x-amz-checksum")}
    answer["Content-Length"] = str(len(part))
    answer["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
    return 206, answer, part
