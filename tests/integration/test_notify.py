"""NotifyFunction on moto: what it tells, and that each ending is told once."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from notify import ending as endings
from tests.integration import channels
from tests.integration.channels import BUCKET, Event, Load, Mapping, Sent

RUN = "notes-20260102-030405-0a1b2c3d"


def kept(run: str = RUN) -> dict[str, Any]:
    s3 = boto3.client("s3")
    key = f"runs/{run}/message.json"
    document: dict[str, Any] = json.loads(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())
    return document


def progress(run: str = RUN) -> tuple[Any, Any, Any]:
    document = kept(run)
    return document["sent"], document["waiting"], document["failed"]


def test_notify_of_a_refused_drop_sends_one_message_however_often_told(
    load: Load, event: Event, context: Any, sent: Sent
) -> None:
    handler = load("notify").handler
    answers = [handler(event("notify-drop-rejected"), context) for _ in range(3)]
    assert [answer["sent"] for answer in answers] == [["sns"], [], []]
    [text] = sent()
    assert "is no CSV file by its name; it must end in .csv or .csv.gz" in text
    assert progress() == (["sns"], {}, {})
    assert kept()["verdict"] == "rejected_input"


def test_notify_with_a_webhook_orders_the_post_and_does_not_wait_for_it(
    load: Load,
    event: Event,
    context: Any,
    sent: Sent,
    queues: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WEBHOOK_QUEUE_URL", queues["webhook"])
    handler = load("notify").handler
    answers = [handler(event("notify-drop-rejected"), context) for _ in range(3)]
    assert [answer["sent"] for answer in answers] == [["sns"], [], []]
    assert channels.bodies(queues["webhook"]) == [{"run": RUN, "ended": None, "channel": "webhook"}]
    assert progress() == (["sns"], {"webhook": {"queued": True}}, {})
    assert len(sent()) == 1


def test_notify_of_an_execution_that_was_redriven_tells_each_ending_once(
    load: Load, event: Event, context: Any, sent: Sent
) -> None:
    notify = load("notify")
    first, second = event("notify-failed"), event("notify-failed")
    second["detail"].update(
        status="ABORTED", stopDate=first["detail"]["stopDate"] + 60_000, error=None, cause=None
    )

    class States:
        @staticmethod
        def describe_execution(**_names: str) -> dict[str, Any]:
            return second["detail"]

    notify.sfn = States
    for told in (first, first, second, second, first):
        notify.handler(told, context)
    assert [text.splitlines()[0] for text in sent()] == [
        "churn: file rejected.",
        "churn: run stopped.",
    ]


def test_notify_whose_topic_is_gone_tries_later_and_says_so_meanwhile(
    load: Load,
    event: Event,
    context: Any,
    sent: Sent,
    topic: str,
    queues: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    handler = load("notify").handler
    monkeypatch.setenv("TOPIC_ARN", f"{topic}-gone")
    monkeypatch.setenv("DELIVERY_BACKOFF_SECONDS", "2")
    waits = channels.waits_of(monkeypatch)
    assert handler(event("notify-drop-rejected"), context)["sent"] == []
    told, waiting, failed = progress()
    assert (told, failed, waiting["sns"]["queued"], waiting["sns"]["attempts"]) == ([], {}, True, 1)
    assert "NotFound" in waiting["sns"]["reason"]
    mapping = Mapping(queues["topic"], handler, context)
    mapping.invoke()
    assert progress()[0] == []
    monkeypatch.setenv("TOPIC_ARN", topic)
    assert mapping.drain() == 1
    assert progress() == (["sns"], {}, {})
    assert len(sent()) == 1
    assert waits == [pytest.approx(2.25, abs=0.25)] * 2


def test_notify_whose_topic_stays_gone_ends_among_the_undelivered(
    load: Load,
    event: Event,
    context: Any,
    topic: str,
    queues: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    handler = load("notify").handler
    monkeypatch.setenv("TOPIC_ARN", f"{topic}-gone")
    handler(event("notify-drop-rejected"), context)
    assert Mapping(queues["topic"], handler, context).drain() == channels.TRIES
    assert channels.bodies(queues["undelivered"]) == [{"run": RUN, "ended": None, "channel": "sns"}]
    told, waiting, failed = progress()
    assert (told, waiting) == ([], {})
    assert "NotFound" in failed["sns"]["reason"]


def test_notify_logs_why_a_channel_failed(
    load: Load,
    event: Event,
    context: Any,
    topic: str,
    queues: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    notify = load("notify")
    message = "User: arn:aws:sts::1:assumed-role/N is not authorized to perform: SNS:Publish"
    denied = {"Error": {"Code": "AuthorizationError", "Message": message}}

    class Sns:
        @staticmethod
        def publish(**_request: Any) -> None:
            raise ClientError(denied, "Publish")

    notify.sns = Sns
    notify.handler(event("notify-drop-rejected"), context)
    [told] = [vars(record) for record in caplog.records if record.message == "Channel failed"]
    assert (told["run"], told["channel"], told["error"]) == (RUN, "sns", "ClientError")
    assert "SNS:Publish" in told["reason"]


@pytest.mark.parametrize("broken", ["webhook", "topic"])
def test_notify_that_cannot_leave_an_order_serves_the_rest_and_asks_for_the_event_again(
    load: Load,
    event: Event,
    context: Any,
    sent: Sent,
    topic: str,
    queues: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    broken: str,
) -> None:
    handler = load("notify").handler
    urls = {**queues, broken: f"{queues[broken]}-gone"}
    monkeypatch.setenv("WEBHOOK_QUEUE_URL", urls["webhook"])
    monkeypatch.setenv("TOPIC_QUEUE_URL", urls["topic"])
    if broken == "topic":
        monkeypatch.setenv("TOPIC_ARN", f"{topic}-gone")
    with pytest.raises(ExceptionGroup, match=RUN):
        handler(event("notify-drop-rejected"), context)
    assert len(sent()) == (1 if broken == "webhook" else 0)
    assert len(channels.bodies(queues["webhook"])) == (0 if broken == "webhook" else 1)
    monkeypatch.setenv("WEBHOOK_QUEUE_URL", queues["webhook"])
    monkeypatch.setenv("TOPIC_QUEUE_URL", queues["topic"])
    monkeypatch.setenv("TOPIC_ARN", topic)
    handler(event("notify-drop-rejected"), context)
    assert len(sent()) == 1
    # Nothing was ordered twice.
    assert len(channels.bodies(queues["webhook"])) == (1 if broken == "webhook" else 0)
    assert progress() == (["sns"], {"webhook": {"queued": True}}, {})


def map_run_failed(event: Event) -> dict[str, Any]:
    document = event("notify-failed")
    document["detail"].update(error=endings.MAP_RUN_FAILED, cause="")
    return document


def test_notify_of_a_map_run_that_failed_tells_the_childs_cause(
    load: Load, event: Event, context: Any, sent: Sent
) -> None:
    notify = load("notify")
    ended = map_run_failed(event)
    arn = ended["detail"]["executionArn"]
    base = {"name": "churn-1", "status": "FAILED", "input": "{}", "executionArn": arn}
    descriptions = {
        arn: {**base, "error": endings.MAP_RUN_FAILED, "cause": "exceeded"},
        "child": {
            **base,
            "error": "MemoryError",
            "cause": '{"errorMessage": "chunk 3 is too big"}',
        },
    }

    class States:
        @staticmethod
        def describe_execution(executionArn: str) -> dict[str, Any]:  # noqa: N803
            return descriptions[executionArn]

        @staticmethod
        def list_map_runs(executionArn: str) -> dict[str, Any]:  # noqa: N803
            assert executionArn == arn
            return {"mapRuns": [{"mapRunArn": "profile"}, {"mapRunArn": "encode"}]}

        @staticmethod
        def list_executions(mapRunArn: str, **_options: Any) -> dict[str, Any]:  # noqa: N803
            return {"executions": [{"executionArn": "child"}] if mapRunArn == "encode" else []}

    notify.sfn = States
    notify.handler(ended, context)
    assert "chunk 3 is too big" in sent()[0]
    assert "Error: MemoryError" in sent()[0]


def test_notify_of_a_map_run_that_cannot_be_looked_into_is_sent_with_the_general_cause(
    load: Load, event: Event, context: Any, sent: Sent
) -> None:
    notify = load("notify")
    denied = {"Error": {"Code": "AccessDeniedException", "Message": "not authorized"}}
    ended = map_run_failed(event)
    description = {
        "name": "churn-1",
        "status": "FAILED",
        "input": "{}",
        "executionArn": ended["detail"]["executionArn"],
        "error": endings.MAP_RUN_FAILED,
        "cause": "The specified tolerated failure threshold was exceeded",
    }

    class States:
        @staticmethod
        def describe_execution(**_names: str) -> dict[str, Any]:
            return description

        @staticmethod
        def list_map_runs(**_names: str) -> dict[str, Any]:
            raise ClientError(denied, "ListMapRuns")

    notify.sfn = States
    notify.handler(ended, context)
    assert "tolerated failure threshold was exceeded" in sent()[0]
