"""WebhookFunction on moto: an address that changes, is bad or cannot be read, and is a secret."""

import logging
from collections.abc import Callable
from types import ModuleType

import boto3
import pytest

from tests import webhooks
from tests.integration import channels
from tests.integration.channels import ORDER, RUN, Mapping, Stack, progress
from tests.integration.conftest import PARAMETER
from tests.webhooks import Webhook, status


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
