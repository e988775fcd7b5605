"""A function may die at any step, be called twice at once, or for what is over: nothing is lost."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import botocore.client
import pytest

from tests import webhooks
from tests.integration.channels import Mapping, Stack

Event = Callable[[str], dict[str, Any]]


class DiedError(BaseException):
    """What no handler can catch: the process is gone."""


class Reaper:
    """Lets a process die before or after one of its calls of AWS."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.at: int | None = None
        self.is_after = False

    def call(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def called(client: Any, name: str, given: Any) -> Any:
            number = len(self.names)
            self.names.append(name)
            if number == self.at and not self.is_after:
                raise DiedError
            answer = original(client, name, given)
            if number == self.at:
                raise DiedError
            return answer

        return called

    def kill(self, at: int | None, is_after: bool = False) -> None:
        self.names, self.at, self.is_after = [], at, is_after


@pytest.fixture
def reaper(aws: None, monkeypatch: pytest.MonkeyPatch) -> Reaper:
    reaper = Reaper()
    made = reaper.call(botocore.client.BaseClient._make_api_call)
    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", made)
    return reaper


@pytest.mark.parametrize("is_after", [False, True])
def test_notify_that_dies_at_any_call_is_made_up_for_when_its_event_comes_back(
    stack: Stack,
    reaper: Reaper,
    webhook: webhooks.Webhook,
    event: Event,
    is_after: bool,
) -> None:
    refused = event("notify-drop-rejected")
    steps: list[str] = []
    for at in range(20):
        stack.forget()
        webhook.texts.clear()
        reaper.kill(at, is_after)
        try:
            stack.tell(refused)
        except DiedError:
            steps.append(reaper.names[-1])
        reaper.kill(None)
        if len(steps) == at:
            break
        # Lambda's retry: here a second later, on AWS a minute.
        stack.tell(refused)
        stack.settle()
        # Nobody can know whether a topic took what no answer came for.
        most = 2 if (steps[-1], is_after) in {("Publish", True), ("PutObject", False)} else 1
        assert 1 <= len(stack.emails()) <= most, steps
        assert len(webhook.texts) == 1, steps
        document = stack.kept()
        assert (sorted(document["sent"]), document["waiting"]) == (["sns", "webhook"], {}), steps
    assert {"PutObject", "SendMessage", "Publish"} <= set(steps)
    assert len(steps) >= 5


def test_notify_orders_the_post_before_it_serves_the_topic_and_reads_nothing(
    stack: Stack, reaper: Reaper, event: Event
) -> None:
    stack.tell(event("notify-drop-rejected"))
    # Put down and claimed, served, handed over.
    assert reaper.names[-5:] == ["PutObject", "SendMessage", "Publish", "PutObject", "PutObject"]


@pytest.mark.parametrize("is_after", [False, True])
def test_webhook_that_dies_at_any_call_is_made_up_for_when_its_order_comes_back(
    stack: Stack,
    reaper: Reaper,
    webhook: webhooks.Webhook,
    event: Event,
    is_after: bool,
) -> None:
    steps: list[str] = []
    sqs = boto3.client("sqs")
    for at in range(20):
        stack.forget()
        webhook.texts.clear()
        stack.tell(event("notify-drop-rejected"))
        [found] = sqs.receive_message(
            QueueUrl=stack.urls["webhook"], AttributeNames=["ApproximateReceiveCount"]
        )["Messages"]
        record = {
            "messageId": found["MessageId"],
            "receiptHandle": found["ReceiptHandle"],
            "body": found["Body"],
            "attributes": found["Attributes"],
        }
        reaper.kill(at, is_after)
        try:
            stack.webhook({"Records": [record]}, stack.context)
        except DiedError:
            steps.append(reaper.names[-1])
        reaper.kill(None)
        # Visible again, as after the queue's visibility timeout.
        sqs.change_message_visibility(
            QueueUrl=stack.urls["webhook"],
            ReceiptHandle=found["ReceiptHandle"],
            VisibilityTimeout=0,
        )
        stack.settle()
        assert len(stack.emails()) == 1
        assert stack.kept()["sent"] == ["sns", "webhook"]
        assert 1 <= len(webhook.texts) <= 2
        # One key, so that a receiver that cares takes only one.
        assert len(set(webhook.keys)) == 1
        if len(steps) == at:
            assert len(webhook.texts) == 1
            break
    assert {"GetObject", "PutObject", "GetParameter"} <= set(steps)


@pytest.fixture
def calls_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moto's SQS is not made for threads; what the functions do between calls still overlaps."""
    lock, call = threading.RLock(), botocore.client.BaseClient._make_api_call

    def guarded(*arguments: Any) -> Any:
        with lock:
            return call(*arguments)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", guarded)


@pytest.mark.usefixtures("calls_one_by_one")
def test_notify_called_many_times_at_once_sends_one_message(
    stack: Stack, webhook: webhooks.Webhook, event: Event
) -> None:
    refused = event("notify-drop-rejected")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(stack.tell, [refused] * 8))
    stack.settle()
    assert len(stack.emails()) == len(webhook.texts) == 1
    assert (sorted(stack.kept()["sent"]), stack.kept()["waiting"]) == (["sns", "webhook"], {})


@pytest.mark.usefixtures("calls_one_by_one")
def test_webhook_called_many_times_at_once_posts_once(
    stack: Stack, webhook: webhooks.Webhook, event: Event
) -> None:
    stack.tell(event("notify-drop-rejected"))
    sqs = boto3.client("sqs")
    order = {"run": stack.kept()["run"], "ended": None, "channel": "webhook"}
    for _ in range(5):
        sqs.send_message(QueueUrl=stack.urls["webhook"], MessageBody=json.dumps(order))
    webhook.answers = [webhooks.status(200, 0.3)]
    mapping = Mapping(stack.urls["webhook"], stack.webhook, stack.context)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: mapping.invoke(), range(6)))
    stack.settle()
    assert len(webhook.texts) == 1
