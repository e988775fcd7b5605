"""Queues and functions as Lambda connects them, on moto."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import boto3
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sns import sns_backends

from pipeline.delivery.orders import OrderQueue

BUCKET = "dropforge-test"
RUN = "notes-20260102-030405-0a1b2c3d"
KEY = f"runs/{RUN}/message.json"
ORDER = {"run": RUN, "ended": None, "channel": "webhook"}
TRIES = 10
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]
Load = Callable[[str], ModuleType]
Event = Callable[[str], dict[str, Any]]
Sent = Callable[[], list[str]]


def make_queues() -> dict[str, str]:
    """Make a queue for each channel, as the template does, and one for what is undelivered."""
    sqs = boto3.client("sqs")
    undelivered = sqs.create_queue(QueueName="undelivered")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=undelivered, AttributeNames=["QueueArn"])
    redrive = {"deadLetterTargetArn": arn["Attributes"]["QueueArn"], "maxReceiveCount": TRIES}
    attributes = {"RedrivePolicy": json.dumps(redrive), "VisibilityTimeout": "180"}
    urls = {
        name: sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        for name in ("topic", "webhook")
    }
    return {**urls, "undelivered": undelivered}


@dataclass
class Mapping:
    """An event source mapping: hands a queue's messages to a handler, one by one."""

    url: str
    handler: Handler
    context: Any

    def invoke(self) -> bool:
        """Receive one message and hand it over; return False if none is visible."""
        sqs = boto3.client("sqs")
        names = ["ApproximateReceiveCount"]
        found = sqs.receive_message(QueueUrl=self.url, AttributeNames=names).get("Messages", [])
        for message in found:
            record = {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message["Attributes"],
            }
            answer = self.handler({"Records": [record]}, self.context)
            if not answer["batchItemFailures"]:
                sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
            else:
                assert answer["batchItemFailures"] == [{"itemIdentifier": message["MessageId"]}]
        return bool(found)

    def drain(self, most: int = 50) -> int:
        """Invoke until no message is visible; return how often."""
        for number in range(most):
            if not self.invoke():
                return number
        raise AssertionError(f"{self.url} is not empty after {most} messages")


class Stack:
    """Both functions, their queues, and a clock that can be put forward."""

    def __init__(
        self,
        load: Callable[[str], ModuleType],
        context: Any,
        topic: str,
        urls: dict[str, str],
        later: Callable[[], None],
    ) -> None:
        self.modules = {name: load(name) for name in ("notify", "webhook")}
        self.notify = self.modules["notify"].handler
        self.webhook = self.modules["webhook"].handler
        self.context, self.topic, self.urls, self.later = context, topic, urls, later

    def tell(self, event: dict[str, Any]) -> None:
        self.notify(event, self.context)

    def settle(self) -> None:
        """Let all claims run out, and have the queues worked off."""
        self.later()
        Mapping(self.urls["topic"], self.notify, self.context).drain()
        Mapping(self.urls["webhook"], self.webhook, self.context).drain()

    def emails(self) -> list[str]:
        topics = sns_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].topics
        return [text for _, text, *_ in topics[self.topic].sent_notifications]

    def kept(self) -> dict[str, Any]:
        body = boto3.client("s3").get_object(Bucket=BUCKET, Key=KEY)["Body"].read()
        document: dict[str, Any] = json.loads(body)
        return document

    def forget(self) -> None:
        topics = sns_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].topics
        topics[self.topic].sent_notifications.clear()
        boto3.client("s3").delete_object(Bucket=BUCKET, Key=KEY)


def bodies(url: str) -> list[dict[str, Any]]:
    """Take what lies in a queue."""
    found = boto3.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in found.get("Messages", [])]


def waits_of(monkeypatch: Any) -> list[float]:
    """Note how long orders are put off, and hand them out again at once."""
    waits: list[float] = []
    keep, put = OrderQueue._keep, OrderQueue.put

    def keep_at_once(queue: OrderQueue, receipt: str, seconds: float) -> None:
        waits.append(seconds)
        keep(queue, receipt, 0)

    def put_at_once(queue: OrderQueue, order: Any, delay: float = 0.0) -> None:
        waits.append(delay)
        put(queue, order)

    monkeypatch.setattr(OrderQueue, "_keep", keep_at_once)
    monkeypatch.setattr(OrderQueue, "put", put_at_once)
    return waits


def progress(stack: Stack) -> tuple[Any, Any, Any]:
    document = stack.kept()
    return document["sent"], document["waiting"], document["failed"]
