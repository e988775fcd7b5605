"""WebhookFunction on moto: what a webhook answers, and what becomes of the message."""

import json
from typing import Any

import boto3
import pytest

from tests import webhooks
from tests.integration import channels
from tests.integration.channels import ORDER, Event, Mapping, Stack, progress
from tests.webhooks import Webhook, status


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
