"""What becomes of a request's events."""

from typing import Any

import pytest

from dropforge.cloud.patches.functions import invocations
from dropforge.cloud.patches.functions.invocations import Held
from dropforge.cloud.patches.s3 import object_writes
from dropforge.cloud.patches.s3.object_writes import NotStoredError, telling

FULL = OSError(28, "No space left on device")
NOT_STORED = NotStoredError("bucket", "key", "000000000000", FULL)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """Return what is done with events and objects, in this order."""
    found: list[tuple[str, Any]] = []
    monkeypatch.setattr(invocations, "release", lambda held: found.append(("sent", held)))
    monkeypatch.setattr(invocations, "drop", lambda held: found.append(("dropped", held)))
    monkeypatch.setattr(object_writes, "_take_back", lambda error: found.append(("undone", error)))
    return found


def tell(held: Held, error: Exception | None = None) -> None:
    """Answer a request that sends these events."""
    with telling():
        events = object_writes._request.get()
        assert events is not None
        events.append(held)
        if error is not None:
            raise error


def test_events_are_sent_once_the_request_is_done(done: list[tuple[str, Any]]) -> None:
    held = Held(["bucket", "key", None])
    with telling():
        tell(held)
        assert done == [("sent", held)]
    assert done == [("sent", held)]
    assert object_writes._request.get() is None


def test_events_of_what_is_not_stored_are_dropped(done: list[tuple[str, Any]]) -> None:
    held = Held(["bucket", "key", None])
    with pytest.raises(NotStoredError, match=r"^bucket/key is not stored: No space"):
        tell(held, NOT_STORED)
    assert done == [("dropped", held), ("undone", NOT_STORED)]
    assert object_writes._request.get() is None


def test_events_of_a_request_that_fails_otherwise_are_not_sent(done: list[tuple[str, Any]]) -> None:
    with pytest.raises(OSError, match="No space"):
        tell(Held(["bucket", "key", None]), FULL)
    assert done == []
