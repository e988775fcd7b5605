"""An S3 on a socket of this machine that throttles, breaks bodies off, or falls silent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
from botocore.config import Config


@dataclass
class Behaviour:
    """What the server does, and what it was asked."""

    body: bytes = b""
    refusals: list[tuple[int, str]] = field(default_factory=list)
    """Status and code of the next answers, before one succeeds."""
    breaks: list[int] = field(default_factory=list)
    """After how many bytes each of the next bodies breaks off."""
    silent: bool = False
    """Whether a body that breaks stays open without a byte instead."""
    etags: list[str] = field(default_factory=list)
    """Of the next answers; then "one"."""
    ranges: list[str | None] = field(default_factory=list)
    conditions: list[str | None] = field(default_factory=list)


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[str]:
    """Serve one object under any key; yields the endpoint."""
    released = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def _refuse(self, status: int, code: str) -> None:
            text = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def do_GET(self) -> None:
            behaviour.ranges.append(self.headers.get("Range"))
            behaviour.conditions.append(self.headers.get("If-Match"))
            if behaviour.refusals:
                self._refuse(*behaviour.refusals.pop(0))
                return
            etag = behaviour.etags.pop(0) if behaviour.etags else "one"
            if self.headers.get("If-Match", f'"{etag}"') != f'"{etag}"':
                self._refuse(412, "PreconditionFailed")
                return
            start, end = 0, len(behaviour.body)
            if wanted := self.headers.get("Range"):
                first, last = wanted.removeprefix("bytes=").split("-")
                start, end = int(first), int(last) + 1 if last else end
            body = behaviour.body[start:end]
            self.send_response(206 if wanted else 200)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", f'"{etag}"')
            self.end_headers()
            if not behaviour.breaks:
                self.wfile.write(body)
                return
            self.wfile.write(body[: behaviour.breaks.pop(0)])
            self.wfile.flush()
            if behaviour.silent:
                released.wait(20)
            self.close_connection = True

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            pass  # A client that closes its end has what it wanted.

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def client_of(endpoint: str, read_seconds: float = 5) -> Any:
    """Return a client that does not try again by itself."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=read_seconds),
    )
