"""Large objects: their bytes lie in files, never whole in the server's memory."""

import base64
import hashlib
import resource
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from dropforge import cloud as clouds
from dropforge.cloud import Cloud
from tests.integration.cloud.patches.large import (
    MIB,
    begin,
    body_of,
    complete,
    half,
    left,
    read,
)
from tests.waiting import wait_until

linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc tells of the server's memory")


@linux
def test_memory_stays_flat_whatever_is_done_with_a_large_object(
    own: Cloud, s3: Any, tmp_path: Path
) -> None:
    def memory(name: str) -> int:
        lines = Path(f"/proc/{own.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith(name))

    file, size = tmp_path / "zeros", 300 * MIB
    with file.open("wb") as out:
        out.truncate(size)
    s3.put_object(Bucket="large", Key="first", Body=bytes(2 * MIB))
    read(s3, "first")
    before = memory("VmRSS:")
    Path(f"/proc/{own.pid}/clear_refs").write_text("5")
    s3.upload_file(str(file), "large", "flat")
    with file.open("rb") as body:
        s3.put_object(Bucket="large", Key="flat", Body=body)
    s3.copy_object(Bucket="large", Key="copy", CopySource="large/flat")
    upload = begin(s3, "pasted")
    part = s3.upload_part_copy(
        **upload, PartNumber=1, CopySource="large/flat", CopySourceRange="bytes=1-200000000"
    )
    complete(s3, upload, {1: part["CopyPartResult"]["ETag"]})
    for key, span in (("flat", {}), ("copy", {"Range": "bytes=7-"}), ("pasted", {})):
        answer = s3.get_object(Bucket="large", Key=key, **span)
        assert sum(map(len, answer["Body"].iter_chunks(MIB))) == answer["ContentLength"]
    s3.delete_object(Bucket="large", Key="flat")
    assert memory("VmHWM:") - before < 100 * MIB
    wait_until(lambda: not left(own))


def test_put_that_is_cut_off_leaves_what_was_there(own: Cloud, s3: Any) -> None:
    s3.put_object(Bucket="large", Key="cut", Body=body_of(MIB, 1))
    line = half(own, "/large/cut", body_of(3 * MIB, 2), 4 * MIB)
    wait_until(lambda: bool(left(own)))
    line.close()
    wait_until(lambda: not left(own))
    assert read(s3, "cut") == body_of(MIB, 1)
    assert len(s3.list_object_versions(Bucket="large", Prefix="cut")["Versions"]) == 1


@linux
def test_disk_that_is_full_is_an_error_and_changes_nothing(own: Cloud, s3: Any) -> None:
    s3.put_object(Bucket="large", Key="full", Body=body_of(MIB, 1))
    upload = begin(s3, "full")
    before = resource.prlimit(own.pid, resource.RLIMIT_FSIZE)
    # A file that may not grow fails as a full disk does: in the middle of a write.
    resource.prlimit(own.pid, resource.RLIMIT_FSIZE, (8 * MIB, before[1]))
    try:
        with pytest.raises(ClientError, match="InternalError"):
            s3.put_object(Bucket="large", Key="full", Body=body_of(9 * MIB, 2))
        with pytest.raises(ClientError, match="InternalError"):
            s3.upload_part(**upload, PartNumber=1, Body=body_of(9 * MIB, 2))
        assert read(s3, "full") == body_of(MIB, 1)
        wait_until(lambda: len(left(own)) <= 1)
    finally:
        resource.prlimit(own.pid, resource.RLIMIT_FSIZE, before)
    part = s3.upload_part(**upload, PartNumber=1, Body=body_of(9 * MIB, 3))
    complete(s3, upload, {1: part["ETag"]})
    assert read(s3, "full") == body_of(9 * MIB, 3)
    wait_until(lambda: not left(own))


def test_object_that_is_replaced_while_it_is_read_is_read_as_it_was(own: Cloud, s3: Any) -> None:
    s3.put_object(Bucket="large", Key="read", Body=body_of(40 * MIB, 1))
    answer = s3.get_object(Bucket="large", Key="read")["Body"]
    begun = answer.read(MIB)
    s3.put_object(Bucket="large", Key="read", Body=body_of(40 * MIB, 2))
    assert begun + answer.read() == body_of(40 * MIB, 1)
    assert read(s3, "read") == body_of(40 * MIB, 2)


def test_reader_that_goes_away_is_no_error(own: Cloud, s3: Any) -> None:
    s3.put_object(Bucket="large", Key="left", Body=body_of(40 * MIB))
    answer = s3.get_object(Bucket="large", Key="left")["Body"]
    answer.read(MIB)
    answer.close()
    assert read(s3, "left", Range="bytes=0-9") == body_of(10)
    assert "Streaming response failed" not in (own.state_dir / "cloud.log").read_text()
    opened = Path(f"/proc/{own.pid}/fd")
    if opened.is_dir():
        wait_until(lambda: not any(each.resolve().name == "left" for each in opened.iterdir()))


CHECKSUMS: dict[str, Callable[[bytes], bytes]] = {
    "ChecksumCRC32": lambda body: zlib.crc32(body).to_bytes(4, "big"),
    "ChecksumSHA1": lambda body: hashlib.sha1(body, usedforsecurity=False).digest(),
    "ChecksumSHA256": lambda body: hashlib.sha256(body).digest(),
    "ContentMD5": lambda body: hashlib.md5(body, usedforsecurity=False).digest(),
}


@pytest.mark.parametrize("name", CHECKSUMS)
def test_checksum_that_is_given_is_held_against_what_came(s3: Any, name: str) -> None:
    body = body_of(2 * MIB + 1, 5)
    right, wrong = (
        base64.b64encode(CHECKSUMS[name](each)).decode() for each in (body, body[:-1] + b"?")
    )
    key = {"Bucket": "large", "Key": f"sum-{name}"}
    with pytest.raises(ClientError, match="BadDigest"):
        s3.put_object(**key, Body=body, **{name: wrong})
    with pytest.raises(ClientError, match="404"):
        s3.head_object(**key)
    s3.put_object(**key, Body=body, **{name: right})
    answer = s3.head_object(**key, ChecksumMode="ENABLED")
    assert answer["ETag"] == f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
    assert answer.get(name, right) == right


def test_object_is_copied_to_itself_and_to_others_with_all_versions(own: Cloud, s3: Any) -> None:
    wait_until(lambda: not left(own))
    first = s3.put_object(Bucket="large", Key="self", Body=body_of(MIB, 1))["VersionId"]
    for text in ("a", "b"):
        s3.copy_object(
            Bucket="large", Key="self", CopySource="large/self", Metadata={"text": text},
            MetadataDirective="REPLACE",
        )  # fmt: skip
        assert left(own) == []
    s3.copy_object(Bucket="large", Key="other", CopySource="large/self")
    s3.put_object(Bucket="large", Key="self", Body=body_of(MIB, 2))
    assert s3.head_object(Bucket="large", Key="other")["Metadata"] == {"text": "b"}
    assert read(s3, "other") == read(s3, "self", VersionId=first) == body_of(MIB, 1)
    assert read(s3, "self") == body_of(MIB, 2)
    s3.delete_object(Bucket="large", Key="self")
    versions = s3.list_object_versions(Bucket="large", Prefix="self")["Versions"]
    bodies = [read(s3, "self", VersionId=each["VersionId"]) for each in versions]
    assert bodies == [body_of(MIB, 2), *[body_of(MIB, 1)] * 3]
    assert left(own) == []


def test_large_objects_and_their_versions_outlive_a_restart(tmp_path: Path) -> None:
    cloud = clouds.up(tmp_path)
    try:
        s3 = clouds.session(cloud).client("s3")
        s3.create_bucket(Bucket="large")
        s3.put_object(Bucket="large", Key="kept", Body=body_of(MIB, 1))
        status = {"Status": "Enabled"}
        s3.put_bucket_versioning(Bucket="large", VersioningConfiguration=status)
        upload = begin(s3, "kept")
        part = s3.upload_part(**upload, PartNumber=1, Body=body_of(2 * MIB, 2))
        etag = complete(s3, upload, {1: part["ETag"]})["ETag"]
        assert read(s3, "kept", VersionId="null") == body_of(MIB, 1)
        clouds.down(cloud)
        cloud = clouds.up(tmp_path)
        s3 = clouds.session(cloud).client("s3")
        assert s3.head_object(Bucket="large", Key="kept")["ETag"] == etag
        assert read(s3, "kept") == body_of(2 * MIB, 2)
        assert read(s3, "kept", VersionId="null") == body_of(MIB, 1)
    finally:
        clouds.down(cloud)
