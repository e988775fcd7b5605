"""A body that breaks off is asked for from where it broke, of the same version, for a while."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pipeline.errors import ArtefactError, ServiceBusyError
from pipeline.storage import objects
from pipeline.storage.objects import ObjectStream, read_object
from tests.unit.pipeline.storage.s3_server import Behaviour, client_of, serving

BODY = bytes(range(256)) * 4_000
Started = Callable[[Behaviour], Any]


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    found: list[float] = []
    monkeypatch.setattr(objects.time, "sleep", found.append)
    monkeypatch.setattr(ObjectStream.__init__, "__kwdefaults__", {
        **(ObjectStream.__init__.__kwdefaults__ or {}), "pause": found.append})  # fmt: skip
    return found


@pytest.fixture
def started() -> Iterator[Started]:
    contexts = []

    def start(behaviour: Behaviour, read_seconds: float = 5) -> Any:
        context = serving(behaviour)
        contexts.append(context)
        return client_of(context.__enter__(), read_seconds)

    yield start
    for context in contexts:
        context.__exit__(None, None, None)


@pytest.mark.parametrize("breaks", [[10], [0], [400_000], [10, 200_000, 0, 300_000], [1] * 5])
def test_whole_body_that_breaks_off_is_read_to_its_end(
    started: Started, waits: list[float], breaks: list[int]
) -> None:
    behaviour = Behaviour(BODY, breaks=list(breaks))
    assert read_object(started(behaviour), "b", "k", len(BODY)) == BODY
    assert len(behaviour.ranges) == len(breaks) + 1
    assert len(waits) == len(breaks)
    assert behaviour.conditions == [None, *['"one"'] * len(breaks)]


def test_body_that_goes_on_breaking_gets_further_each_time(
    started: Started, waits: list[float]
) -> None:
    behaviour = Behaviour(BODY, breaks=[100_000] * 40)
    assert read_object(started(behaviour), "b", "k", len(BODY)) == BODY
    assert behaviour.ranges[2] == "bytes=100000-"


@pytest.mark.parametrize("breaks", [[0], [30_000, 7], []])
def test_range_that_breaks_off_is_read_to_its_end(
    started: Started, waits: list[float], breaks: list[int]
) -> None:
    behaviour = Behaviour(BODY, breaks=list(breaks))
    found = read_object(started(behaviour), "b", "k", 10**6, span=(1_000, 401_000))
    assert found == BODY[1_000:401_000]
    assert all(each and each.endswith("-400999") for each in behaviour.ranges)


def test_silent_body_is_given_up_and_asked_for_again(started: Started, waits: list[float]) -> None:
    behaviour = Behaviour(BODY, breaks=[100], silent=True)
    client = started(behaviour, 0.2)  # type: ignore[call-arg]
    assert read_object(client, "b", "k", len(BODY)) == BODY
    assert len(behaviour.ranges) == 2


def test_stream_goes_on_where_it_broke_off(started: Started, waits: list[float]) -> None:
    behaviour = Behaviour(BODY, breaks=[300_000, 50])
    with ObjectStream(started(behaviour), "b", "k") as stream:
        blocks = list(iter(lambda: stream.read(100_000), b""))
    assert b"".join(blocks) == BODY
    assert behaviour.ranges[1] == "bytes=300000-"


def test_body_that_never_comes_is_left_to_the_state_machine(
    started: Started, waits: list[float]
) -> None:
    behaviour = Behaviour(BODY, breaks=[0] * 99)
    with pytest.raises(ServiceBusyError, match=r"s3://b/some key broke off 6 times behind byte 0"):
        read_object(started(behaviour), "b", "some key", len(BODY))
    assert len(waits) == objects.ATTEMPTS
    assert max(waits) <= 20


def test_object_written_anew_in_between_is_not_read_as_half_of_each(
    started: Started, waits: list[float]
) -> None:
    behaviour = Behaviour(BODY, breaks=[100], etags=["one", "two"])
    with pytest.raises(ServiceBusyError, match="written anew"):
        read_object(started(behaviour), "b", "k", len(BODY))


def test_object_over_its_limit_is_not_read(started: Started) -> None:
    behaviour = Behaviour(BODY)
    with pytest.raises(ArtefactError, match=r"s3://b/k, which .* has 1,024,000 bytes or more"):
        read_object(started(behaviour), "b", "k", len(BODY) - 1)


def test_refusal_is_not_taken_for_a_break(started: Started, waits: list[float]) -> None:
    behaviour = Behaviour(BODY, refusals=[(404, "NoSuchKey")])
    with pytest.raises(ClientError, match="NoSuchKey"):
        read_object(started(behaviour), "b", "k", len(BODY))
    assert not waits


def test_object_that_says_it_is_too_large_is_not_even_fetched() -> None:
    class Body:
        def read(self, size: int = -1) -> bytes:
            raise AssertionError(f"{size} bytes were asked for")

        def close(self) -> None:
            pass

    class Client:
        def get_object(self, **_: str) -> dict[str, Any]:
            return {"Body": Body(), "ContentLength": 11}

    with pytest.raises(ArtefactError, match="11 bytes or more, and at most 10"):
        read_object(Client(), "b", "k", 10)
