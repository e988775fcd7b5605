"""A subscriber of the application's topic."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.stack.application import Application


class Inbox(list[dict[str, Any]]):
    """Messages of a queue, in the order of their receipt."""

    def __init__(self, sqs: Any, url: str) -> None:
        super().__init__()
        self._sqs, self._url = sqs, url

    def fetch(self) -> list[dict[str, Any]]:
        while True:
            answer = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10)
            for message in answer.get("Messages", []):
                self.append(json.loads(message["Body"]))
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
            if not answer.get("Messages"):
                return self


@contextmanager
def subscribed(application: Application) -> Iterator[Inbox]:
    """Subscribe to the topic."""
    sqs, sns = application.client("sqs"), application.client("sns")
    url = sqs.create_queue(QueueName="subscriber")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue["QueueArn"],
    }
    policy = {"Version": "2012-10-17", "Statement": [allow]}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    subscription = sns.subscribe(
        TopicArn=application.outputs["TopicArn"], Protocol="sqs", Endpoint=queue["QueueArn"]
    )["SubscriptionArn"]
    yield Inbox(sqs, url)
    sns.unsubscribe(SubscriptionArn=subscription)
    sqs.delete_queue(QueueUrl=url)
