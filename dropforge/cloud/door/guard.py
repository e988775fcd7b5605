"""The door of the local cloud: who is answered at all, before ministack hears of it.

``test`` opens everything to whoever reaches the port, so what reaches it must be a
program of this machine, or in a container of it if that was asked for, not a page in its
browser. Four questions, in this order: does a neighbour ask at the bridge (`bridge`); is
the Host a name that no web site can own (`loopback`); does a page ask, and may it
(`pages`); is it an administrative path, and is the cloud's own token with it. ministack
allows every origin what it answers (``Access-Control-Allow-Origin: *``); that is taken
out again, but for what a bucket's CORS rules gave.
"""

import json
import secrets
from collections.abc import Awaitable, Callable
from html import escape
from typing import Any
from urllib.parse import parse_qsl

from dropforge.cloud import admin
from dropforge.cloud.door import pages
from dropforge.cloud.door.bridge import Bridge
from dropforge.cloud.door.buckets import ServedBuckets
from dropforge.cloud.door.loopback import answered
from dropforge.cloud.endpoint import HOST

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

_WATCHED = frozenset(
    (b"host", b"origin", b"sec-fetch-site", b"user-agent", admin.TOKEN_HEADER.encode())
)
_STARTS = frozenset(("http.response.start", "websocket.accept", "websocket.http.response.start"))
_ADMIN = frozenset(("_ministack", "_localstack", "_aws", "_dropforge"))
# Where a stack's own functions send their results: the rest of the path is a random UUID
# that CloudFormation gave to them alone.
_CAPABILITIES = ("/_ministack/cfn-response/", "/_ministack/cfn-signal/")
_LONGEST = 200


class Door:
    """An ASGI application in front of another.

    Parameters
    ----------
    token : opens the administrative paths.
    buckets : None for those of the ministack in this process.
    bridge : Docker's, at which its containers are answered as well.
    """

    def __init__(
        self,
        app: App,
        token: str,
        buckets: pages.Buckets | None = None,
        bridge: Bridge | None = None,
    ) -> None:
        self._bridge = bridge
        self._app = app
        self._token = token.encode()
        self._answered = answered([str(bridge.address)] if bridge else [])
        self._buckets = buckets or ServedBuckets()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Refuse, answer or pass on a request."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        watched: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            if name in _WATCHED:
                watched[name] = watched[name] + b", " + value if name in watched else value
        page = _is_page(watched)
        refusal = self._refusal(scope, watched, page)
        if refusal:
            await _refuse(scope, receive, send, refusal, page)
        elif scope["type"] == "http" and scope["path"].startswith(admin.PREFIX):
            await _answer_admin(scope, send)
        else:
            await self._app(scope, receive, _without_cors(send, page, b"origin" in watched))

    def _refusal(self, scope: Message, watched: dict[bytes, bytes], page: bool) -> str:
        if self._bridge and not _is_near(scope.get("client"), self._bridge):
            return (
                f"{_peer(scope)} is no container of Docker's bridge {self._bridge}; programs of "
                'this machine use 127.0.0.1, containers the network "bridge"'
            )
        host = watched.get(b"host", b"")
        if not self._answered(host):
            return (
                f"Host {_shown(host)} is not answered, since a web site could make its name point "
                "here; use 127.0.0.1, localhost or a name below localhost"
            )
        target = scope.get("raw_path") or scope["path"].encode()
        if not target.startswith(b"/"):
            return (
                f"the request target {_shown(target)} is not answered; send a path, as /bucket/key"
            )
        if page:
            asked = _asked(scope)
            refusal = (
                f"a web page of Origin {asked.headers.get('origin')} may not open a WebSocket; "
                "open it from a program"
                if scope["type"] == "websocket"
                else pages.refusal(asked, self._buckets)
            )
            if refusal:
                return refusal
        if _is_administrative(scope) and not self._has_token(watched):
            return (
                f"the path {scope['path'][:_LONGEST]!r} is for the owner of the local cloud; send "
                f"the token of cloud.json in the state directory as header {admin.TOKEN_HEADER}"
            )
        return ""

    def _has_token(self, watched: dict[bytes, bytes]) -> bool:
        sent = watched.get(admin.TOKEN_HEADER.encode(), b"")
        return sent != b"" and secrets.compare_digest(sent, self._token)


def _is_near(client: tuple[str, int] | None, bridge: Bridge) -> bool:
    return client is not None and (client[0] == HOST or bridge.is_container(client[0]))


def _peer(scope: Message) -> str:
    return str(scope["client"][0]) if scope.get("client") else "a caller without an address"


def _is_page(watched: dict[bytes, bytes]) -> bool:
    return (
        b"origin" in watched
        or b"sec-fetch-site" in watched
        or watched.get(b"user-agent", b"").startswith(b"Mozilla/")
    )


def _is_administrative(scope: Message) -> bool:
    path: str = scope["path"]
    if scope.get("method") == "PUT" and path.startswith(_CAPABILITIES):
        return False
    return path.lstrip("/").partition("/")[0] in _ADMIN or path == "/health"


def _asked(scope: Message) -> pages.Asked:
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    query = scope.get("query_string", b"").decode("latin-1")
    return pages.Asked(scope.get("method", "GET"), scope["path"], query, headers)


def _without_cors(send: Send, page: bool, by_rules: bool) -> Send:
    """Take out what ministack allows all pages; `by_rules`, a bucket's rules said so."""

    async def sent(message: Message) -> None:
        if message["type"] in _STARTS:
            headers = list(message.get("headers", ()))
            if not by_rules:
                headers = [
                    header for header in headers if header[0][:15].lower() != b"access-control-"
                ]
            if page:
                headers += pages.ANSWER_HEADERS
            message = {**message, "headers": headers}
        await send(message)

    return sent


async def _answer_admin(scope: Message, send: Send) -> None:
    if scope["method"] != "GET":
        status, found = 405, {"message": f"{scope['path']} is read with GET"}
    else:
        query = scope.get("query_string", b"").decode("latin-1")
        name = scope["path"].removeprefix(admin.PREFIX)
        parameters = dict(parse_qsl(query, keep_blank_values=True))
        status, found = await admin.answer(name, parameters)
    await _send(send, status, b"application/json", json.dumps(found).encode())


async def _refuse(scope: Message, receive: Receive, send: Send, why: str, page: bool) -> None:
    """Say it in a form that an AWS SDK shows to its user."""
    if scope["type"] == "websocket":
        await receive()
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008})
            return
        await _send(send, 403, b"text/plain; charset=utf-8", why.encode(), "websocket.http")
        return
    headers = dict(scope["headers"])
    if page:
        kind, body = b"text/plain; charset=utf-8", why
    elif b"x-amz-target" in headers or b"json" in headers.get(b"content-type", b""):
        kind = b"application/x-amz-json-1.1"
        body = json.dumps({"__type": "AccessDeniedException", "message": why})
    else:
        kind = b"application/xml"
        body = (
            "<ErrorResponse><Error><Code>AccessDenied</Code>"
            f"<Message>{escape(why, quote=False)}</Message></Error></ErrorResponse>"
        )
    await _send(send, 403, kind, body.encode())


async def _send(send: Send, status: int, kind: bytes, body: bytes, over: str = "http") -> None:
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": f"{over}.response.start", "status": status, "headers": headers})
    await send({"type": f"{over}.response.body", "body": body, "more_body": False})


def _shown(value: bytes) -> str:
    return repr(value[:_LONGEST].decode("latin-1"))
