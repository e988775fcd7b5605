"""TriggerFunction: S3 Object Created, or the schedule, starts an execution."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.data_classes import S3EventBridgeNotificationEvent
from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline import layout
from pipeline.clients import client
from pipeline.errors import ArtefactError, ServiceBusyError
from pipeline.objects import read_object
from pipeline.services import named_errors
from pipeline.settings import SETTINGS_LIMIT, oversized
from trigger.drop import Outcome, Refusal, Start, StoredObject, decide, newest_of_each_dataset

logger = Logger()
tracer = Tracer()
metrics = Metrics()
s3 = client("s3")
sfn = client("stepfunctions")
events = client("events")

REJECTED = "Drop Rejected"
SOURCE = "dropforge"


@tracer.capture_lambda_handler
@metrics.log_metrics
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Start an execution for the object of the event, or for each dataset on a tick.

    Returns
    -------
    ``{"outcomes": [...]}``, one for each object looked at: its run, and whether
    it was started, already known, refused, or nothing to start.
    """
    with named_errors("TriggerFunction"):
        return _handle(event)


def _handle(event: dict[str, Any]) -> dict[str, Any]:
    bucket = os.environ["BUCKET"]
    if event.get("trigger") == "schedule":
        trigger, objects = "schedule", newest_of_each_dataset(_inbox(bucket))
    else:
        trigger, objects = "object", [_stored(bucket, event)]
    outcomes = []
    for stored in objects:
        outcome = decide(stored, trigger, lambda key: _read(bucket, key))
        done = "known" if _ran_long_ago(bucket, outcome) else _carry_out(outcome, bucket)
        logger.info("Drop handled", key=stored.key, outcome=done)
        metrics.add_metric(f"Drops{done.title()}", MetricUnit.Count, 1)
        outcomes.append(
            {"key": stored.key, "outcome": done, "run": outcome.run if outcome else None}
        )
    return {"outcomes": outcomes}


def _stored(bucket: str, event: dict[str, Any]) -> StoredObject:
    """Return the event's object as it is stored: the event's time is not its LastModified."""
    created = S3EventBridgeNotificationEvent(event).detail.object
    version_id = created.version_id or None
    version = {"VersionId": version_id} if version_id else {}
    head = s3.head_object(Bucket=bucket, Key=created.key, **version)
    return StoredObject(bucket, created.key, version_id, head["LastModified"])


def _inbox(bucket: str) -> Iterator[StoredObject]:
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=layout.INBOX)
    for page in pages:
        for item in page.get("Versions", []):
            if item["IsLatest"]:
                yield StoredObject(bucket, item["Key"], item["VersionId"], item["LastModified"])


def _read(bucket: str, key: str) -> bytes | None:
    try:
        return read_object(s3, bucket, key, SETTINGS_LIMIT)
    except s3.exceptions.NoSuchKey:
        return None
    except ArtefactError as error:
        raise oversized(key) from error


def _ran_long_ago(bucket: str, outcome: Outcome) -> bool:
    """Tell whether the schedule comes back to data that has a run.

    Step Functions gives an execution's name free after 90 days (StartExecution,
    name); the run's record in the bucket stays.
    """
    if not isinstance(outcome, Start) or outcome.input["trigger"] != "schedule":
        return False
    return _read(bucket, layout.join(layout.prefix_of(outcome.run), "request.json")) is not None


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
    try:
        sfn.start_execution(
            stateMachineArn=os.environ["STATE_MACHINE_ARN"],
            name=start.run,
            input=json.dumps(start.input),
        )
    except sfn.exceptions.ExecutionAlreadyExists:
        # S3 and EventBridge deliver at least once, and the schedule comes back to
        # data that has not changed: the object's run exists and nothing is to do.
        return "known"
    return "started"
