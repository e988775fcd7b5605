import json
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import ModuleType
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sns import sns_backends

from notify import ending as endings
from notify import outbox

BUCKET = "dropforge-test"
Load = Callable[[str], ModuleType]
Event = Callable[[str], dict[str, Any]]


@pytest.fixture
def topic(aws: None, monkeypatch: pytest.MonkeyPatch) -> str:
    arn: str = boto3.client("sns").create_topic(Name="messages")["TopicArn"]
    monkeypatch.setenv("TOPIC_ARN", arn)
    return arn


@pytest.fixture
def sent(topic: str) -> Callable[[], list[str]]:
    return lambda: [
        text
        for _, text, *_ in sns_backends[DEFAULT_ACCOUNT_ID]["us-east-1"]
        .topics[topic]
        .sent_notifications
    ]


@pytest.fixture
def webhook(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    received: list[dict[str, Any]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    name = "/dropforge/webhook"
    boto3.client("ssm").put_parameter(
        Name=name, Type="SecureString", Value=f"http://127.0.0.1:{server.server_port}/"
    )
    monkeypatch.setenv("WEBHOOK_URL_PARAMETER", name)
    yield received
    server.shutdown()
    thread.join()
    server.server_close()


def kept() -> dict[str, Any]:
    s3 = boto3.client("s3")
    key = "runs/notes-20260102-030405-0a1b2c3d/message.json"
    document: dict[str, Any] = json.loads(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())
    return document


def test_notify_of_a_refused_drop_sends_one_message_however_often_told(
    load: Load, event: Event, context: Any, sent: Callable[[], list[str]]
) -> None:
    handler = load("notify").handler
    answers = [handler(event("notify-drop-rejected"), context) for _ in range(3)]
    assert [answer["sent"] for answer in answers] == [["sns"], [], []]
    [text] = sent()
    assert "is no CSV file by its name; it must end in .csv or .csv.gz" in text
    assert kept()["sent"] == ["sns"]
    assert kept()["verdict"] == "rejected_input"


def test_notify_with_a_webhook_posts_the_same_text(
    load: Load,
    event: Event,
    context: Any,
    sent: Callable[[], list[str]],
    webhook: list[dict[str, Any]],
) -> None:
    answer = load("notify").handler(event("notify-drop-rejected"), context)
    assert answer["sent"] == ["sns", "webhook"]
    assert webhook == [{"text": text} for text in sent()]


def test_notify_leaves_the_webhooks_address_out_of_traces(
    load: Load,
    event: Event,
    context: Any,
    topic: str,
    webhook: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notify, hosts = load("notify"), []
    monkeypatch.setattr(notify.tracer, "ignore_endpoint", lambda hostname: hosts.append(hostname))
    notify.handler(event("notify-drop-rejected"), context)
    assert hosts == ["127.0.0.1"]


def test_notify_whose_webhook_is_gone_still_sends_the_email(
    load: Load, event: Event, context: Any, sent: Callable[[], list[str]], webhook: list[Any]
) -> None:
    boto3.client("ssm").put_parameter(
        Name="/dropforge/webhook", Type="SecureString", Value="http://127.0.0.1:9/", Overwrite=True
    )
    answer = load("notify").handler(event("notify-drop-rejected"), context)
    assert answer["sent"] == ["sns"]
    assert len(sent()) == 1


@pytest.mark.parametrize("email_works", [True, False])
def test_notify_with_a_channel_that_fails_logs_why(
    load: Load,
    event: Event,
    context: Any,
    topic: str,
    webhook: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    email_works: bool,
) -> None:
    notify = load("notify")
    message = "User: arn:aws:sts::1:assumed-role/N is not authorized to perform: kms:Decrypt"
    denied = {"Error": {"Code": "AccessDeniedException", "Message": message}}

    def refuse() -> str:
        raise ClientError(denied, "GetParameter")

    monkeypatch.setattr(notify, "_webhook_url", refuse)
    monkeypatch.setenv("TOPIC_ARN", topic if email_works else f"{topic}-gone")
    with nullcontext() if email_works else pytest.raises(ExceptionGroup):
        notify.handler(event("notify-drop-rejected"), context)
    told = [vars(record) for record in caplog.records if record.message == "Channel failed"]
    assert [facts["channel"] for facts in told] == (
        ["webhook"] if email_works else ["sns", "webhook"]
    )
    assert told[-1]["error"] == "ClientError"
    assert "AccessDeniedException" in told[-1]["reason"]
    assert "kms:Decrypt" in told[-1]["reason"]


def test_notify_of_an_execution_that_was_redriven_tells_each_ending_once(
    load: Load, event: Event, context: Any, sent: Callable[[], list[str]]
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


def test_notify_that_reaches_nobody_fails_and_sends_at_the_next_attempt(
    load: Load, event: Event, context: Any, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = load("notify").handler
    monkeypatch.setenv("TOPIC_ARN", f"{topic}-gone")
    with pytest.raises(ExceptionGroup):
        handler(event("notify-drop-rejected"), context)
    monkeypatch.setenv("TOPIC_ARN", topic)
    assert handler(event("notify-drop-rejected"), context)["sent"] == ["sns"]


@pytest.mark.parametrize(("age_seconds", "taken_over"), [(0, False), (46, True)])
def test_notify_takes_a_claim_over_only_when_its_owner_must_be_dead(
    load: Load,
    event: Event,
    context: Any,
    topic: str,
    monkeypatch: pytest.MonkeyPatch,
    age_seconds: int,
    taken_over: bool,
) -> None:
    notify = load("notify")
    boto3.client("s3").put_object(
        Bucket=BUCKET,
        Key="runs/notes-20260102-030405-0a1b2c3d/message.json",
        Body=json.dumps({"sent": None}).encode(),
    )

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) + timedelta(seconds=age_seconds)

    assert Clock.now(UTC)
    monkeypatch.setattr(outbox, "datetime", Clock)
    answer = notify.handler(event("notify-drop-rejected"), context)
    assert bool(answer["sent"]) is taken_over


def map_run_failed(event: Event) -> dict[str, Any]:
    document = event("notify-failed")
    document["detail"].update(error=endings.MAP_RUN_FAILED, cause="")
    return document


def test_notify_of_a_map_run_that_failed_tells_the_childs_cause(
    load: Load, event: Event, context: Any, sent: Callable[[], list[str]]
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
    load: Load, event: Event, context: Any, sent: Callable[[], list[str]]
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
