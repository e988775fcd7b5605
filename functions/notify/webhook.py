"""Posts to a Slack-compatible webhook, whose address stays secret: who knows it can post."""

import html
import json
import logging

import urllib3
from urllib3.exceptions import MaxRetryError

TIMEOUT_SECONDS = 5.0
_RETRIES = 2

# Its modules log the address: at DEBUG, and as a warning when there is trouble.
logging.getLogger("urllib3").setLevel(logging.CRITICAL + 1)


class WebhookError(Exception):
    """The webhook did not take the message; says why, never where."""


def post(url: str, text: str) -> None:
    """Post a text as Slack shows it literally, without mentions and links of others' making.

    Source: Slack developer documentation, Formatting message text, Escaping text.

    Raises
    ------
    WebhookError
        It could not be reached, or answered something else than success.
    """
    failure = _failure(url, json.dumps({"text": html.escape(text, quote=False)}).encode())
    if failure:
        raise WebhookError(f"the webhook did not take the message: {failure}")


def _failure(url: str, body: bytes) -> str | None:
    """Return what went wrong: an error raised while another is handled would carry that along."""
    try:
        # A connection alone is retried: a POST that was sent may have been taken.
        with urllib3.PoolManager() as pool:
            answer = pool.request(
                "POST",
                url,
                body=body,
                headers={"Content-Type": "application/json"},
                timeout=TIMEOUT_SECONDS,
                retries=_RETRIES,
                redirect=False,
            )
    except Exception as error:  # noqa: BLE001 the text of any may hold the address
        reason = error.reason if isinstance(error, MaxRetryError) else error
        return type(reason).__name__
    return None if answer.status < 300 else f"it answered HTTP {answer.status}"
