"""Sends a message once, however often its event arrives.

EventBridge delivers at least once and Lambda retries. The run's message.json is
the claim: only one caller can create it. A claim whose channels were not named
within the function's time limit belongs to a caller that died; the next attempt
takes it over.

An execution that is redriven keeps its name and ends once more. The message of
the later ending replaces that of the earlier, never the other way round.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from json import loads
from typing import Any

from botocore.exceptions import ClientError

from notify.message import Message
from pipeline import layout

# Longer than NotifyFunction may run, shorter than Lambda's first asynchronous
# retry waits (1 minute; Lambda developer guide, Asynchronous invocation).
CLAIM_LIFETIME = timedelta(seconds=45)

Channels = Mapping[str, Callable[[Message], None]]


class EarlierEndingError(Exception):
    """The message of the run's earlier ending is being sent; a retry comes when that is over."""


def send_once(
    s3: Any,
    bucket: str,
    message: Message,
    channels: Channels,
    on_failure: Callable[[str, Exception], None],
) -> list[str]:
    """Claim the message, send it through every channel, and record who was served.

    Parameters
    ----------
    on_failure : called with the name and the error of each channel that failed.

    Returns
    -------
    Names of the channels served; empty if the message was sent before, or a
    later ending's was.

    Raises
    ------
    ExceptionGroup
        No channel could be served. The claim is given back, so a retry sends.
    EarlierEndingError
        Try again later.
    """
    key = layout.join(layout.prefix_of(message.run), "message.json")
    if not _claim(s3, bucket, key, message):
        return []
    sent, failures = [], []
    for name, send in channels.items():
        try:
            send(message)
        except Exception as error:  # noqa: BLE001 one channel must not silence the others
            on_failure(name, error)
            failures.append(error)
        else:
            sent.append(name)
    if failures and not sent:
        s3.delete_object(Bucket=bucket, Key=key)
        raise ExceptionGroup("the message could not be sent", failures)
    _put(s3, bucket, key, message.as_json(sent))
    return sent


def _claim(s3: Any, bucket: str, key: str, message: Message) -> bool:
    if _try_put(s3, bucket, key, message, IfNoneMatch="*"):
        return True
    found = s3.get_object(Bucket=bucket, Key=key)
    claim = loads(found["Body"].read())
    ours, theirs = message.ended or "", claim.get("ended") or ""
    is_sent = claim["sent"] is not None
    is_held = not is_sent and datetime.now(UTC) - found["LastModified"] < CLAIM_LIFETIME
    if ours < theirs or (ours == theirs and (is_sent or is_held)):
        return False
    if is_held:
        # Its owner will write or delete it, whatever lies there then.
        raise EarlierEndingError(f"run {message.run}: try again when its claim is over")
    if _try_put(s3, bucket, key, message, IfMatch=found["ETag"]):
        return True
    # Another took it: for this ending, or for one before or after.
    return _claim(s3, bucket, key, message)


def _try_put(s3: Any, bucket: str, key: str, message: Message, **condition: str) -> bool:
    try:
        _put(s3, bucket, key, message.as_json(None), **condition)
    except ClientError as error:
        # S3 user guide, Conditional writes: 412 if the object is not as stated, 409 if
        # another conditional write to it is under way.
        if error.response["ResponseMetadata"]["HTTPStatusCode"] not in (409, 412):
            raise
        return False
    return True


def _put(s3: Any, bucket: str, key: str, text: str, **condition: str) -> None:
    s3.put_object(
        Bucket=bucket, Key=key, Body=text.encode(), ContentType="application/json", **condition
    )
