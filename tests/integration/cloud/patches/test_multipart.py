"""Parts of uploads: in any order, of any size, cut off, and sent again."""

import base64
import hashlib
from typing import Any

import pytest

from dropforge.cloud import Cloud
from tests.integration.cloud.patches.large import (
    MIB,
    begin,
    body_of,
    complete,
    etag_of,
    half,
    left,
    read,
)
from tests.waiting import wait_until

SIZES = {
    "as SDKs cut": (2 * MIB, 2 * MIB, 2 * MIB, 1),
    "all alike": (2 * MIB, 2 * MIB),
    "first smaller": (MIB, 2 * MIB, MIB + 1),
    "last larger": (MIB, MIB, 3 * MIB),
    "small ones in memory": (MIB, 10, MIB, 10),
    "one": (MIB + 7,),
}


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("order", ["forward", "backward", "odd ones first"])
def test_parts_in_any_order_make_the_object_that_they_are_of(
    own: Cloud, s3: Any, sizes: tuple[int, ...], order: str
) -> None:
    parts = [body_of(size, seed) for seed, size in enumerate(sizes, 1)]
    numbers = list(range(1, len(parts) + 1))
    if order == "backward":
        numbers.reverse()
    if order == "odd ones first":
        numbers.sort(key=lambda number: number % 2 == 0)
    upload = begin(s3, "ordered")
    etags = {
        number: s3.upload_part(**upload, PartNumber=number, Body=parts[number - 1])["ETag"]
        for number in numbers
    }
    answer = complete(s3, upload, etags)
    assert answer["ETag"] == etag_of(parts)
    whole = b"".join(parts)
    assert read(s3, "ordered") == whole
    assert read(s3, "ordered", VersionId=answer["VersionId"]) == whole
    assert s3.head_object(Bucket="large", Key="ordered")["ContentLength"] == len(whole)
    wait_until(lambda: not left(own))


def test_parts_with_gaps_between_their_numbers_and_parts_left_out(own: Cloud, s3: Any) -> None:
    parts = {2: body_of(MIB, 2), 3: body_of(MIB, 3), 7: body_of(MIB, 7), 10000: body_of(MIB, 8)}
    upload = begin(s3, "gaps")
    etags = {
        number: s3.upload_part(**upload, PartNumber=number, Body=part)["ETag"]
        for number, part in parts.items()
    }
    del etags[3]
    complete(s3, upload, etags)
    assert read(s3, "gaps") == parts[2] + parts[7] + parts[10000]
    wait_until(lambda: not left(own))


def test_last_parts_left_out_are_not_in_the_object(own: Cloud, s3: Any) -> None:
    upload = begin(s3, "shorter")
    etags = {
        number: s3.upload_part(**upload, PartNumber=number, Body=body_of(MIB, number))["ETag"]
        for number in (1, 2, 3)
    }
    del etags[3]
    complete(s3, upload, etags)
    assert read(s3, "shorter") == body_of(MIB, 1) + body_of(MIB, 2)
    wait_until(lambda: not left(own))


def test_part_sent_again_replaces_the_first(own: Cloud, s3: Any) -> None:
    upload = begin(s3, "again")
    for seed in (1, 2, 3):
        first = s3.upload_part(**upload, PartNumber=1, Body=body_of(MIB, seed))
    second = s3.upload_part(**upload, PartNumber=2, Body=body_of(MIB, 9))
    complete(s3, upload, {1: first["ETag"], 2: second["ETag"]})
    assert read(s3, "again") == body_of(MIB, 3) + body_of(MIB, 9)
    wait_until(lambda: not left(own))


def test_upload_that_is_aborted_leaves_nothing(own: Cloud, s3: Any) -> None:
    upload = begin(s3, "aborted")
    for number in (1, 2):
        s3.upload_part(**upload, PartNumber=number, Body=body_of(MIB * number))
    assert left(own)
    s3.abort_multipart_upload(**upload)
    wait_until(lambda: not left(own))


def test_part_that_is_cut_off_is_sent_again(own: Cloud, s3: Any) -> None:
    upload = begin(s3, "cut-part")
    first = s3.upload_part(**upload, PartNumber=1, Body=body_of(4 * MIB, 1))
    target = f"/large/cut-part?partNumber=2&uploadId={upload['UploadId']}"
    half(own, target, body_of(3 * MIB, 7), 4 * MIB).close()
    second = s3.upload_part(**upload, PartNumber=2, Body=body_of(4 * MIB, 2))
    complete(s3, upload, {1: first["ETag"], 2: second["ETag"]})
    assert read(s3, "cut-part") == body_of(4 * MIB, 1) + body_of(4 * MIB, 2)
    wait_until(lambda: not left(own))


def test_part_that_still_comes_when_its_upload_completes_does_not_change_the_object(
    own: Cloud, s3: Any
) -> None:
    upload = begin(s3, "late")
    etags = {
        number: s3.upload_part(**upload, PartNumber=number, Body=body_of(2 * MIB, number))["ETag"]
        for number in (1, 2)
    }
    target = f"/large/late?partNumber=3&uploadId={upload['UploadId']}"
    line = half(own, target, body_of(MIB, 3), 2 * MIB)
    complete(s3, upload, etags)
    line.sendall(body_of(MIB, 4))
    assert b" 404 " in line.recv(1 << 16)
    line.close()
    assert read(s3, "late") == body_of(2 * MIB, 1) + body_of(2 * MIB, 2)
    wait_until(lambda: not left(own))


def test_checksum_of_an_upload_is_that_of_its_parts_checksums(s3: Any) -> None:
    made = s3.create_multipart_upload(Bucket="large", Key="sums", ChecksumAlgorithm="SHA256")
    upload = {"Bucket": "large", "Key": "sums", "UploadId": made["UploadId"]}
    bodies, parts = [body_of(MIB, 1), body_of(MIB, 2)], []
    for number, body in enumerate(bodies, 1):
        answer = s3.upload_part(**upload, PartNumber=number, Body=body, ChecksumAlgorithm="SHA256")
        parts.append(
            {
                "PartNumber": number,
                "ETag": answer["ETag"],
                "ChecksumSHA256": answer["ChecksumSHA256"],
            }
        )
    answer = s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    inner = b"".join(hashlib.sha256(body).digest() for body in bodies)
    assert answer["ChecksumSHA256"] == (
        f"{base64.b64encode(hashlib.sha256(inner).digest()).decode()}-2"
    )


def test_part_copied_from_an_object_stays_what_it_was(own: Cloud, s3: Any) -> None:
    s3.put_object(Bucket="large", Key="source", Body=body_of(3 * MIB, 1))
    upload = begin(s3, "pieces")
    spans = [(5, 2 * MIB), (0, 3 * MIB - 1)]
    etags = {}
    for number, (first, last) in enumerate(spans, 1):
        part = s3.upload_part_copy(
            **upload, PartNumber=number, CopySource="large/source",
            CopySourceRange=f"bytes={first}-{last}",
        )  # fmt: skip
        etags[number] = part["CopyPartResult"]["ETag"]
    s3.put_object(Bucket="large", Key="source", Body=body_of(3 * MIB, 2))
    parts = [body_of(3 * MIB, 1)[first : last + 1] for first, last in spans]
    assert complete(s3, upload, etags)["ETag"] == etag_of(parts)
    assert read(s3, "pieces") == b"".join(parts)
    wait_until(lambda: not left(own))
