"""Every documented event is one that its function takes, and every function has one.

They name what no stack has; `dropforge events` makes such as name what is there, which
tests/stack/test_command.py hands to the functions.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import S3EventBridgeNotificationEvent

from notify import ending
from notify.message import message_of
from pipeline import drop_keys
from pipeline.delivery.channel import Attempt, Order, Outcome
from pipeline.delivery.orders import OrderQueue
from seed.sample import SampleSize
from tests.contract.states import all_states
from tidy.asked import asked_of

ROOT = Path(__file__).parents[2]
EVENTS = {path.stem: json.loads(path.read_text()) for path in (ROOT / "events").glob("*.json")}


def of(function: str) -> list[Any]:
    return [event for name, event in sorted(EVENTS.items()) if name.startswith(f"{function}-")]


@pytest.mark.parametrize(
    "function",
    ["seed", "trigger", "prepare", "evaluate", "predict", "join", "notify", "tidy", "webhook"],
)
def test_every_function_has_events(function: str) -> None:
    assert len(of(function)) >= 2


def test_every_event_belongs_to_a_function(root: Path) -> None:
    assert all((root / "functions" / name.split("-")[0]).is_dir() for name in EVENTS)


@pytest.mark.parametrize("event", of("seed"))
def test_seed_events_ask_for_a_possible_sample(event: dict[str, Any]) -> None:
    wanted = event.get("sample", event)
    SampleSize(**{k: v for k, v in wanted.items() if k != "execution_name"})


@pytest.mark.parametrize("event", of("tidy"))
def test_tidy_events_ask_for_what_the_function_knows(event: dict[str, Any]) -> None:
    asked = asked_of(event, 30)
    assert asked.trial == event.get("trial", False)
    assert asked.days == event.get("older_than_days", 30)
    assert set(event) <= {"trigger", "trial", "older_than_days"}


@pytest.mark.parametrize("event", of("trigger"))
def test_trigger_events_are_a_tick_or_an_object(event: dict[str, Any]) -> None:
    if event.get("trigger") != "schedule":
        detail = S3EventBridgeNotificationEvent(event).detail
        assert detail.object.key.startswith((drop_keys.INBOX, drop_keys.SCORE))
        assert detail.object.version_id


@pytest.mark.parametrize("function", ["prepare", "evaluate", "predict", "join"])
def test_step_events_have_the_fields_that_a_state_machine_sends(
    function: str, definition: dict[str, Any], scoring: dict[str, Any]
) -> None:
    sent: dict[str, set[str]] = {}
    for state in [*all_states(definition).values(), *all_states(scoring).values()]:
        parameters = state.get("ItemSelector") or state.get("Parameters", {})
        if "step" in parameters:
            sent[parameters["step"]] = {name.removesuffix(".$") for name in parameters}
    events = {event["step"]: set(event) for event in of(function)}
    assert events
    for step, fields in events.items():
        assert fields == sent[step], step


def is_order(event: dict[str, Any]) -> bool:
    return "Records" in event


@pytest.mark.parametrize("event", [e for e in of("notify") + of("webhook") if is_order(e)])
def test_orders_are_those_that_a_queue_hands_over(event: dict[str, Any]) -> None:
    [sample] = event["Records"]
    seen = []

    def serve(order: Order, attempt: Attempt) -> Outcome:
        seen.append((order.channel, attempt.order_id, attempt.is_last))
        return Outcome()

    queue = OrderQueue(None, "", 10)
    assert queue.work(event, datetime.now(UTC), serve) == {"batchItemFailures": []}
    is_last = sample["attributes"]["ApproximateReceiveCount"] == "10"
    channel = "webhook" if "WebhookQueue" in sample["eventSourceARN"] else "sns"
    assert seen == [(channel, sample["messageId"], is_last)]


@pytest.mark.parametrize("event", [event for event in of("notify") if not is_order(event)])
def test_notify_events_can_be_read(event: dict[str, Any]) -> None:
    if "requestPayload" in event:
        message = message_of(ending.of_lost_drop(event))
    elif "executionArn" in event["detail"]:
        detail = dict(event["detail"])
        detail["output"] = None
        message = message_of(ending.of_execution(detail))
    else:
        message = message_of(ending.of_refusal(event["detail"]))
    assert message["subject"]
    assert message["run"]
    assert message["text"]
