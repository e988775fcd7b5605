"""A webhook that misbehaves gets its message in the end, and the topic's goes out at once."""

import json
import math
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dropforge import cloud
from tests import webhooks
from tests.stack.application import Application
from tests.stack.subscriber import Inbox, subscribed
from tests.webhooks import Webhook, status
from webhook.post import LIMIT_SECONDS

ROOT = Path(__file__).parents[2]
PARAMETER = "/dropforge/webhook"
PATIENCE_SECONDS = 240.0


def deployed(running: cloud.Cloud, name: str, backoff: int) -> Application:
    parameters = {"WebhookUrlParameter": PARAMETER, "DeliveryBackoffInSeconds": str(backoff)}
    outputs = cloud.deploy(running, ROOT, name, parameters)
    return Application(cloud.session(running), outputs)


@pytest.fixture(scope="module")
def own_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[cloud.Cloud]:
    running = cloud.up(tmp_path_factory.mktemp("notifications"), persist=False)
    yield running
    cloud.down(running)


@pytest.fixture(scope="module")
def application(own_cloud: cloud.Cloud) -> Application:
    """The application, with waits of seconds where the default waits for minutes; warmed up."""
    application = deployed(own_cloud, "dropforge", 1)
    with webhooks.running() as running:
        store(application, running)
        run = refused(application)
        until(lambda: len(told(application, run).get("sent") or ()) == 2)
    return application


@pytest.fixture(scope="module")
def hasty(own_cloud: cloud.Cloud) -> Application:
    """The application without any wait between tries."""
    return deployed(own_cloud, "hasty", 0)


@pytest.fixture
def webhook(application: Application) -> Iterator[Webhook]:
    with webhooks.running() as running:
        store(application, running)
        yield running


def store(application: Application, webhook: Webhook) -> None:
    application.client("ssm").put_parameter(
        Name=PARAMETER, Type="SecureString", Value=webhook.url, Overwrite=True
    )


def until(condition: Any) -> None:
    """Wait until something holds."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_SECONDS:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError(f"it did not come true within {PATIENCE_SECONDS:g} s")


def refused(application: Application, number: int = 0, name: str = "note") -> str:
    """Drop what is no CSV: its run ends at once, without an execution."""
    key = f"inbox/notes/{name}-{time.monotonic_ns()}-{number}.txt"
    return application.drop(key, b"hello")


def told(application: Application, run: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(application.read(f"runs/{run}/message.json") or b"{}")
    return document


def undelivered(application: Application) -> list[dict[str, Any]]:
    found = application.client("sqs").receive_message(
        QueueUrl=application.outputs["UndeliveredQueueUrl"],
        MaxNumberOfMessages=10,
        VisibilityTimeout=0,
    )
    return [json.loads(message["Body"]) for message in found.get("Messages", [])]


CASES = {
    "well": [status(200)],
    "500": [status(500), status(500), status(200)],
    "429": [status(429, Retry_After="4"), status(200)],
    "503": [status(503, Retry_After="4"), status(200)],
    "302": [webhooks.redirect, status(200)],
    "reset": [webhooks.reset, status(200)],
    "drip": [webhooks.drip, status(200)],
    "hang": [webhooks.hang, status(200)],
    "slow": [status(200, 3)],
}
"""How a webhook answers one post after the other."""
HELD = ("drip", "hang")
"""Those that hold a function until it gives up, two at a time: others would wait for them."""


@dataclass
class Told:
    """What became of one run's message, in seconds of time.monotonic()."""

    run: str
    in_topic: float = math.inf
    posts: list[float] = field(default_factory=list)
    in_topic_count: int = 0
    document: dict[str, Any] = field(default_factory=dict)

    def look(self, application: Application, inbox: Inbox) -> bool:
        """Look at what there is by now; say whether both channels are served."""
        self.document = told(application, self.run)
        sent = self.document.get("sent") or ()
        self.in_topic_count = sum(self.run in each["Message"] for each in inbox)
        if self.in_topic_count and "sns" in sent:
            self.in_topic = min(self.in_topic, time.monotonic())
        return bool(self.in_topic_count) and {"sns", "webhook"} <= set(sent)


@pytest.fixture(scope="module")
def all_told(application: Application) -> dict[str, Told]:
    """Runs of many cases at once; one that does not come to its end does not hold up others."""
    with webhooks.running() as webhook, subscribed(application) as inbox:
        store(application, webhook)
        webhook.special = {f"/{case}-": [*answers] for case, answers in CASES.items()}
        cases: dict[str, Told] = {}
        for names in (sorted({*CASES} - {*HELD}), HELD):
            cases |= {name: Told(refused(application, name=name)) for name in names}
            began = time.monotonic()
            while time.monotonic() - began < PATIENCE_SECONDS:
                inbox.fetch()
                ended = [case.look(application, inbox) for case in cases.values()]
                if all(ended):
                    break
                time.sleep(0.05)
        # Nobody is told again.
        time.sleep(1.5)
        inbox.fetch()
        for case in cases.values():
            case.look(application, inbox)
            posted = zip(webhook.texts, webhook.times, strict=True)
            case.posts = [at for text, at in posted if case.run in text]
    return cases


@pytest.mark.parametrize("case", CASES)
def test_webhook_that_misbehaves_gets_the_message_and_holds_up_nobody_else(
    all_told: dict[str, Told], case: str
) -> None:
    found = all_told[case]
    assert found.in_topic_count == 1
    # Before a try of the webhook could be over.
    assert found.in_topic < found.posts[0] + LIMIT_SECONDS
    assert sorted(found.document["sent"]) == ["sns", "webhook"]
    assert len(found.posts) == len(CASES[case])
    assert found.document["waiting"] == {}


@pytest.mark.parametrize(("case", "seconds"), [("500", 1), ("429", 4), ("503", 4)])
def test_webhook_is_not_asked_again_before_the_wait_or_what_it_asks_for(
    all_told: dict[str, Told], case: str, seconds: float
) -> None:
    first, second, *_ = all_told[case].posts
    assert second - first >= seconds


@pytest.mark.parametrize(("code", "posts"), [(500, 10), (410, 1)])
def test_webhook_that_never_takes_it_leaves_an_order_that_a_person_can_send_again(
    hasty: Application, webhook: Webhook, code: int, posts: int
) -> None:
    webhook.answers = [status(code)]
    run = refused(hasty)
    until(lambda: [order for order in undelivered(hasty) if order.get("run") == run])
    message = told(hasty, run)
    assert len(webhook.texts) == posts
    assert (message["sent"], message["waiting"]) == (["sns"], {})
    assert message["failed"]["webhook"]["reason"] == f"it answered HTTP {code}"
    webhook.answers = [status(200)]
    [order] = [order for order in undelivered(hasty) if order.get("run") == run]
    hasty.client("sqs").send_message(
        QueueUrl=hasty.outputs["WebhookQueueUrl"], MessageBody=json.dumps(order)
    )
    until(lambda: "webhook" in told(hasty, run)["sent"])
    assert (len(webhook.texts), told(hasty, run)["failed"]) == (posts + 1, {})


def test_webhook_that_hangs_for_many_runs_does_not_hold_up_their_topic(
    application: Application, inbox: Any, webhook: Webhook
) -> None:
    webhook.answers = [webhooks.hang]
    runs = [refused(application, number) for number in range(10)]

    def received() -> int:
        texts = [m["Message"] for m in inbox.fetch()]
        return sum(any(run in text for text in texts) for run in runs)

    until(lambda: received() == len(runs))
    # Two at once hang for ten seconds each.
    assert time.monotonic() < min(webhook.times, default=math.inf) + LIMIT_SECONDS
    webhook.answers = [status(200)]
    until(lambda: all("webhook" in told(application, run)["sent"] for run in runs))
    assert len(inbox.fetch()) == len(runs)


def worker(application: Application, name: str) -> int | None:
    """Return the process of a function, None if it has none just now."""
    arn = application.outputs[f"{name}FunctionArn"]
    function = arn.rsplit(":", 1)[1]
    for entry in Path("/proc").iterdir():
        try:
            environment = (entry / "environ").read_bytes() if entry.name.isdigit() else b""
        except OSError:
            continue
        if f"AWS_LAMBDA_FUNCTION_NAME={function}\0".encode() in environment:
            return int(entry.name)
    return None


@pytest.fixture
def impatient(application: Application) -> Iterator[Application]:
    """The application with claims of five seconds, and queues that show an order again as soon."""
    functions, sqs = application.client("lambda"), application.client("sqs")
    names = ("NotifyFunctionArn", "WebhookFunctionArn")
    urls = [application.outputs[name] for name in ("TopicQueueUrl", "WebhookQueueUrl")]

    def limit(seconds: int, visibility: int) -> None:
        for name in names:
            functions.update_function_configuration(
                FunctionName=application.outputs[name], Timeout=seconds
            )
        for url in urls:
            attributes = {"VisibilityTimeout": str(visibility)}
            sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)

    limit(5, 6)
    yield application
    limit(30, 180)


def test_webhook_function_that_is_killed_while_it_posts_posts_again(
    impatient: Application, inbox: Any, webhook: Webhook
) -> None:
    webhook.answers = [webhooks.hang, status(200)]
    run = refused(impatient)
    until(lambda: webhook.texts)
    process = worker(impatient, "Webhook")
    assert process
    os.kill(process, signal.SIGKILL)
    until(lambda: "webhook" in told(impatient, run)["sent"])
    assert len(webhook.texts) == 2
    assert len(inbox.fetch()) == 1


def test_notify_function_that_is_killed_at_any_moment_loses_nothing(
    impatient: Application, inbox: Any, webhook: Webhook
) -> None:
    killed = 0
    runs = []
    for number in range(8):
        until(lambda: worker(impatient, "Notify") or not runs)
        runs.append(refused(impatient, number))
        time.sleep(number * 0.01)
        process = worker(impatient, "Notify")
        if process:
            os.kill(process, signal.SIGKILL)
            killed += 1
    assert killed >= 4
    until(
        lambda: all(
            set(told(impatient, run).get("sent") or ()) >= {"sns", "webhook"} for run in runs
        )
    )
    texts = [m["Message"] for m in inbox.fetch()]
    for run in runs:
        assert sum(run in text for text in texts) >= 1, run
        assert sum(run in text for text in webhook.texts) == 1, run
    # A message may go out twice only if its function died between the topic's answer and S3's.
    assert len(texts) <= len(runs) + 1
