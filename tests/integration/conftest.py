"""Handlers against moto: real clients, a bucket, a topic, a state machine."""

import importlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sns import sns_backends

from tests import webhooks
from tests.integration import channels

EVENTS = Path(__file__).parents[2] / "events"
BUCKET = "dropforge-test"
PARAMETER = "/dropforge/webhook"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [n for n in os.environ if n.startswith("AWS_")]:
        monkeypatch.delenv(name)
    values = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_LAMBDA_FUNCTION_NAME": "test",
        "BUCKET": BUCKET,
        "POWERTOOLS_TRACE_DISABLED": "true",
        "POWERTOOLS_METRICS_NAMESPACE": "Test",
        "POWERTOOLS_SERVICE_NAME": "test",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield


@pytest.fixture
def load(aws: None) -> Iterator[Callable[[str], ModuleType]]:
    """Import a function's handler anew, so that its clients are made inside the mock."""
    names: list[str] = []

    def loader(function: str) -> ModuleType:
        name = f"{function}.handler"
        sys.modules.pop(name, None)
        names.append(name)
        return importlib.import_module(name)

    yield loader
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture
def event() -> Callable[[str], dict[str, Any]]:
    def read(name: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
        return document

    return read


class Context:
    """What Powertools reads of Lambda's context."""

    function_name = "test"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:test"
    aws_request_id = "00000000-0000-0000-0000-000000000000"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 30_000


@pytest.fixture
def context() -> Context:
    return Context()


@pytest.fixture
def webhook(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[webhooks.Webhook]:
    with webhooks.running() as running:
        boto3.client("ssm").put_parameter(Name=PARAMETER, Type="SecureString", Value=running.url)
        monkeypatch.setenv("WEBHOOK_URL_PARAMETER", PARAMETER)
        yield running


@pytest.fixture
def stack(
    load: Callable[[str], ModuleType],
    context: Any,
    webhook: webhooks.Webhook,
    monkeypatch: pytest.MonkeyPatch,
) -> channels.Stack:
    topic = boto3.client("sns").create_topic(Name="messages")["TopicArn"]
    urls = channels.make_queues()
    values = {
        "TOPIC_ARN": topic,
        "TOPIC_QUEUE_URL": urls["topic"],
        "WEBHOOK_QUEUE_URL": urls["webhook"],
        "DELIVERY_TRIES": str(channels.TRIES),
        "DELIVERY_BACKOFF_SECONDS": "0",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    channels.waits_of(monkeypatch)
    ahead = timedelta()

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) + ahead

    def later() -> None:
        nonlocal ahead
        ahead += timedelta(seconds=31)

    monkeypatch.setattr("pipeline.delivery.channel.datetime", Clock)
    return channels.Stack(load, context, topic, urls, later)


@pytest.fixture
def topic(aws: None, monkeypatch: pytest.MonkeyPatch) -> str:
    arn: str = boto3.client("sns").create_topic(Name="messages")["TopicArn"]
    monkeypatch.setenv("TOPIC_ARN", arn)
    return arn


@pytest.fixture
def queues(topic: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    urls = channels.make_queues()
    monkeypatch.setenv("TOPIC_QUEUE_URL", urls["topic"])
    monkeypatch.setenv("WEBHOOK_QUEUE_URL", "")
    monkeypatch.setenv("DELIVERY_TRIES", str(channels.TRIES))
    monkeypatch.setenv("DELIVERY_BACKOFF_SECONDS", "0")
    return urls


@pytest.fixture
def sent(queues: dict[str, str], topic: str) -> channels.Sent:
    return lambda: [
        text
        for _, text, *_ in sns_backends[DEFAULT_ACCOUNT_ID]["us-east-1"]
        .topics[topic]
        .sent_notifications
    ]


@pytest.fixture
def waits(stack: channels.Stack, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Note by how many seconds each try is put off."""
    monkeypatch.setenv("DELIVERY_BACKOFF_SECONDS", "15")
    return channels.waits_of(monkeypatch)


@pytest.fixture
def told(stack: channels.Stack, event: channels.Event, waits: list[float]) -> channels.Mapping:
    """Tell of a refused drop; return what hands the webhook's orders over."""
    stack.tell(event("notify-drop-rejected"))
    waits.clear()
    return channels.Mapping(stack.urls["webhook"], stack.webhook, stack.context)
