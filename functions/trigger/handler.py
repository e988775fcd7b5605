"""TriggerFunction: S3 Object Created, or the schedule, starts an execution."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError

from pipeline import drop_keys, layout
from pipeline.aws_errors import ABSENT, code_of, named_errors
from pipeline.clients import client, make_tracer
from pipeline.errors import ArtefactError, ServiceBusyError
from pipeline.settings import SETTINGS_LIMIT, oversized
from pipeline.storage.objects import read_object
from trigger.drop import (
    Outcome,
    Read,
    Refusal,
    Start,
    StoredObject,
    decide,
    newest_of_each_dataset,
    run_of,
)
from trigger.objects import object_of, stored_at
from trigger.tick import LOOKUPS, Looked, check, look_at_each

logger = Logger()
tracer = make_tracer()
metrics = Metrics()
s3 = client("s3", connections=LOOKUPS)
# A tick may start more at once than StartExecution's rate allows: the client slows down by itself.
sfn = client("stepfunctions", attempts=10, connections=LOOKUPS, mode="adaptive")
events = client("events", attempts=10, connections=LOOKUPS, mode="adaptive")

REJECTED = "Drop Rejected"
SOURCE = "dropforge"


@tracer.capture_lambda_handler
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Start an execution for the object of the event, or for each dataset on a tick.

    Returns
    -------
    ``{"outcomes": [...]}``, one for each object looked at: its run, and whether
    it was started, already known, refused, or nothing to start.

    Raises
    ------
    ScheduleError
        Some datasets of a tick were not handled; all others were.
    """
    with named_errors("TriggerFunction"):
        return _handle(event, context)


def _handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    bucket = os.environ["BUCKET"]
    if event.get("trigger") == "schedule":
        return _tick(bucket, context)
    found = object_of(s3, bucket, event)
    outcome = found if isinstance(found, Refusal) else decide(found, "object", _reader(bucket))
    looked = {"key": found.key, "outcome": _carry_out(outcome, bucket), "run": _named(outcome)}
    _note(Counter([looked["outcome"]]), [looked])
    return {"outcomes": [looked]}


def _tick(bucket: str, context: LambdaContext) -> dict[str, Any]:
    objects = newest_of_each_dataset(_inbox(bucket))
    done, failed, late = [], [], 0
    for one in look_at_each(
        objects,
        lambda stored: _look(bucket, stored),
        lambda: context.get_remaining_time_in_millis() / 1000,
    ):
        if one.error:
            failed.append(one)
            logger.error("Dataset failed", key=one.stored.key, error=repr(one.error))
        elif one.outcome is None:
            late += 1
        else:
            done.append({"key": one.stored.key, "outcome": one.outcome, "run": one.run})
    counts = Counter([one["outcome"] for one in done])
    _note(counts, [one for one in done if one["outcome"] != "known"])
    logger.info(
        "Tick handled", datasets=len(objects), failed=len(failed), late=late, outcomes=dict(counts)
    )
    check(failed, late, len(objects))
    return {"outcomes": done}


def _look(bucket: str, listed: StoredObject) -> Looked:
    """Handle the newest file of a dataset, unless it has a run already.

    Step Functions gives an execution's name free after 90 days (StartExecution,
    name); the run's record in the bucket stays.
    """
    run = run_of(listed, drop_keys.drop_of(listed.key).dataset)
    if _exists(bucket, layout.run_key(run, layout.REQUEST)):
        return Looked(listed, "known", run)
    # A list says nothing of the settings that came with the object.
    stored = stored_at(s3, bucket, listed.key, listed.version_id)
    if stored is None:
        return Looked(listed, "nothing", None)
    outcome = decide(stored, "schedule", _reader(bucket))
    return Looked(listed, _carry_out(outcome, bucket), _named(outcome))


def _note(counts: Counter[Any], handled: list[dict[str, Any]]) -> None:
    for one in handled:
        logger.info("Drop handled", key=one["key"], outcome=one["outcome"], run=one["run"])
    for outcome, count in counts.items():
        metrics.add_metric(f"Drops{outcome.title()}", MetricUnit.Count, count)


def _named(outcome: Outcome) -> str | None:
    return outcome.run if outcome else None


def _inbox(bucket: str) -> Iterator[StoredObject]:
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=drop_keys.INBOX)
    for page in pages:
        for item in page.get("Versions", []):
            if item["IsLatest"]:
                yield StoredObject(bucket, item["Key"], item["VersionId"], item["LastModified"])


def _reader(bucket: str) -> Read:
    def read(key: str) -> bytes | None:
        try:
            return read_object(s3, bucket, key, SETTINGS_LIMIT)
        except s3.exceptions.NoSuchKey:
            return None
        except ArtefactError as error:
            raise oversized(key) from error

    return read


def _exists(bucket: str, key: str) -> bool:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if code_of(error) not in ABSENT:
            raise
        return False
    return True


def _carry_out(outcome: Outcome, bucket: str) -> str:
    if isinstance(outcome, Start):
        return _start(outcome)
    if isinstance(outcome, Refusal):
        entry = {
            "Source": SOURCE,
            "DetailType": REJECTED,
            "Detail": json.dumps({"bucket": bucket, **asdict(outcome)}),
        }
        answer = events.put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            # PutEvents reports a refused entry in its answer, not as an error.
            raise ServiceBusyError(
                f"the refusal of {outcome.key} was not sent: {answer['Entries']}; drop it again"
            )
        return "refused"
    return "nothing"


def _start(start: Start) -> str:
    machine = os.environ["SCORING_STATE_MACHINE_ARN" if start.scores else "STATE_MACHINE_ARN"]
    try:
        sfn.start_execution(
            stateMachineArn=machine,
            name=start.run,
            input=json.dumps(start.input),
        )
    except sfn.exceptions.ExecutionAlreadyExists:
        # S3 and EventBridge deliver at least once, and the schedule comes back to
        # data that has not changed: the object's run exists and nothing is to do.
        return "known"
    return "started"
