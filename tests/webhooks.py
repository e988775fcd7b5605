"""A webhook that misbehaves as asked, for tests of whoever posts to it."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[BaseHTTPRequestHandler], None]
SECRET = "T000-B000-secret"


@dataclass
class Webhook:
    """What was posted, and how the next posts are answered; the last answer stays.

    Parameters
    ----------
    special : answers to texts in which a word occurs.
    """

    url: str = ""
    answers: list[Answer] = field(default_factory=lambda: [status(200)])
    special: dict[str, list[Answer]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def next_answer(self, text: str) -> Answer:
        answers = next((a for word, a in self.special.items() if word in text), self.answers)
        return answers.pop(0) if len(answers) > 1 else answers[0]


def status(code: int, seconds: float = 0.0, **headers: str) -> Answer:
    """Answer with a status after some seconds; Retry_After stands for Retry-After."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        request.send_response(code)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()

    return answer


def redirect(request: BaseHTTPRequestHandler) -> None:
    """Send whoever asks elsewhere, to where a post would be counted again."""
    request.send_response(302)
    request.send_header("Location", f"/{SECRET}/elsewhere")
    request.end_headers()


def reset(request: BaseHTTPRequestHandler) -> None:
    """Break the connection off, as a server that crashes does."""
    linger = struct.pack("ii", 1, 0)
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    request.connection.close()


def garbage(request: BaseHTTPRequestHandler) -> None:
    """Answer something that is no HTTP."""
    request.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n")


def drip(request: BaseHTTPRequestHandler) -> None:
    """Send a byte of the head now and then, for as long as anyone listens or a minute."""
    with suppress(OSError):
        for byte in b"HTTP/1.1 200 OK\r\nX-Filler: " + b"x" * 1200:
            request.wfile.write(bytes([byte]))
            time.sleep(0.05)


def hang(request: BaseHTTPRequestHandler) -> None:
    """Say nothing until the one who asks hangs up, or for a minute."""
    request.connection.settimeout(60)
    with suppress(OSError):
        request.connection.recv(1)


def endless_body(request: BaseHTTPRequestHandler) -> None:
    """Take the post, then send a body without end."""
    request.send_response(200)
    request.end_headers()
    with suppress(OSError):
        for _ in range(1200):
            request.wfile.write(b"x")
            time.sleep(0.05)


@contextmanager
def running() -> Iterator[Webhook]:
    """Serve a webhook on a port of its own."""
    webhook = Webhook()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            text = json.loads(body)["text"]
            webhook.texts.append(text)
            webhook.keys.append(self.headers["Idempotency-Key"])
            webhook.times.append(time.monotonic())
            self.close_connection = True
            webhook.next_answer(text)(self)
            webhook.ended.set()

        def handle(self) -> None:
            with suppress(OSError):
                super().handle()

        def log_message(self, *_args: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    webhook.url = f"http://127.0.0.1:{server.server_port}/{SECRET}?token={SECRET}"
    yield webhook
    server.shutdown()
    thread.join()
    server.server_close()
