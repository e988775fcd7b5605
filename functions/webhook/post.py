"""Posts to a Slack-compatible webhook, whose address stays secret: who knows it can post."""

import html
import json
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from string import punctuation
from urllib.parse import quote, urlsplit

from pipeline.delivery.channel import DeliveryError

LIMIT_SECONDS = 10.0
"""From the first look at the address to the last line of the answer's head."""

_CONNECTIONS = {"http": HTTPConnection, "https": HTTPSConnection}
# The webhook was deleted (Slack: channel_not_found, no_service, channel_is_archived).
_GONE = (404, 410)
# RFC 9110, Retry-After: of these two it is meant for whoever would send again.
_BUSY = (429, 503)
_MALFORMED = "its address is not that of an http or https server"


class WebhookError(DeliveryError):
    """The webhook did not take the message; says why, never where."""


@dataclass(frozen=True)
class _Answer:
    """What came of a request: the head of the answer, or what went wrong."""

    status: int = 0
    retry_after: str | None = None
    failure: str | None = None
    is_malformed: bool = False


def post(url: str, text: str, key: str) -> None:
    """Post a text as Slack shows it literally, without mentions and links of others' making.

    Sources: Slack developer documentation, Formatting message text, Escaping text;
    IETF draft, The Idempotency-Key HTTP Header Field.

    Parameters
    ----------
    key : the same whenever this text is posted again, so that a receiver can tell.

    Raises
    ------
    WebhookError
        It could not be reached, did not answer in time, or answered something else than success.
    """
    body = json.dumps({"text": html.escape(text, quote=False)}).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": f'"{key}"'}
    answer = _answer_within(LIMIT_SECONDS, url.strip(), body, headers)
    # Raised here: an error raised while another is handled would carry that along.
    if answer.failure:
        raise WebhookError(answer.failure, may_pass=not answer.is_malformed)
    if not 200 <= answer.status < 300:
        asked = _seconds(answer.retry_after) if answer.status in _BUSY else None
        raise WebhookError(
            f"it answered HTTP {answer.status}",
            may_pass=answer.status not in _GONE,
            retry_after=asked,
        )


def hostname_of(url: str) -> str | None:
    """Return the host of an address, None if it is malformed."""
    try:
        return urlsplit(url.strip()).hostname
    except ValueError:
        return None


def _answer_within(seconds: float, url: str, body: bytes, headers: dict[str, str]) -> _Answer:
    """Ask in a thread of its own: a timeout of a socket starts anew with each byte received."""
    try:
        parts = urlsplit(url)
        make = _CONNECTIONS[parts.scheme]
        # The socket's own limit must not pass before that of the whole.
        connection = make(parts.hostname or "", parts.port, timeout=seconds + 1)
    except (ValueError, KeyError, HTTPException):
        return _Answer(failure=_MALFORMED, is_malformed=True)
    if not parts.hostname:
        return _Answer(failure=_MALFORMED, is_malformed=True)
    # What is no ASCII or no printable character is escaped, what is escaped already stays.
    target = quote(f"{parts.path or '/'}?{parts.query}".removesuffix("?"), safe=punctuation)
    answers: list[_Answer] = []
    thread = threading.Thread(
        target=lambda: answers.append(_ask(connection, target, body, headers)), daemon=True
    )
    thread.start()
    thread.join(seconds)
    if answers:
        return answers[0]
    _cut(connection)
    return _Answer(failure=f"it did not answer within {seconds:g} s")


def _ask(connection: HTTPConnection, target: str, body: bytes, headers: dict[str, str]) -> _Answer:
    """Return the head of the answer; its body is nobody's concern, and may never end."""
    try:
        connection.request("POST", target, body, headers)
        response = connection.getresponse()
        return _Answer(response.status, response.getheader("Retry-After"))
    except UnicodeError:
        # No host name can be as long or odd as that.
        return _Answer(failure=_MALFORMED, is_malformed=True)
    except Exception as error:  # noqa: BLE001 the text of any may hold the address
        return _Answer(failure=f"it could not be asked: {type(error).__name__}")
    finally:
        connection.close()


def _cut(connection: HTTPConnection) -> None:
    """End the thread that still listens to a server which only drips."""
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)


def _seconds(retry_after: str | None) -> float | None:
    """Read a Retry-After, seconds or a date (RFC 9110); None if it is neither."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
