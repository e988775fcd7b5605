"""How many chunks a file has, and how much of their profiles is read."""

from typing import Any, cast

import pytest

from bench.prepare.local_s3 import LocalS3
from pipeline.documents.plan import Plan
from pipeline.errors import FileLimitError
from prepare.steps.text import ranges_of
from table.limits import LARGEST_CHUNK_BYTES, MIB
from tests.unit.prepare.pipeline_run import prepare

MAP_RESULT_BYTES = 256 * 1024
ROWS = "\n".join(["a,b,label", *(f"{n},{n % 7},{n % 2}" for n in range(2000))]).encode()


def plan_of(size: int) -> Plan:
    return cast(Plan, {"file": "large.csv", "source": {"size": size}})


@pytest.mark.parametrize("size", [1, 64 * MIB, 200_000 * MIB, 5 * 1024**2 * MIB])
def test_chunks_stay_within_a_maps_result_and_cover_the_file(size: int) -> None:
    ranges = ranges_of(plan_of(size), MIB)
    assert len('{"Result":[' + "1," * len(ranges)) < MAP_RESULT_BYTES
    edges = [each["start"] for each in ranges] + [ranges[-1]["end"]]
    assert edges == sorted({0, *(each["end"] for each in ranges)})
    assert edges[-1] == size


def test_chunks_are_at_most_as_large_as_asked_and_alike() -> None:
    assert [each["end"] for each in ranges_of(plan_of(150), 64)] == [50, 100, 150]
    assert [each["end"] for each in ranges_of(plan_of(128), 64)] == [64, 128]
    assert ranges_of(plan_of(0), 64) == [{"index": 0, "start": 0, "end": 0}]


def test_file_of_too_many_of_the_largest_chunks_is_refused() -> None:
    size = 100_000 * LARGEST_CHUNK_BYTES
    assert len(ranges_of(plan_of(size), 64 * MIB)) == 100_000
    with pytest.raises(FileLimitError, match=r"large\.csv has 13,421,772,800,001 bytes, and"):
        ranges_of(plan_of(size + 1), 64 * MIB)


class _CountingS3(LocalS3):
    lists = 0

    def paginate(self, **request: Any) -> list[dict[str, Any]]:
        self.lists += 1
        return super().paginate(**request)


def test_profiles_past_their_limit_are_refused_before_they_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    profiles = prepare(ROWS, chunk_bytes=100).s3.objects
    size = sum(len(body) for key, body in profiles.items() if "/chunks/profile-" in key)  # type: ignore[arg-type]
    monkeypatch.setattr("prepare.steps.chunk_results.PROFILES_LIMIT_BYTES", size)
    prepare(ROWS, chunk_bytes=100)
    monkeypatch.setattr("prepare.steps.chunk_results.PROFILES_LIMIT_BYTES", size - 1)
    with pytest.raises(FileLimitError, match=r"chunks, of 3 columns each, .*ChunkSizeInMiB"):
        prepare(ROWS, chunk_bytes=100)


@pytest.mark.parametrize("lists", [0, 1])
def test_profiles_are_listed_only_where_they_can_be_too_many(
    monkeypatch: pytest.MonkeyPatch, lists: int
) -> None:
    # Of two chunks; a profile of three columns has at most 7 MiB.
    size = -(-len(ROWS) // 2)
    monkeypatch.setattr("prepare.steps.chunk_results.PROFILES_LIMIT_BYTES", 14 * MIB - lists)
    s3 = _CountingS3()
    prepare(ROWS, chunk_bytes=size, s3=s3)
    assert s3.lists == lists
