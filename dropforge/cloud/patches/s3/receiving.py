"""A large body of an object is written to the disk, and its checksums reckoned, as it comes.

ministack keeps it in memory, where it is joined, hashed and copied once it is whole.
Here the server's loop only passes pieces on to a thread, so that two uploads use two
processors.
"""

import asyncio
import contextvars
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from dropforge.cloud.door.buckets import ServedBuckets
from dropforge.cloud.door.pages import Asked
from dropforge.cloud.patches.replacing import change, check, replace
from dropforge.cloud.patches.s3 import digests, multipart
from dropforge.cloud.patches.s3.file_bodies import FileBody

_LARGE = 1 << 20
"""Bytes from which a body goes to the disk as it comes."""
_AT_ONCE = 1 << 20
"""Bytes that a thread is given at once."""
_RECEIVED = 1 << 18
"""Bytes that are taken from a socket at once."""
_THREADS = 2
_OWN_PARAMETERS = re.compile(r"partNumber|uploadId|x-id|X-Amz-.*", re.IGNORECASE)
_buckets = ServedBuckets()
_threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="s3")
_scope: contextvars.ContextVar[dict[str, Any]] = contextvars.ContextVar("dropforge_scope")


class _Incoming:
    """A body that is being received."""

    def __init__(self, place: multipart.Place, checksums: dict[str, digests.Running]) -> None:
        self._place, self._checksums = place, checksums
        self._size = 0
        self._failure: OSError | None = None

    def take(self, pieces: list[bytes]) -> None:
        """Write and reckon; what cannot be written is still received, and refused then."""
        for piece in pieces:
            for each in self._checksums.values():
                each.update(piece)
            if self._failure is None:
                try:
                    self._place.spool.write(piece, self._place.first + self._size)
                except OSError as error:
                    # Its traceback would keep the file.
                    self._failure = OSError(error.errno, error.strerror)
            self._size += len(piece)

    def body(self) -> FileBody:
        """Return what was received."""
        place = self._place
        place.is_whole = True
        if place.assembly is None:
            place.spool.file.close()
        checksums = {name: each.digest() for name, each in self._checksums.items()}
        return FileBody(
            place.spool.path,
            place.first,
            self._size,
            keeper=place,
            checksums=checksums,
            failure=self._failure,
        )


def apply() -> None:
    """Receive bodies of objects so, and let ministack use the checksums."""
    from hypercorn.asyncio import tcp_server
    from ministack import app
    from ministack.services import s3

    serve, read_body = app.app, app._read_request_body
    md5_hash, checksum = s3.md5_hash, s3._compute_s3_checksum

    async def served(scope: dict[str, Any], receive: Any, send: Any) -> None:
        _scope.set(scope)
        await serve(scope, receive, send)

    async def read_request_body(receive: Any, method: str, headers: dict[str, Any]) -> Any:
        scope = _scope.get()
        asked = Asked(method, scope["path"], scope["query_string"].decode("latin-1"), headers)
        size = _size_on_disk(asked)
        if size is None:
            return await read_body(receive, method, headers)
        return await _received(receive, _begun(size, asked), size)

    def md5(body: Any) -> str:
        found: str = body.md5().hex() if isinstance(body, FileBody) else md5_hash(body)
        return found

    def compute(algorithm: str, body: Any) -> str | None:
        if not isinstance(body, FileBody):
            found: str | None = checksum(algorithm, body)
            return found
        return digests.in_base64(body.digest(algorithm or ""))

    replace(app, "app", "ab1297bd6cd5", served)
    replace(app, "_read_request_body", "2b85f2bcd699", read_request_body)
    replace(s3, "md5_hash", "684497c2d6dd", md5)
    replace(s3, "_compute_s3_checksum", "54107acfb75c", compute)
    change(
        s3,
        "_validate_content_md5",
        "1f6be8a9c77c",
        "hashlib.md5(body).digest()",
        "bytes.fromhex(md5_hash(body))",
    )
    check(tcp_server.TCPServer, "_read_data", "8e7ad8f4bfca")
    tcp_server.MAX_RECV = _RECEIVED


def _size_on_disk(asked: Asked) -> int | None:
    """Return a body's size if it is a large one of an object; None leaves it to ministack."""
    length = asked.headers.get("content-length", "")
    if asked.method != "PUT" or not re.fullmatch(r"[0-9]{1,15}", length):
        return None
    size = int(length)
    if size < _LARGE or not _is_plain(asked.headers):
        return None
    if not all(map(_OWN_PARAMETERS.fullmatch, asked.parameters)):
        return None
    target = _buckets.target(asked)
    return size if target and target.key else None


def _is_plain(headers: Mapping[str, str]) -> bool:
    """Whether a body is the object's bytes alone, and neither framed nor a form."""
    sha256 = headers.get("x-amz-content-sha256", "")
    return not (
        "transfer-encoding" in headers
        or "aws-chunked" in headers.get("content-encoding", "")
        or "x-amz-decoded-content-length" in headers
        or sha256.startswith("STREAMING-")
        # Without it the signature is of the body itself.
        or (not sha256 and "authorization" in headers)
        or headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    )


def _begun(size: int, asked: Asked) -> _Incoming:
    from ministack.services import s3

    upload = s3._multipart_uploads.get(s3._qp(asked.parameters, "uploadId"))
    number = s3._qp(asked.parameters, "partNumber")
    part = int(number) if re.fullmatch(r"[0-9]{1,5}", number) else 0
    place = multipart.place_of(upload if part else None, part, size)
    return _Incoming(place, digests.wanted(asked.headers, upload and upload["checksum_algorithm"]))


async def _received(receive: Any, incoming: _Incoming, size: int) -> FileBody:
    from ministack import app

    loop, written = asyncio.get_running_loop(), None
    pieces: list[bytes] = []
    waiting, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise app._RequestBodyDisconnected
        piece, more = message.get("body", b""), message.get("more_body", False)
        pieces.append(piece)
        waiting += len(piece)
        if waiting >= _AT_ONCE or not more:
            if written is not None:
                await written
            written = loop.run_in_executor(_threads, incoming.take, pieces)
            pieces, waiting = [], 0
    if written is not None:
        await written
    app.pin_signed_body(b"")
    body = incoming.body()
    if len(body) != size:
        raise app._IncompleteRequestBody("Content-Length does not match request body")
    return body
