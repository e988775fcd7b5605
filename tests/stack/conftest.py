"""The template deployed to an embedded cloud, once for all tests of a worker."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dropforge import cloud
from tests.stack.application import Application

ROOT = Path(__file__).parents[2]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("stack")


@pytest.fixture(scope="session")
def local_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[cloud.Cloud]:
    for name in [n for n in os.environ if n.startswith("AWS_")]:
        del os.environ[name]
    running = cloud.up(tmp_path_factory.mktemp("cloud"), persist=False)
    yield running
    cloud.down(running)


@pytest.fixture(scope="session")
def application(local_cloud: cloud.Cloud) -> Application:
    outputs = cloud.deploy(local_cloud, ROOT, "dropforge", {})
    return Application(cloud.session(local_cloud), outputs)


@pytest.fixture
def inbox(application: Application) -> Iterator[list[dict[str, Any]]]:
    """Messages that a subscriber of the topic receives while the test runs."""
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
    received: list[dict[str, Any]] = []

    class Inbox(list[dict[str, Any]]):
        def fetch(self) -> list[dict[str, Any]]:
            while True:
                answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
                for message in answer.get("Messages", []):
                    received.append(json.loads(message["Body"]))
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                if not answer.get("Messages"):
                    return received

    yield Inbox()
    sns.unsubscribe(SubscriptionArn=subscription)
    sqs.delete_queue(QueueUrl=url)
