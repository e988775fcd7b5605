"""Bodies while they are received, and while they are sent."""

import asyncio
import hashlib
import tempfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from ministack.services import s3

from dropforge.cloud.door.pages import Asked, Target
from dropforge.cloud.patches.s3 import object_reads, receiving
from dropforge.cloud.patches.s3.file_bodies import PIECE, FileBody

MIB = 1 << 20
BODY = bytes(range(256)) * (3 * MIB // 256)


@pytest.fixture(autouse=True)
def _scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_reader_that_is_gone_is_sent_no_more(tmp_path: Path) -> None:
    (tmp_path / "object").write_bytes(bytes(100 * PIECE))
    sent: list[Any] = []

    async def exchange() -> None:
        gone = asyncio.Event()
        messages = iter([{"type": "http.request"}, {"type": "http.disconnect"}])

        async def receive() -> Any:
            message = next(messages)
            if message["type"] == "http.disconnect":
                await gone.wait()
            return message

        async def send(message: Any) -> None:
            sent.append(message)
            if len(sent) == 3:
                gone.set()
            await asyncio.sleep(0)

        body = FileBody(tmp_path / "object")
        await object_reads._send(body.opened(), len(body), send, receive)

    asyncio.run(exchange())
    assert 3 <= len(sent) < 10


def received(monkeypatch: pytest.MonkeyPatch, query: str, headers: dict[str, str]) -> FileBody:
    """Receive `BODY` in pieces, as a request to an object that exists."""
    monkeypatch.setattr(receiving.ServedBuckets, "target", lambda *_: Target("bucket", "key"))
    pieces = [BODY[at : at + 65_537] for at in range(0, len(BODY), 65_537)]
    messages = [
        {"type": "http.request", "body": piece, "more_body": number < len(pieces)}
        for number, piece in enumerate(pieces, 1)
    ]

    async def receive() -> Any:
        return messages.pop(0)

    headers = {"content-length": str(len(BODY)), "x-amz-content-sha256": "UNSIGNED", **headers}
    asked = Asked("PUT", "/bucket/key", query, headers)
    size = receiving._size_on_disk(asked)
    assert size == len(BODY)
    return asyncio.run(receiving._received(receive, receiving._begun(size, asked), size))


def test_checksums_are_known_when_the_last_byte_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    upload = {"checksum_algorithm": "CRC32"}
    monkeypatch.setitem(s3._multipart_uploads, "u1", upload)
    body = received(monkeypatch, "partNumber=2&uploadId=u1", {"x-amz-checksum-sha1": "?"})
    assert body.first == len(BODY)
    body.path.unlink()
    assert body.md5() == hashlib.md5(BODY, usedforsecurity=False).digest()
    assert body.digest("SHA1") == hashlib.sha1(BODY, usedforsecurity=False).digest()
    assert body.digest("CRC32") == zlib.crc32(BODY).to_bytes(4, "big")


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}, ""),
        ({"content-encoding": "gzip,aws-chunked"}, ""),
        ({"x-amz-decoded-content-length": "1"}, ""),
        ({"x-amz-content-sha256": "", "authorization": "AWS4-HMAC-SHA256 x"}, ""),
        ({"content-type": "application/x-www-form-urlencoded"}, ""),
        ({"transfer-encoding": "chunked"}, ""),
        ({"content-length": str(MIB - 1)}, ""),
        ({"content-length": "-1"}, ""),
        ({}, "tagging="),
        ({}, "partNumber=1&uploadId=u&acl"),
    ],
)
def test_other_bodies_are_ministacks(
    monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], query: str
) -> None:
    with pytest.raises(AssertionError):
        received(monkeypatch, query, headers)


@pytest.mark.parametrize("target", [None, Target("bucket", "")])
def test_body_of_no_object_is_ministacks(
    monkeypatch: pytest.MonkeyPatch, target: Target | None
) -> None:
    monkeypatch.setattr(receiving.ServedBuckets, "target", lambda *_: target)
    headers = {"content-length": str(MIB), "x-amz-content-sha256": "UNSIGNED"}
    assert receiving._size_on_disk(Asked("PUT", "/bucket", "", headers)) is None


@pytest.mark.parametrize("query", ["", "partNumber=0&uploadId=u1", "partNumber=x&uploadId=u1"])
def test_body_that_is_no_part_has_a_file_of_its_own(
    monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    monkeypatch.setitem(s3._multipart_uploads, "u1", {"checksum_algorithm": None})
    body = received(monkeypatch, query, {})
    assert (body.first, body.read()) == (0, BODY)
