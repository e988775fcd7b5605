"""Bodies in files: cut, hashed and made objects as bytes are."""

import errno
import gc
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from ministack.services import s3

from dropforge.cloud.patches.s3 import digests, file_bodies
from dropforge.cloud.patches.s3.file_bodies import PIECE, FileBody, Spool
from dropforge.cloud.patches.s3.multipart import Place, joined, place_of

DATA = bytes(range(256)) * (PIECE // 128) + b"end"


@pytest.fixture(autouse=True)
def _scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.fixture
def stored(tmp_path: Path) -> FileBody:
    file = tmp_path / "object"
    file.write_bytes(DATA)
    return FileBody(file)


def refusing(*numbers: int) -> Any:
    """Return a call of the system that fails, with each error in turn and then the last."""
    left = list(numbers)

    def call(*_: Any, **__: Any) -> Any:
        raise OSError(left.pop(0) if len(left) > 1 else left[0], "refused")

    return call


@pytest.mark.parametrize("name", ["MD5", "CRC32", "CRC32C", "crc64nvme", "SHA1", "sha_256"])
def test_checksum_of_pieces_is_ministacks_of_the_whole(stored: FileBody, name: str) -> None:
    found = digests.in_base64(stored.digest(name))
    if name == "MD5":
        assert stored.md5().hex() == s3.md5_hash(DATA)
    else:
        assert found == s3._compute_s3_checksum(name, DATA)


def test_checksum_of_an_unknown_name_is_none(stored: FileBody) -> None:
    assert stored.digest("CRC7") is None
    assert digests.in_base64(None) is None


def test_checksums_of_a_request_are_those_it_names() -> None:
    headers = {"x-amz-checksum-sha1": "x", "x-amz-sdk-checksum-algorithm": "SHA256"}
    assert set(digests.wanted(headers, "CRC32")) == {"MD5", "SHA1", "SHA256", "CRC32"}
    assert set(digests.wanted({"x-amz-checksum-mode": "ENABLED"})) == {"MD5"}


@pytest.mark.parametrize("span", [(None, None), (1, None), (3, PIECE + 5), (10, 10), (0, 10**9)])
def test_slice_is_that_of_the_bytes(
    stored: FileBody, span: tuple[int | None, int | None], tmp_path: Path
) -> None:
    part = stored[slice(*span)]
    expected = DATA[slice(*span)]
    assert (part.read(), len(part), bool(part)) == (expected, len(expected), bool(expected))
    part[0 : len(part)].place(tmp_path / "placed")
    assert (tmp_path / "placed").read_bytes() == expected
    assert part.md5().hex() == s3.md5_hash(expected)


def test_whole_file_becomes_an_object_without_a_copy(stored: FileBody, tmp_path: Path) -> None:
    stored.place(tmp_path / "placed")
    assert (tmp_path / "placed").samefile(stored.path)


def test_kept_bytes_stay_without_a_copy(stored: FileBody) -> None:
    kept = stored[5:-3].kept()
    assert kept.path.samefile(stored.path)
    stored.path.unlink()
    assert kept.read() == DATA[5:-3]


@pytest.mark.parametrize("number", [errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP])
@pytest.mark.parametrize("copies", [True, False], ids=["kernel copies", "kernel cannot"])
def test_file_system_without_links_gets_a_copy(
    stored: FileBody, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, copies: bool
) -> None:
    monkeypatch.setattr(Path, "hardlink_to", refusing(number))
    if not copies:
        monkeypatch.setattr(os, "copy_file_range", refusing(errno.EXDEV), raising=False)
    stored.place(tmp_path / "placed")
    kept = stored[5:].kept()
    stored.path.write_bytes(b"other")
    assert (tmp_path / "placed").read_bytes() == DATA
    assert kept.read() == DATA[5:]


def test_disk_that_is_full_is_an_error(
    stored: FileBody, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "hardlink_to", refusing(errno.ENOSPC))
    with pytest.raises(OSError, match="refused"):
        stored.place(tmp_path / "placed")
    with pytest.raises(OSError, match="refused"):
        stored.kept()
    monkeypatch.setattr(os, "copy_file_range", refusing(errno.ENOSPC), raising=False)
    spool = Spool()
    with pytest.raises(OSError, match="refused"):
        stored[1:].copy_to(spool.file, 0)


def test_file_that_ends_too_early_is_an_error(stored: FileBody, tmp_path: Path) -> None:
    stored.path.write_bytes(DATA[:-1])
    with pytest.raises(OSError, match="ends 1 bytes too early"):
        stored.read()
    with pytest.raises(OSError, match="ends 1 bytes too early"):
        stored.place(tmp_path / "placed")


def test_spool_goes_with_who_needs_it(tmp_path: Path) -> None:
    spool = Spool()
    spool.write(b"some", 0)
    body = FileBody(spool.path, keeper=spool)
    part = body[1:]
    del spool, body
    assert part.read() == b"ome"
    del part
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def written(place: Place, data: bytes) -> FileBody:
    place.spool.write(data, place.first)
    place.is_whole = True
    return FileBody(place.spool.path, place.first, len(data), keeper=place)


def test_parts_that_lie_one_behind_another_are_joined_without_a_copy() -> None:
    upload: dict[str, Any] = {}
    parts = [
        written(place_of(upload, number, 4), b"abcd"[:size]) for number, size in ((1, 4), (2, 3))
    ]
    whole = joined(list(parts))
    assert isinstance(whole, FileBody)
    assert (whole.read(), whole.path) == (b"abcdabc", parts[0].path)


def test_object_of_the_first_parts_is_made_without_a_copy(tmp_path: Path) -> None:
    upload: dict[str, Any] = {}
    parts = [written(place_of(upload, number, 4), b"abcd") for number in (1, 2, 3)]
    whole = joined([parts[0], parts[1]])
    assert isinstance(whole, FileBody)
    whole.place(tmp_path / "placed")
    assert (tmp_path / "placed").read_bytes() == b"abcdabcd"
    assert (tmp_path / "placed").samefile(whole.path)


@pytest.mark.parametrize("case", ["being written", "gap", "not the first", "twice"])
def test_parts_that_may_not_stay_where_they_are_are_copied(case: str) -> None:
    upload: dict[str, Any] = {}
    places = [place_of(upload, number, 4) for number in (1, 2, 3)]
    parts: list[bytes | FileBody] = [written(place, b"abcd") for place in places[:2]]
    expected = b"abcdabcd"
    if case != "being written":
        parts.append(written(places.pop(), b"abcd"))
        expected = b"abcdabcdabcd"
    if case == "gap":
        parts, expected = [parts[0], parts[2]], b"abcdabcd"
    if case == "not the first":
        parts, expected = parts[1:], b"abcdabcd"
    if case == "twice":
        parts[1] = written(place_of(upload, 2, 4), b"efgh")
        expected = b"abcdefghabcd"
    whole = joined(parts)
    assert isinstance(whole, FileBody)
    assert whole.read() == expected
    assert whole.path != places[0].spool.path


@pytest.mark.parametrize(
    ("number", "size"), [(2, 5), (10**12, 4), (1, 4)], ids=["too large", "too far", "taken"]
)
def test_part_without_a_place_in_the_upload_gets_a_file(number: int, size: int) -> None:
    upload: dict[str, Any] = {}
    first = place_of(upload, 1, 4)
    other = place_of(upload, number, size)
    assert (other.assembly, other.first) == (None, 0)
    assert other.spool is not first.spool


def test_place_of_a_part_that_came_to_nothing_is_free_again() -> None:
    upload: dict[str, Any] = {}
    first = place_of(upload, 1, 4).assembly
    assert place_of(upload, 1, 4).assembly is first is not None


def test_pieces_are_small_whatever_the_size(stored: FileBody) -> None:
    assert max(map(len, stored.pieces())) <= file_bodies.PIECE
