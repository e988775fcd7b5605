"""Reading objects of S3 whole, by range, or as a stream, though a body breaks off on its way.

A client tries a request again until its answer begins; what breaks after that is its caller's
(boto3 issue 4111, botocore issue 3132). Here the rest is asked for anew, of the same version.
"""

import random
import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from pipeline.aws_errors import BROKEN, code_of
from pipeline.errors import ArtefactError, ServiceBusyError

ATTEMPTS = 6
"""That bring nothing, one after the other, before the state machine is left to try again."""
_SLOWEST_SECONDS = 20.0
_BLOCK = 64 * 1024
Pause = Callable[[float], None]


def read_object(
    client: Any,
    bucket: str,
    key: str,
    limit: int,
    *,
    writer: str = "another step",
    version_id: str | None = None,
    span: tuple[int, int] | None = None,
) -> bytes:
    """Return an object's bytes.

    Parameters
    ----------
    limit : most bytes that it may have.
    writer : of the object, for the message.
    span : bytes from here to before there, instead of all.

    Raises
    ------
    ArtefactError
        It has more than `limit` bytes.
    ServiceBusyError
        Its body broke off again and again.
    ClientError
        S3 refused, as for an object that is not there.
    """
    with ObjectStream(client, bucket, key, version_id=version_id, span=span) as stream:
        if stream.size is not None and stream.size > limit:
            raise _too_large(bucket, key, writer, stream.size, limit)
        # Of a stream that does not tell its size, one byte more than allowed says enough.
        body = stream.read() if stream.size is not None else stream.read(limit + 1)
    if len(body) > limit:
        raise _too_large(bucket, key, writer, len(body), limit)
    return body


def _too_large(bucket: str, key: str, writer: str, size: int, limit: int) -> ArtefactError:
    return ArtefactError(
        f"s3://{bucket}/{key}, which {writer} wrote, has {size:,} bytes or more, and at most "
        f"{limit:,} were expected: drop the file again"
    )


class ObjectStream:
    """An object's bytes, read forwards; a body that breaks is asked for from where it broke."""

    def __init__(
        self,
        client: Any,
        bucket: str,
        key: str,
        *,
        version_id: str | None = None,
        span: tuple[int, int] | None = None,
        pause: Pause = time.sleep,
    ) -> None:
        self._client, self._bucket, self._key = client, bucket, key
        self._version = {"VersionId": version_id} if version_id else {}
        self._start = span[0] if span else 0
        self._end = span[1] if span else None
        self._ranged = span is not None
        self._pause = pause
        self._at = 0
        self._etag: str | None = None
        self.size: int | None = None
        """Bytes in all, if S3 says so."""
        self._body = self._open()

    def __enter__(self) -> "ObjectStream":
        return self

    def __exit__(self, *_: object) -> None:
        self._body.close()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes: all that are left, or at most so many."""
        if size >= 0:
            return self._block(size)
        try:
            body: bytes = self._body.read()
        except BROKEN as error:
            # In blocks, what came before the next break is not lost.
            self._again(1, error)
            return b"".join(iter(lambda: self._block(_BLOCK), b""))
        self._at += len(body)
        return body

    def _block(self, size: int) -> bytes:
        fruitless = 0
        while True:
            try:
                body: bytes = self._body.read(size)
            except BROKEN as error:
                fruitless += 1
                self._again(fruitless, error)
                continue
            self._at += len(body)
            return body

    def _again(self, fruitless: int, error: Exception) -> None:
        if fruitless >= ATTEMPTS:
            raise self._broken(error) from error
        self._pause(random.uniform(0, min(_SLOWEST_SECONDS, 2.0**fruitless)))  # noqa: S311
        self._body.close()
        self._body = self._open()

    def _open(self) -> Any:
        request: dict[str, Any] = {"Bucket": self._bucket, "Key": self._key, **self._version}
        start = self._start + self._at
        if self._ranged or self._at:
            request["Range"] = f"bytes={start}-{'' if self._end is None else self._end - 1}"
        if self._etag:
            # A file that is written anew in between would be half of each.
            request["IfMatch"] = self._etag
        try:
            answer = self._client.get_object(**request)
        except ClientError as error:
            if self._etag and code_of(error) in ("PreconditionFailed", "412"):
                raise ServiceBusyError(
                    f"s3://{self._bucket}/{self._key} was written anew while it was read"
                ) from error
            raise
        self._etag = self._etag or answer.get("ETag")
        if self.size is None:
            self.size = answer.get("ContentLength")
        return answer["Body"]

    def _broken(self, error: Exception) -> ServiceBusyError:
        of = "" if self.size is None else f" of {self.size:,}"
        return ServiceBusyError(
            f"s3://{self._bucket}/{self._key} broke off {ATTEMPTS} times behind byte "
            f"{self._start + self._at:,}{of} ({error}); drop the file again later"
        )
