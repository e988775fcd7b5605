"""Sends a message once, however often its event arrives.

EventBridge delivers at least once and Lambda retries. The run's message.json is
the claim: only one caller can create it. A claim whose channels were not named
within the function's time limit belongs to a caller that died; the next attempt
takes it over.
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


def send_once(s3: Any, bucket: str, message: Message, channels: Channels) -> list[str]:
    """Claim the message, send it through every channel, and record who was served.

    Returns
    -------
    Names of the channels served; empty if the message was sent before.

    Raises
    ------
    ExceptionGroup
        No channel could be served. The claim is given back, so a retry sends.
    """
    key = layout.join(layout.prefix_of(message.run), "message.json")
    if not _claim(s3, bucket, key, message):
        return []
    sent, failures = [], []
    for name, send in channels.items():
        try:
            send(message)
        except Exception as error:  # noqa: BLE001 one channel must not silence the others
            error.add_note(f"channel {name}")
            failures.append(error)
        else:
            sent.append(name)
    if failures and not sent:
        s3.delete_object(Bucket=bucket, Key=key)
        raise ExceptionGroup("the message could not be sent", failures)
    _put(s3, bucket, key, message.as_json(sent))
    return sent


def _claim(s3: Any, bucket: str, key: str, message: Message) -> bool:
    try:
        _put(s3, bucket, key, message.as_json(None), IfNoneMatch="*")
    except ClientError as error:
        if not _lost_race(error):
            raise
    else:
        return True
    found = s3.get_object(Bucket=bucket, Key=key)
    in_time = datetime.now(UTC) - found["LastModified"] < CLAIM_LIFETIME
    if in_time or loads(found["Body"].read())["sent"] is not None:
        return False
    try:
        _put(s3, bucket, key, message.as_json(None), IfMatch=found["ETag"])
    except ClientError as error:
        if not _lost_race(error):
            raise
        return False
    return True


def _put(s3: Any, bucket: str, key: str, text: str, **condition: str) -> None:
    s3.put_object(
        Bucket=bucket, Key=key, Body=text.encode(), ContentType="application/json", **condition
    )


def _lost_race(error: ClientError) -> bool:
    # S3 user guide, Conditional writes: 412 if the object exists, 409 if another
    # conditional write to it is under way.
    return error.response["ResponseMetadata"]["HTTPStatusCode"] in (409, 412)
