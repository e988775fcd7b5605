import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from notify import webhook

SECRET = "T000-B000-secret"


class Receiver(BaseHTTPRequestHandler):
    status = 200
    seconds = 0.0
    received: list[str]
    url: str

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append(json.loads(body)["text"])
        time.sleep(self.seconds)
        self.send_response(self.status)
        self.send_header("Location", f"/{SECRET}/elsewhere")
        # urllib3 1.26 warns, with the whole address, of a header like this.
        self.wfile.write(b"".join(self._headers_buffer) + b": no name\r\n\r\n")

    def log_message(self, *_args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def receiver() -> Iterator[type[Receiver]]:
    class Own(Receiver):
        received: list[str] = []  # noqa: RUF012 each test has a class of its own

    server = HTTPServer(("127.0.0.1", 0), Own)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    Own.url = f"http://127.0.0.1:{server.server_port}/{SECRET}"
    yield Own
    server.shutdown()
    thread.join()
    server.server_close()


def assert_secret(caught: pytest.ExceptionInfo[webhook.WebhookError], log: str) -> None:
    error = caught.value
    assert SECRET not in f"{error} {error!r} {error.__dict__} {log}"
    # Not even suppressed: a tool that follows the chain would find the address there.
    assert error.__cause__ is None
    assert error.__context__ is None


def test_post_of_markup_arrives_as_slack_shows_it_literally(receiver: type[Receiver]) -> None:
    webhook.post(receiver.url, 'column "<!channel>" & <https://a.example|b>')
    assert receiver.received == ['column "&lt;!channel&gt;" &amp; &lt;https://a.example|b&gt;']


def test_post_that_succeeds_logs_no_address(
    receiver: type[Receiver], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    webhook.post(receiver.url, "text")
    assert SECRET not in caplog.text


@pytest.mark.parametrize("status", [302, 303, 404, 429, 500])
def test_post_that_is_answered_with_no_success_fails_with_the_status_alone(
    receiver: type[Receiver], caplog: pytest.LogCaptureFixture, status: int
) -> None:
    caplog.set_level(logging.DEBUG)
    receiver.status = status
    with pytest.raises(webhook.WebhookError, match=f"HTTP {status}$") as caught:
        webhook.post(receiver.url, "text")
    assert_secret(caught, caplog.text)
    assert receiver.received == ["text"]


def test_post_that_is_not_answered_in_time_is_not_sent_twice(
    receiver: type[Receiver], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(webhook, "TIMEOUT_SECONDS", 0.1)
    receiver.seconds = 0.5
    with pytest.raises(webhook.WebhookError, match=r"ReadTimeoutError$") as caught:
        webhook.post(receiver.url, "text")
    assert_secret(caught, caplog.text)
    assert receiver.received == ["text"]


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{port}/",
        "http://a.invalid/",
        "ftp://a.invalid/",
        "http://[/",
        "http://a:b/",
    ],
)
def test_post_that_reaches_nobody_fails_without_the_address(
    caplog: pytest.LogCaptureFixture, address: str
) -> None:
    caplog.set_level(logging.DEBUG)
    with socket.socket() as closed:
        # Bound but not listening, so nobody else listens there either.
        closed.bind(("127.0.0.1", 0))
        url = f"{address.format(port=closed.getsockname()[1])}{SECRET}"
        with pytest.raises(webhook.WebhookError, match=r"message: \w+$") as caught:
            webhook.post(url, "text")
    assert_secret(caught, caplog.text)
