"""WebhookFunction on moto: what a webhook answers, and what becomes of the message."""

import json
import logging
from collections.abc import Callable
from types import ModuleType
from typing import Any

import boto3
import pytest

from tests import webhooks
from tests.integration import channels
from tests.integration.channels import Mapping, Stack
from tests.integration.conftest import PARAMETER
from tests.webhooks import Webhook, status

RUN = "notes-20260102-030405-0a1b2c3d"
ORDER = {"run": RUN, "ended": None, "channel": "webhook"}
Event = Callable[[str], dict[str, Any]]


@pytest.fixture
def waits(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Note by how many seconds each try is put off."""
    monkeypatch.setenv("DELIVERY_BACKOFF_SECONDS", "15")
    return channels.waits_of(monkeypatch)


@pytest.fixture
def told(stack: Stack, event: Event, waits: list[float]) -> Mapping:
    """Tell of a refused drop; return what hands the webhook's orders over."""
    stack.tell(event("notify-drop-rejected"))
    waits.clear()
    return Mapping(stack.urls["webhook"], stack.webhook, stack.context)


def progress(stack: Stack) -> tuple[Any, Any, Any]:
    document = stack.kept()
    return document["sent"], document["waiting"], document["failed"]


@pytest.mark.parametrize(
    "answers",
    [
        [status(500), status(500), status(200)],
        [status(503), status(204)],
        [status(400), status(403), status(200)],
        [webhooks.redirect, status(200)],
        [webhooks.reset, webhooks.garbage, status(200)],
    ],
)
def test_webhook_that_fails_for_a_while_gets_the_message_in_the_end(
    stack: Stack, told: Mapping, webhook: Webhook, waits: list[float], answers: Any
) -> None:
    tries = len(answers)
    webhook.answers = answers
    assert told.drain() == tries
    assert webhook.texts == [stack.kept()["text"]] * tries
    assert progress(stack) == (["sns", "webhook"], {}, {})
    assert waits == [pytest.approx(15 * 2**n * 1.125, rel=0.12) for n in range(tries - 1)]
    assert len(stack.emails()) == 1


def test_webhook_that_failed_says_how_often_and_why(
    stack: Stack, told: Mapping, webhook: Webhook
) -> None:
    webhook.answers = [status(500)]
    told.invoke()
    told.invoke()
    state = {"queued": True, "attempts": 2, "reason": "it answered HTTP 500"}
    assert progress(stack) == (["sns"], {"webhook": state}, {})


@pytest.mark.parametrize(
    ("asked", "wait"), [("120", 120), ("1", 15), ("86400", 3600), ("nonsense", 15)]
)
def test_webhook_that_asks_to_wait_is_waited_for_within_bounds(
    told: Mapping, webhook: Webhook, waits: list[float], asked: str, wait: float
) -> None:
    webhook.answers = [status(429, Retry_After=asked), status(200)]
    told.drain()
    assert waits == [pytest.approx(wait * (1.125 if wait == 15 else 1), rel=0.12)]


def test_webhook_that_stays_broken_ends_among_the_undelivered(
    stack: Stack, told: Mapping, webhook: Webhook, waits: list[float]
) -> None:
    webhook.answers = [status(500)]
    assert told.drain() == len(webhook.texts) == channels.TRIES
    assert channels.bodies(stack.urls["undelivered"]) == [ORDER]
    sent, waiting, failed = progress(stack)
    assert (sent, waiting, failed["webhook"]["reason"]) == (["sns"], {}, "it answered HTTP 500")
    assert sum(waits) >= 3600


@pytest.mark.parametrize("code", [404, 410])
def test_webhook_that_is_gone_is_asked_once_and_ends_among_the_undelivered(
    stack: Stack, told: Mapping, webhook: Webhook, waits: list[float], code: int
) -> None:
    webhook.answers = [status(code)]
    told.drain()
    assert len(webhook.texts) == 1
    assert channels.bodies(stack.urls["undelivered"]) == [ORDER]
    assert progress(stack)[2]["webhook"]["reason"] == f"it answered HTTP {code}"
    assert sum(waits) == 0


def test_webhook_with_a_malformed_address_ends_among_the_undelivered(
    stack: Stack, told: Mapping, webhook: Webhook
) -> None:
    store("hooks.example/T0/B0")
    told.drain()
    assert channels.bodies(stack.urls["undelivered"]) == [ORDER]
    assert "address" in progress(stack)[2]["webhook"]["reason"]


def store(address: str) -> None:
    boto3.client("ssm").put_parameter(
        Name=PARAMETER, Type="SecureString", Value=address, Overwrite=True
    )


def test_webhook_whose_address_changes_is_posted_to_the_new_one(
    stack: Stack, told: Mapping, webhook: Webhook
) -> None:
    webhook.answers = [status(500)]
    told.invoke()
    with webhooks.running() as other:
        store(other.url)
        told.drain()
        assert len(other.texts) == 1
    assert len(webhook.texts) == 1
    assert progress(stack)[0] == ["sns", "webhook"]


def test_webhook_whose_address_cannot_be_read_is_tried_again(
    stack: Stack, told: Mapping, webhook: Webhook
) -> None:
    boto3.client("ssm").delete_parameter(Name=PARAMETER)
    told.invoke()
    assert "ParameterNotFound" in progress(stack)[1]["webhook"]["reason"]
    boto3.client("ssm").put_parameter(Name=PARAMETER, Type="SecureString", Value=webhook.url)
    told.drain()
    assert progress(stack)[0] == ["sns", "webhook"]


def test_order_that_a_person_sends_again_is_carried_out_again(
    stack: Stack, told: Mapping, webhook: Webhook
) -> None:
    webhook.answers = [status(410)]
    told.drain()
    [order] = channels.bodies(stack.urls["undelivered"])
    webhook.answers = [status(200)]
    boto3.client("sqs").send_message(QueueUrl=told.url, MessageBody=json.dumps(order))
    assert told.drain() == 1
    assert progress(stack) == (["sns", "webhook"], {}, {})


def test_order_that_comes_twice_is_carried_out_once(
    stack: Stack, told: Mapping, webhook: Webhook
) -> None:
    boto3.client("sqs").send_message(QueueUrl=told.url, MessageBody=json.dumps(ORDER))
    assert told.drain() == 2
    assert len(webhook.texts) == 1


def test_webhook_leaves_its_address_out_of_logs_and_traces(
    stack: Stack,
    told: Mapping,
    webhook: Webhook,
    load: Callable[[str], ModuleType],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, logger="webhook")
    function, hosts = load("webhook"), []
    monkeypatch.setattr(function.tracer, "ignore_endpoint", lambda hostname: hosts.append(hostname))
    webhook.answers = [status(500), webhooks.reset, status(200)]
    Mapping(told.url, function.handler, stack.context).drain()
    assert hosts == ["127.0.0.1"] * 3
    facts = [vars(record) for record in caplog.records if record.message == "Channel failed"]
    assert [fact["reason"] for fact in facts] == [
        "it answered HTTP 500",
        "it could not be asked: ConnectionResetError",
    ]
    assert {fact["run"] for fact in facts} == {RUN}
    assert webhooks.SECRET not in caplog.text + str(facts) + str(stack.kept())


def test_claim_of_one_that_is_posting_is_waited_for(
    stack: Stack, told: Mapping, waits: list[float]
) -> None:
    hold(stack)
    told.invoke()
    assert waits == [pytest.approx(29, abs=2)]
    stack.later()
    assert told.drain() == 1
    assert progress(stack)[0] == ["sns", "webhook"]


def hold(stack: Stack) -> None:
    """Claim the webhook as a call that dies while it posts."""

    class DiedError(BaseException):
        pass

    def die(*_arguments: Any) -> None:
        raise DiedError

    kept = stack.kept()
    order = json.dumps(ORDER | {"run": kept["run"], "ended": kept["ended"]})
    record = {"messageId": "m", "receiptHandle": "r", "body": order}
    record["attributes"] = {"ApproximateReceiveCount": "1"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stack.modules["webhook"], "post", die)
        with pytest.raises(DiedError):
            stack.webhook({"Records": [record]}, stack.context)


def ending(event: Event, at: int, error: str) -> dict[str, Any]:
    document = event("notify-failed")
    document["detail"].update(status="FAILED", stopDate=at, error=error, cause=f"{error} happened")
    return document


@pytest.fixture
def redriven(stack: Stack, event: Event, load: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    detail = event("notify-failed")["detail"]
    monkeypatch.setattr(channels, "KEY", f"runs/{detail['name']}/message.json")

    class States:
        @staticmethod
        def describe_execution(**_names: str) -> dict[str, Any]:
            return {**detail, "output": None}

    monkeypatch.setattr(stack.modules["notify"], "sfn", States)
    return ending(event, detail["stopDate"], "First"), ending(event, detail["stopDate"] + 1, "Next")


def test_later_ending_replaces_an_earlier_one_that_waits_to_be_posted(
    stack: Stack, redriven: Any, webhook: Webhook
) -> None:
    first, second = redriven
    mapping = Mapping(stack.urls["webhook"], stack.webhook, stack.context)
    webhook.answers = [status(500), status(200)]
    stack.tell(first)
    mapping.invoke()
    stack.tell(second)
    stack.tell(first)
    stack.settle()
    assert ["First" in text for text in webhook.texts] == [True, False]
    assert len(stack.emails()) == 2
    assert (stack.kept()["error"], progress(stack)) == ("Next", (["sns", "webhook"], {}, {}))


def test_later_ending_is_posted_after_the_earlier_one_that_is_just_being_posted(
    stack: Stack, redriven: Any, webhook: Webhook
) -> None:
    first, second = redriven
    stack.tell(first)
    hold(stack)
    stack.tell(second)
    mapping = Mapping(stack.urls["webhook"], stack.webhook, stack.context)
    mapping.invoke()
    mapping.invoke()
    assert webhook.texts == []
    stack.later()
    mapping.drain()
    assert ["Next" in text for text in webhook.texts] == [True]
    assert progress(stack) == (["sns", "webhook"], {}, {})


@pytest.mark.parametrize("answer", [status(200), status(500)])
def test_post_that_ends_after_a_later_ending_came_leaves_that_one_its_place(
    stack: Stack, redriven: Any, webhook: Webhook, answer: webhooks.Answer
) -> None:
    first, second = redriven
    stack.tell(first)

    def overtaken(request: Any) -> None:
        stack.tell(second)
        answer(request)

    webhook.answers = [overtaken, status(200)]
    mapping = Mapping(stack.urls["webhook"], stack.webhook, stack.context)
    mapping.invoke()
    assert progress(stack) == (["sns"], {"webhook": {"queued": True}}, {})
    # The claim was given back, so nothing needs to run out.
    mapping.drain()
    assert ["Next" in text for text in webhook.texts] == [False, True]
    assert progress(stack)[0] == ["sns", "webhook"]


@pytest.mark.parametrize(("sent", "emails"), [(["sns"], 1), (None, 2)])
def test_message_of_an_earlier_release_is_sent_unless_it_was(
    stack: Stack, event: Event, sent: list[str] | None, emails: int
) -> None:
    stack.tell(event("notify-drop-rejected"))
    document = stack.kept()
    before = {name: document[name] for name in document if name not in ("waiting", "failed")}
    body = json.dumps({**before, "sent": sent}).encode()
    boto3.client("s3").put_object(Bucket=channels.BUCKET, Key=channels.KEY, Body=body)
    stack.tell(event("notify-drop-rejected"))
    assert len(stack.emails()) == emails
    assert "sns" in stack.kept()["sent"]
