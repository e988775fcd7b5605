import logging
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests import webhooks
from tests.webhooks import SECRET, Webhook
from webhook import post as posting
from webhook.post import WebhookError, post

KEY = "0a1b"


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with webhooks.running() as running:
        yield running


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


def assert_secret(error: WebhookError, log: pytest.LogCaptureFixture) -> None:
    assert SECRET not in f"{error} {error!r} {error.__dict__} {log.text}"
    # Not even suppressed: a tool that follows the chain would find the address there.
    assert error.__cause__ is None
    assert error.__context__ is None


def failure_of(url: str) -> WebhookError:
    with pytest.raises(WebhookError) as caught:
        post(url, "text", KEY)
    return caught.value


def test_post_of_markup_arrives_as_slack_shows_it_literally(webhook: Webhook) -> None:
    post(webhook.url, 'column "<!channel>" & <https://a.example|b>', KEY)
    assert webhook.texts == ['column "&lt;!channel&gt;" &amp; &lt;https://a.example|b&gt;']


def test_post_carries_a_key_by_which_a_receiver_knows_a_second_one(webhook: Webhook) -> None:
    post(webhook.url, "text", KEY)
    assert webhook.keys == [f'"{KEY}"']


@pytest.mark.parametrize("code", [200, 201, 202, 204])
def test_post_that_succeeds_logs_no_address(
    webhook: Webhook, log: pytest.LogCaptureFixture, code: int
) -> None:
    webhook.answers = [webhooks.status(code)]
    post(webhook.url, "text", KEY)
    assert SECRET not in log.text


def test_post_to_an_address_with_a_line_break_behind_it_arrives(webhook: Webhook) -> None:
    post(f" {webhook.url}\n", "text", KEY)
    assert webhook.texts == ["text"]


def test_post_to_an_address_with_letters_of_all_kinds_arrives(webhook: Webhook) -> None:
    post(f"{webhook.url}&name=Zürich h%20f", "text", KEY)
    assert webhook.texts == ["text"]


@pytest.mark.parametrize(
    ("code", "may_pass"),
    [(301, True), (400, True), (403, True), (404, False), (410, False), (429, True), (500, True)],
)
def test_post_that_is_answered_with_no_success_fails_with_the_status_alone(
    webhook: Webhook, log: pytest.LogCaptureFixture, code: int, may_pass: bool
) -> None:
    webhook.answers = [webhooks.status(code)]
    error = failure_of(webhook.url)
    assert str(error) == f"it answered HTTP {code}"
    assert error.may_pass is may_pass
    assert_secret(error, log)
    assert webhook.texts == ["text"]


def test_post_that_is_sent_elsewhere_does_not_go_there(
    webhook: Webhook, log: pytest.LogCaptureFixture
) -> None:
    webhook.answers = [webhooks.redirect]
    error = failure_of(webhook.url)
    assert (str(error), error.may_pass) == ("it answered HTTP 302", True)
    assert_secret(error, log)
    assert webhook.texts == ["text"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (webhooks.reset, "it could not be asked: ConnectionResetError"),
        (webhooks.garbage, "it could not be asked: BadStatusLine"),
    ],
)
def test_post_that_is_broken_off_may_be_tried_again(
    webhook: Webhook, log: pytest.LogCaptureFixture, answer: webhooks.Answer, reason: str
) -> None:
    webhook.answers = [answer]
    error = failure_of(webhook.url)
    assert (str(error), error.may_pass) == (reason, True)
    assert_secret(error, log)


@pytest.mark.parametrize("answer", [webhooks.drip, webhooks.hang, webhooks.status(200, 2.0)])
def test_post_that_is_not_answered_in_time_is_given_up_as_a_whole(
    webhook: Webhook,
    log: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    answer: webhooks.Answer,
) -> None:
    monkeypatch.setattr(posting, "LIMIT_SECONDS", 0.5)
    webhook.answers = [answer]
    began, before = time.monotonic(), threading.active_count()
    error = failure_of(webhook.url)
    assert 0.4 < time.monotonic() - began < 1.5
    assert (str(error), error.may_pass) == ("it did not answer within 0.5 s", True)
    assert_secret(error, log)
    assert webhook.texts == ["text"]
    # The one that listened hung up; the server's own thread for the request ended with it.
    assert webhook.ended.wait(5)
    for _ in range(100):
        if threading.active_count() <= before:
            break
        time.sleep(0.05)
    assert threading.active_count() <= before


def test_post_that_is_taken_does_not_wait_for_the_end_of_the_answer(webhook: Webhook) -> None:
    webhook.answers = [webhooks.endless_body]
    began = time.monotonic()
    post(webhook.url, "text", KEY)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("code", "given", "seconds"),
    [
        (429, "7", 7),
        (503, "120", 120),
        (429, "in an hour", 3600),
        (429, "soon", None),
        (429, "-3", None),
        (429, "", None),
        (429, "Thu, 99 Foo 2026 99:99:99 GMT", None),
        (500, "7", None),
    ],
)
def test_post_to_a_busy_webhook_tells_how_long_it_asked_to_wait(
    webhook: Webhook, code: int, given: str, seconds: float | None
) -> None:
    if given == "in an hour":
        # Made here: collected at another second, the test would have another name.
        given = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    webhook.answers = [webhooks.status(code, Retry_After=given)]
    assert failure_of(webhook.url).retry_after == pytest.approx(seconds, abs=60)


@pytest.mark.parametrize(
    ("address", "may_pass"),
    [
        ("http://127.0.0.1:{port}/", True),
        ("http://a.invalid/", True),
        ("ftp://a.invalid/", False),
        ("http://[/", False),
        ("http://a:b/", False),
        ("http://:80/", False),
        (f"https://{'a' * 64}.invalid/", False),
        ("https://a b/", False),
        ("", False),
    ],
)
def test_post_that_reaches_nobody_fails_without_the_address(
    log: pytest.LogCaptureFixture, address: str, may_pass: bool
) -> None:
    with socket.socket() as closed:
        # Bound but not listening, so nobody else listens there either.
        closed.bind(("127.0.0.1", 0))
        error = failure_of(f"{address.format(port=closed.getsockname()[1])}{SECRET}")
    assert error.may_pass is may_pass
    assert_secret(error, log)
