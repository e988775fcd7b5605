"""Under which names the door answers."""

import pytest

from dropforge.cloud.door.loopback import answered
from tests.unit.cloud.door.doors import TOKEN, ask

ANSWERED = (
    "127.0.0.1",
    "127.0.0.1:4566",
    "localhost",
    "localhost:1",
    "LOCALHOST:4566",
    "[::1]",
    "[::1]:4566",
    "my-bucket.localhost:4566",
    "my.dotted.bucket.localhost:4566",
    "my-bucket.s3.localhost:4566",
    "my-bucket.s3.us-east-1.localhost",
    "my_old_bucket.localhost",
    "evil.example.localhost",
    "000000000000.127.0.0.1:4566",
    "000000000000.localhost:4566",
    "my-bucket.127.0.0.1:4566",
    "sync-127.0.0.1:4566",
)
REFUSED = (
    "",
    "evil.example",
    "evil.example:4566",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "127.evil.example",
    "evillocalhost",
    "sync-localhost:4566",
    "localhost.",
    "127.0.0.1.",
    "localhost:",
    "localhost:http",
    "localhost:123456",
    "localhost:1:2",
    "user@localhost",
    "evil.example@localhost",
    "localhost@evil.example",
    "localhost/evil.example",
    "localhost evil.example",
    "localhost, evil.example",
    ".localhost",
    "a..localhost",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "127.1",
    "0",
    "0.0.0.0:4566",
    "127.0.0.2",
    "1127.0.0.1",
    "127.0.0.1:\u00b2",
    "[::]",
    "::1",
    "[::ffff:127.0.0.1]",
    "[0:0:0:0:0:0:0:1]",
    "[::1%25lo]",
    "localhost.localdomain",
    "s3.us-east-1.amazonaws.com",
    "localhost.localstack.cloud:4566",
    "169.254.169.254",
    "172.17.0.1:4566",
    "host.docker.internal:4566",
    "loc\u00e0lhost",
    "a" * 300 + ".localhost",
)


@pytest.mark.parametrize("host", ANSWERED)
def test_host_that_no_site_can_own_is_answered(host: str) -> None:
    assert ask(host=host).reached


@pytest.mark.parametrize("host", REFUSED)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_host_that_a_site_could_own_is_refused(host: str, kind: str) -> None:
    answer = ask(host=host, kind=kind)
    assert (answer.status, answer.reached) == (403, False)


def test_host_that_is_missing_or_doubled_is_refused() -> None:
    assert not ask(host=None).reached
    twice = ask(headers=[("host", "localhost")], host="localhost")
    assert not twice.reached
    assert "'localhost, localhost'" in twice.body


def test_refused_host_is_named_with_the_remedy_even_with_the_token() -> None:
    answer = ask(host="evil.example", headers={"x-dropforge-token": TOKEN})
    assert (answer.status, answer.reached) == (403, False)
    assert "'evil.example'" in answer.body
    assert "use 127.0.0.1" in answer.body


def test_forwarded_host_has_no_effect() -> None:
    for name in ("x-forwarded-host", "forwarded", "x-host", "x-original-host"):
        assert not ask(host="evil.example", headers={name: "localhost"}).reached
        assert ask(headers={name: "evil.example"}).reached


def test_address_that_is_given_is_answered_with_its_prefixes() -> None:
    is_answered = answered(["172.17.0.1"])
    for host in (b"172.17.0.1:4566", b"sync-172.17.0.1", b"bucket.172.17.0.1", b"localhost"):
        assert is_answered(host)
    for host in (b"172.17.0.1.evil.example", b"172x17.0.1", b"172.17.0.11", b"172.17.0.2"):
        assert not is_answered(host)


@pytest.mark.parametrize(
    "target", ["http://evil.example/", "http://localhost/reports/x", "*", "reports/x", ""]
)
def test_request_target_that_is_no_path_is_refused(target: str) -> None:
    answer = ask("OPTIONS", target)
    assert (answer.status, answer.reached) == (403, False)
