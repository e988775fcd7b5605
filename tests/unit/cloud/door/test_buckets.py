"""Which bucket and key a request addresses, by its host and path."""

import pytest
from ministack.services import s3

from dropforge.cloud.door.buckets import ServedBuckets
from dropforge.cloud.door.pages import Asked, Target


def target(monkeypatch: pytest.MonkeyPatch, host: str, path: str) -> Target | None:
    monkeypatch.setattr(s3, "_bucket_owner_account", {"data": "0", "a": "0"}.get)
    return ServedBuckets().target(Asked("GET", path, "", {"host": host}))


@pytest.mark.parametrize(
    "host", ["127.0.0.1:4566", "LOCALHOST", "[::1]:1", "s3.localhost", "172.17.0.1:4566"]
)
def test_bucket_is_first_in_the_path_of_a_plain_host(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    assert target(monkeypatch, host, "/data/a/b.csv") == Target("data", "a/b.csv")
    assert target(monkeypatch, host, "/absent/a") is None


@pytest.mark.parametrize(
    "host", ["data.localhost:4566", "data.s3.localhost", "data.s3.us-east-1.127.0.0.1"]
)
def test_bucket_is_before_the_host(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    assert target(monkeypatch, host, "/a/b.csv") == Target("data", "a/b.csv")


@pytest.mark.parametrize("host", ["data.172.17.0.1", "sqs.localhost", "data.x.localhost"])
def test_no_bucket_is_before_other_hosts(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    assert target(monkeypatch, host, "/a/b.csv") is None
