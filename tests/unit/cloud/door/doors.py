"""A door in front of an application that only says that it was reached."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from dropforge.cloud.door.bridge import Bridge
from dropforge.cloud.door.guard import Door
from dropforge.cloud.door.pages import Asked, Target

TOKEN = "the-token"
NAVIGATION = {
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
}
ANSWER = [
    (b"content-type", b"text/html"),
    (b"Access-Control-Allow-Origin", b"*"),
    (b"access-control-expose-headers", b"*"),
]


@dataclass(frozen=True)
class Answer:
    """What came back, and whether the application gave it."""

    status: int
    reached: bool
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


class FakeBuckets:
    """One bucket, `reports`; rules let https://allowed.example read and write its objects."""

    def target(self, asked: Asked) -> Target | None:
        bucket, _, key = asked.path.lstrip("/").partition("/")
        known = bucket == "reports" and "Action" not in asked.query
        return Target(bucket, key) if known else None

    def allows(self, bucket: str, origin: str, method: str, headers: list[str]) -> bool:
        methods = ("GET", "PUT", "POST")
        return (
            bucket == "reports"
            and origin == "https://allowed.example"
            and method in methods
            and "x-odd" not in headers
        )


def ask(
    method: str = "GET",
    target: str = "/reports/run/report.html",
    headers: dict[str, str] | list[tuple[str, str]] | None = None,
    *,
    host: str | None = "127.0.0.1:4566",
    kind: str = "http",
    extensions: dict[str, Any] | None = None,
    token: str = TOKEN,
    bridge: Bridge | None = None,
    client: str | None = "127.0.0.1",
) -> Answer:
    """Send a request to the door, as hypercorn would."""
    given = list(headers.items()) if isinstance(headers, dict) else list(headers or [])
    given = ([("host", host)] if host is not None else []) + given
    path, _, query = target.partition("?")
    scope: dict[str, Any] = {
        "type": kind,
        "path": path.replace("%5F", "_").replace("%2F", "/"),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in given],
        "extensions": extensions or {},
        "client": None if client is None else (client, 50000),
    }
    if kind == "http":
        scope["method"] = method
    return asyncio.run(_ask(scope, token, bridge))


async def _ask(scope: dict[str, Any], token: str, bridge: Bridge | None) -> Answer:
    sent: list[dict[str, Any]] = []
    reached: list[bool] = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        reached.append(True)
        await send({"type": "http.response.start", "status": 200, "headers": list(ANSWER)})
        await send({"type": "http.response.body", "body": b"reached"})

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    door = Door(app, token, FakeBuckets(), bridge)
    await door(scope, receive, send)
    first = sent[0]
    if first["type"] == "websocket.close":
        return Answer(403, bool(reached))
    headers = {name.decode().lower(): value.decode() for name, value in first["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(first["status"], bool(reached), body.decode(), headers)
