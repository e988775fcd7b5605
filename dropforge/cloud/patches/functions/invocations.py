"""Asynchronous invocations wait in a queue that outlives the cloud.

Lambda queues an event, retries it twice and then sends it on (Lambda developer
guide, "Asynchronous invocation"). ministack gives each event a thread that ends
with the process. Here each is a row of the journal from before its sender has
an answer until its function, or the destination of its failure, has taken it. A
function takes its events in the order they came, as many at once as it may have
workers. An event that was being handled when the cloud ended comes again.

What an S3 request sends waits until the object is stored (see object_writes).
"""

import contextvars
import itertools
import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from dropforge.cloud.journal import JournalError, journal
from dropforge.cloud.patches import loading
from dropforge.cloud.patches.functions.event_lines import KIND, RETRY_SECONDS, Invocation, line_of
from dropforge.cloud.patches.replacing import change, replace
from dropforge.cloud.patches.saving import acknowledged

logger = logging.getLogger("dropforge.cloud")

_RETRIES = 2
_AGE_SECONDS = 21_600
_THROTTLE_SECONDS = 1.0
_counter = itertools.count()
# The events of the S3 request that runs in this context, None outside of one.
_held: contextvars.ContextVar["Held | None"] = contextvars.ContextVar(
    "dropforge_held", default=None
)


@dataclass
class Held:
    """Events of a request that are written but not sent yet."""

    needs: list[str | None]
    events: list[Invocation] = field(default_factory=list)


def apply() -> None:
    """Queue what ministack would give a thread."""
    from ministack.services import lambda_svc

    replace(lambda_svc, "invoke_async_with_retry", "289fe4d3cbd4", enqueue)
    change(
        lambda_svc,
        "_route_async_failure",
        "c023331e333f",
        """threading.Thread(
                    target=_execute_function_with_config_scope,
                    args=(dest_func, envelope),
                    daemon=True,
                ).start()""",
        "invoke_async_with_retry(dest_func, envelope)",
    )
    loading.afterwards(_restore)


def enqueue(function: dict[str, Any], event: Any) -> None:
    """Take an event for a function; it is written when this returns, or its transaction ends.

    Raises
    ------
    JournalError
        It could not be written.
    """
    from ministack.services import lambda_svc

    config = function.get("config") or function
    account, region = lambda_svc._account_region_from_function_config(config)
    invocation = Invocation(config["FunctionArn"], account, region, event)
    invocation.depth = lambda_svc._invoke_depth.get()
    # Ordered by time across starts, and by number within a nanosecond.
    invocation.number = f"{time.time_ns():020d}-{next(_counter):09d}"
    held = _held.get()
    if held is not None:
        invocation.needs = held.needs
        held.events.append(invocation)
        invocation.save()
        return
    with journal().transaction():
        invocation.save()
        journal().after_commit(partial(_queue, invocation))


@contextmanager
def held(bucket: str, key: str, version: str | None) -> Iterator[Held]:
    """Keep back the events that are sent inside until `release` or `drop`."""
    events = Held([bucket, key, version])
    token = _held.set(events)
    try:
        yield events
    finally:
        _held.reset(token)


def release(events: Held) -> None:
    """Send events that were kept back: the object that they tell of is stored."""
    for invocation in events.events:
        invocation.needs = None
        try:
            invocation.save()
        except JournalError as error:
            # Its row says that it needs the object, which is there: the next start sends it too.
            logger.error("an event is sent though it is not saved anew: %s", error)
        _queue(invocation)


def drop(events: Held) -> None:
    """Forget events that were kept back: the object that they tell of was not stored."""
    with journal().transaction():
        for invocation in events.events:
            journal().delete(KIND, invocation.number)


def _queue(invocation: Invocation) -> None:
    line_of(invocation, _handle).add(invocation)


def _handle(invocation: Invocation) -> bool:
    from ministack.core import responses
    from ministack.services import lambda_svc

    responses._request_account_id.set(invocation.account)
    responses._request_region.set(invocation.region)
    lambda_svc._invoke_depth.set(invocation.depth)
    function, config, name = lambda_svc._get_func_record_for_ref(invocation.arn)
    if not function or not config:
        logger.warning("an event for %s is lost: there is no such function any more", name)
        journal().delete(KIND, invocation.number)
        return False
    record = lambda_svc._execution_record_for_config(function, config)
    result = lambda_svc._execute_function(record, invocation.event)
    if not result.get("error"):
        journal().delete(KIND, invocation.number)
        return False
    return _after_failure(invocation, record, name, result)


def _after_failure(
    invocation: Invocation, record: dict[str, Any], name: str, result: dict[str, Any]
) -> bool:
    from ministack.services import lambda_svc

    settings = (
        record.get("event_invoke_config")
        or (record.get("event_invoke_configs") or {}).get("$LATEST")
        or {}
    )
    retries = settings.get("MaximumRetryAttempts")
    throttled = bool(result.get("throttle"))
    # A throttle is no attempt: the event waits until it is too old.
    invocation.attempts += not throttled
    logger.warning(
        "%s failed to handle an event, attempt %d: %s",
        name,
        invocation.attempts,
        result.get("log") or result.get("body"),
    )
    delay = _THROTTLE_SECONDS if throttled else RETRY_SECONDS * 2 ** (invocation.attempts - 1)
    age = time.time() + delay - invocation.began
    if invocation.attempts <= (_RETRIES if retries is None else int(retries)) and age <= int(
        settings.get("MaximumEventAgeInSeconds", _AGE_SECONDS)
    ):
        invocation.due = time.time() + delay
        invocation.save()
        return True
    target = ((settings.get("DestinationConfig") or {}).get("OnFailure") or {}).get(
        "Destination"
    ) or (record["config"].get("DeadLetterConfig") or {}).get("TargetArn")
    with journal().transaction():
        if target:
            lambda_svc._route_async_failure(target, name, invocation.event, result)
            acknowledged.save_now("sqs")
        journal().delete(KIND, invocation.number)
    return False


def _restore() -> None:
    """Queue again what the last cloud left, but for events of objects that it never stored."""
    for number, text in journal().rows(KIND):
        invocation = Invocation(**json.loads(text), number=number)
        if invocation.needs is None or _is_stored(invocation):
            _queue(invocation)
        else:
            journal().delete(KIND, number)


def _is_stored(invocation: Invocation) -> bool:
    from ministack.services import s3

    assert invocation.needs is not None  # noqa: S101 - asked only of those
    bucket, key, version = invocation.needs
    found = s3._buckets._data.get((invocation.account, bucket))
    if found is None:
        return False
    versions = s3._object_versions._data.get((invocation.account, (bucket, key))) or []
    if version and any(entry["version_id"] == version for entry in versions):
        return True
    current = found["objects"].get(key)
    return current is not None and (not version or current.get("version_id") == version)
