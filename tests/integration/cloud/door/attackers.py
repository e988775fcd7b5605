"""Web servers of somebody else on this machine: one with a page, one that rebinds its name."""

import json
import queue
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.chromium import CHROMIUM, FLAGS

PAGE = Path(__file__).with_name("attack.html")
_SECONDS = 45.0


class Attacker:
    """Serves the page; gets its findings; passes all else on to the cloud, with its Host.

    That is what a page sees whose server has its own name point to 127.0.0.1 once it is
    loaded: the cloud is of its own origin.
    """

    def __init__(self, cloud: tuple[str, int]) -> None:
        self.findings: queue.Queue[dict[str, Any]] = queue.Queue()
        self._cloud = cloud
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        # A host of its own: connections to the page's may lead to the cloud by then.
        self.results = f"http://findings.localhost:{self.port}/findings"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._handle, args=(connection,), daemon=True).start()

    def _handle(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            data = b""
            while b"\r\n\r\n" not in data:
                part = connection.recv(65536)
                if not part:
                    return
                data += part
            if data.startswith(b"GET /attack.html"):
                _answer(connection, PAGE.read_bytes())
            elif data.startswith(b"POST /findings"):
                self._keep(connection, data)
            else:
                self._pass_on(connection, data)

    def _keep(self, connection: socket.socket, data: bytes) -> None:
        head, _, body = data.partition(b"\r\n\r\n")
        size = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        while len(body) < size:
            body += connection.recv(65536)
        self.findings.put(json.loads(body))
        _answer(connection, b"")

    def _pass_on(self, connection: socket.socket, data: bytes) -> None:
        with socket.create_connection(self._cloud) as cloud:
            cloud.sendall(data)
            back = threading.Thread(target=_pump, args=(cloud, connection), daemon=True)
            back.start()
            _pump(connection, cloud)
            back.join()


@contextmanager
def attacker(cloud: tuple[str, int]) -> Iterator[Attacker]:
    made = Attacker(cloud)
    try:
        yield made
    finally:
        made.close()


def findings_of(url: str, asked: dict[str, Any], server: Attacker, profile: Path) -> dict[str, Any]:
    """Open a page that attacks, and wait for what it says it got hold of."""
    command = [
        str(CHROMIUM),
        *FLAGS,
        "--no-proxy-server",
        "--host-resolver-rules=MAP evil.example 127.0.0.1",
        f"--user-data-dir={profile}",
        f"{url}#{quote(json.dumps(asked))}",
    ]
    browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        return server.findings.get(timeout=_SECONDS)
    finally:
        browser.terminate()
        browser.wait()


def _answer(connection: socket.socket, body: bytes) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n"
    connection.sendall(head.encode() + b"Connection: close\r\n\r\n" + body)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
