"""WebhookFunction on moto: one posts at a time, and a later ending keeps its place."""

import json
from typing import Any

import pytest

from tests import webhooks
from tests.integration import channels
from tests.integration.channels import ORDER, Event, Mapping, Stack, progress
from tests.webhooks import Webhook, status


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
