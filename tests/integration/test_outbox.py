"""One message for each ending of a run, whatever the order in which events arrive."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from notify.message import Ending, Message, message_of
from notify.outbox import EarlierEndingError, send_once

BUCKET = "dropforge-test"
KEY = "runs/churn-1/message.json"


def ending(error: str, ended: str | None) -> Message:
    return message_of(Ending("churn-1", "churn", "FAILED", None, error=error, ended=ended))


REFUSED = ending("DropNameError", None)
FIRST = ending("First", "2026-01-02T03:04:05.000+00:00")
SECOND = ending("Second", "2026-01-02T03:04:05.001+00:00")


def ignore(_channel: str, _error: Exception) -> None: ...


@pytest.fixture
def s3(aws: None) -> Any:
    return boto3.client("s3")


@pytest.fixture
def sent() -> list[str | None]:
    return []


@pytest.fixture
def send(s3: Any, sent: list[str | None]) -> Callable[[Message], list[str]]:
    channels = {"email": lambda message: sent.append(message.error)}
    return lambda message: send_once(s3, BUCKET, message, channels, ignore)


def kept(s3: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read())
    return document


def claim(s3: Any, message: Message) -> None:
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=message.as_json(None).encode())


@pytest.mark.parametrize("earlier", [REFUSED, FIRST])
def test_send_once_of_a_later_ending_sends_it_once_and_keeps_it(
    s3: Any, send: Callable[[Message], list[str]], sent: list[str | None], earlier: Message
) -> None:
    for message in (earlier, earlier, SECOND, SECOND, earlier):
        send(message)
    assert sent == [earlier.error, "Second"]
    assert (kept(s3)["error"], kept(s3)["sent"]) == ("Second", ["email"])


def test_send_once_of_an_ending_that_a_later_one_overtook_sends_nothing(
    s3: Any, send: Callable[[Message], list[str]], sent: list[str | None]
) -> None:
    assert send(SECOND) == ["email"]
    assert send(FIRST) == []
    assert sent == ["Second"]
    assert kept(s3)["error"] == "Second"


def test_send_once_while_the_earlier_ending_is_sent_waits_for_a_retry(
    s3: Any, send: Callable[[Message], list[str]]
) -> None:
    claim(s3, FIRST)
    with pytest.raises(EarlierEndingError):
        send(SECOND)
    assert kept(s3)["error"] == "First"


def test_send_once_while_the_same_ending_is_sent_sends_nothing(
    s3: Any, send: Callable[[Message], list[str]], sent: list[str | None]
) -> None:
    send(FIRST)

    def sent_meanwhile(message: Message) -> None:
        sent.append(message.error)
        assert send(SECOND) == []

    assert send_once(s3, BUCKET, SECOND, {"email": sent_meanwhile}, ignore) == ["email"]
    assert sent == ["First", "Second"]


def test_send_once_that_loses_the_claim_to_an_earlier_ending_does_not_give_up(
    s3: Any, sent: list[str | None]
) -> None:
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=FIRST.as_json(["email"]).encode())

    class Raced:
        """Between look and claim, another caller claims the earlier ending."""

        get_object = s3.get_object

        @staticmethod
        def put_object(**request: Any) -> None:
            if "IfMatch" in request:
                claim(s3, FIRST)
            s3.put_object(**request)

    with pytest.raises(EarlierEndingError):
        send_once(Raced, BUCKET, SECOND, {"email": lambda m: sent.append(m.error)}, ignore)
    assert sent == []
