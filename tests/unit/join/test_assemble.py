"""Parts become one file as S3 allows it."""

import pytest

from bench.prepare.local_s3 import LocalS3
from join import assemble as module
from join.assemble import _Part, _put_together
from pipeline.storage.bucket import Bucket


def parts_of(s3: LocalS3, sizes: list[int]) -> tuple[list[_Part], bytes]:
    parts = []
    for number, size in enumerate(sizes):
        key = f"results/d/r/parts/part-{number:05d}.csv"
        s3.objects[key] = bytes([65 + number % 26]) * size
        parts.append(_Part(key, size))
    return parts, b"".join(s3.objects[part.key] for part in parts)  # type: ignore[misc]


@pytest.mark.parametrize(
    "sizes",
    [
        [3],
        [3, 4],
        [10, 11, 12],
        [10, 3],
        [3, 10],
        [3, 3, 3, 3],
        [10, 3, 3, 10, 1],
        [1] * 40,
        [9, 1],
    ],
)
def test_parts_are_put_together_in_order(sizes: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LEAST_PART", 10)
    s3 = LocalS3()
    checked(s3)
    parts, whole = parts_of(s3, sizes)
    assert _put_together(Bucket(s3, "bucket"), parts, "results/d/r/predictions.csv", "text/csv")
    assert s3.objects["results/d/r/predictions.csv"] == whole


def checked(s3: LocalS3) -> None:
    """Refuse an upload whose parts are smaller than S3 allows, but for the last."""
    complete = s3.complete_multipart_upload

    def completing(**request: object) -> object:
        sizes = [len(s3._uploads[str(request["UploadId"])][n]) for n in sorted(
            s3._uploads[str(request["UploadId"])]
        )]  # fmt: skip
        assert all(size >= 10 for size in sizes[:-1]), sizes
        return complete(**request)

    s3.complete_multipart_upload = completing  # type: ignore[method-assign,assignment]


def test_large_parts_are_copied_and_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LEAST_PART", 10)
    s3 = LocalS3()
    parts, whole = parts_of(s3, [10, 20, 5])
    read: list[str] = []
    get = s3.get_object
    monkeypatch.setattr(s3, "get_object", lambda **r: read.append(r["Key"]) or get(**r))
    assert _put_together(Bucket(s3, "bucket"), parts, "results/d/r/predictions.csv", "text/csv")
    assert read == [parts[2].key]
    assert s3.objects["results/d/r/predictions.csv"] == whole


def test_more_parts_than_an_upload_takes_stay_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LEAST_PART", 10)
    monkeypatch.setattr(module, "_MOST_PARTS", 2)
    s3 = LocalS3()
    parts, _ = parts_of(s3, [10, 10, 10])
    assert not _put_together(Bucket(s3, "bucket"), parts, "results/d/r/predictions.csv", "text/csv")
    assert "results/d/r/predictions.csv" not in s3.objects
