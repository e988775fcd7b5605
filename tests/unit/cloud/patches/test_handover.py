"""Files that go from S3 to a job of the same process."""

import asyncio
import errno
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError

from dropforge.cloud.patches.s3 import handover, object_reads
from dropforge.cloud.patches.s3.file_bodies import PIECE, FileBody
from dropforge.cloud.sagemaker.jobs import transfer

DATA = bytes(range(256)) * (PIECE // 128) + b"end"


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    return tmp_path / "scratch"


@pytest.fixture
def stored(scratch: Path, tmp_path: Path) -> Path:
    (tmp_path / "object").write_bytes(DATA)
    return tmp_path / "object"


class Sent(io.BytesIO):
    """What urllib3 gives of an answer's body."""

    def stream(self, *_: Any, **__: Any) -> Any:
        yield self.read()


def bytes_of(body: Any) -> bytes:
    """Return what a caller receives of a body."""
    if isinstance(body, bytes):
        return body
    pieces: list[bytes] = []

    async def send(message: dict[str, Any]) -> None:
        pieces.append(message["body"])

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    asyncio.run(body.runner(send, receive))
    return b"".join(pieces)


class Bucket:
    """Answers a client's GETs with one object, as the server does.

    Attributes
    ----------
    headers : of the last request, as the server sees them.
    lengths : of the bodies that were sent, in bytes.
    raw : the last of them.
    after : is called when the server has answered.
    """

    def __init__(self, stored: Path) -> None:
        self.stored, self.lengths = stored, list[int]()
        self.headers: dict[str, str] = {}
        self.raw = Sent()
        self.after: Callable[[], Any] = lambda: None
        session = botocore.session.Session()
        session.set_credentials("key", "secret")
        self.s3 = session.create_client(
            "s3", region_name="us-east-1", endpoint_url="http://127.0.0.1:1"
        )
        self.s3.meta.events.register("before-send.s3.GetObject", self._answer)

    def _answer(self, request: Any, **_: Any) -> AWSResponse:
        self.headers = {
            name.lower(): value.decode() if isinstance(value, bytes) else value
            for name, value in request.headers.items()
        }
        body = FileBody(self.stored)
        status = 206 if "range" in self.headers else 200
        if status == 206:
            body = body[1 : PIECE + 2]
        status, headers, content = object_reads.sent(
            self.headers, status, {"Content-Length": str(len(body))}, body
        )
        self.after()
        sent = bytes_of(content)
        self.lengths.append(len(sent))
        assert headers["Content-Length"] == str(len(sent))
        self.raw = Sent(sent)
        return AWSResponse(request.url, status, headers, self.raw)

    def read(self, **more: Any) -> bytes:
        return bytes(self.s3.get_object(Bucket="b", Key="k", **more)["Body"].read())


@pytest.fixture
def bucket(stored: Path) -> Bucket:
    return Bucket(stored)


def refused(*_: Any) -> None:
    raise OSError(errno.EXDEV, "refused")


def test_file_that_is_only_read_is_the_objects_own(
    bucket: Bucket, stored: Path, scratch: Path, tmp_path: Path
) -> None:
    transfer.download(bucket.s3, "b", "k", tmp_path / "job" / "file", is_only_read=True)
    assert (tmp_path / "job" / "file").samefile(stored)
    assert bucket.lengths == [0]
    assert bucket.raw.closed
    assert list(scratch.iterdir()) == []


def test_file_that_may_be_written_is_a_copy(bucket: Bucket, stored: Path, tmp_path: Path) -> None:
    transfer.download(bucket.s3, "b", "k", tmp_path / "file")
    assert not (tmp_path / "file").samefile(stored)
    assert (tmp_path / "file").read_bytes() == DATA


@pytest.mark.parametrize("is_replaced", [True, False], ids=["replaced", "deleted"])
def test_file_is_what_was_there_when_it_was_asked_for(
    bucket: Bucket, stored: Path, tmp_path: Path, is_replaced: bool
) -> None:
    def change() -> None:
        stored.unlink()
        if is_replaced:
            stored.write_bytes(b"other")

    bucket.after = change
    transfer.download(bucket.s3, "b", "k", tmp_path / "file", is_only_read=True)
    assert (tmp_path / "file").read_bytes() == DATA


def test_file_that_can_have_no_second_name_is_sent(
    bucket: Bucket, stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "hardlink_to", refused)
    transfer.download(bucket.s3, "b", "k", tmp_path / "file", is_only_read=True)
    assert not (tmp_path / "file").samefile(stored)
    assert (tmp_path / "file").read_bytes() == DATA


@pytest.mark.parametrize("is_only_read", [True, False])
def test_file_of_another_object_is_not_written_to(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_only_read: bool
) -> None:
    (tmp_path / "other").write_bytes(b"other")
    (tmp_path / "file").hardlink_to(tmp_path / "other")
    monkeypatch.setattr(Path, "hardlink_to", refused)
    transfer.download(bucket.s3, "b", "k", tmp_path / "file", is_only_read=is_only_read)
    assert (tmp_path / "other").read_bytes() == b"other"
    assert (tmp_path / "file").read_bytes() == DATA


@pytest.mark.parametrize("is_only_read", [True, False])
def test_disk_that_takes_no_file_fails_the_job_in_words(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_only_read: bool
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileBody, "place", full)
    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(transfer.StorageError) as caught:
        transfer.download(bucket.s3, "b", "k", tmp_path / "file", is_only_read=is_only_read)
    told = f"Failed to download s3://b/k: {tmp_path / 'file'}: No space left on device"
    assert str(caught.value) == told
    assert bucket.raw.closed


def test_time_out_of_the_sdk_is_no_error_of_the_disk(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url="http://127.0.0.1:1")

    monkeypatch.setattr(bucket.s3, "get_object", late)
    with pytest.raises(ReadTimeoutError):
        transfer.download(bucket.s3, "b", "k", tmp_path / "file")


def test_token_holds_for_one_read(bucket: Bucket, scratch: Path) -> None:
    with handover.asked(bucket.s3) as files:
        assert bucket.read() == b""
    token = bucket.headers[handover.HEADER]
    assert [file.read() for file in files] == [DATA]
    with handover.asked(bucket.s3):
        bucket.read()
    assert bucket.headers[handover.HEADER] != token
    assert not handover.handed_over(token, FileBody(bucket.stored))
    assert bucket.read() == DATA
    assert handover.HEADER not in bucket.headers
    del files
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("token", ["", "true", "0" * 64])
def test_outsider_with_a_token_of_its_own_gets_the_bytes(bucket: Bucket, token: str) -> None:
    def add(params: dict[str, Any], **_: Any) -> None:
        params["headers"][handover.HEADER] = token

    bucket.s3.meta.events.register("before-call.s3.GetObject", add)
    assert bucket.read() == DATA


def test_range_is_sent_to_who_asks_for_files(bucket: Bucket) -> None:
    with handover.asked(bucket.s3) as files:
        assert bucket.read(Range=f"bytes=1-{PIECE + 1}") == DATA[1 : PIECE + 2]
    assert files == []
