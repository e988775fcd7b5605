"""Reads how a run ended out of the events that say so."""

import json
from collections.abc import Mapping
from typing import Any

from notify.message import Ending
from pipeline import layout

Event = Mapping[str, Any]

MAP_RUN_FAILED = "States.ExceedToleratedFailureThreshold"


def of_execution(description: Mapping[str, Any]) -> Ending:
    """Read the answer of DescribeExecution of an execution that has ended."""
    given = _document(description.get("input"))
    # Only an execution that succeeded has an output of its own.
    result = description.get("output") if description["status"] == "SUCCEEDED" else None
    return Ending(
        run=layout.run_of_execution(description["name"]),
        dataset=str(given.get("dataset") or _sample_name(given)),
        status=description["status"],
        source=_source(given.get("bucket"), given.get("key")),
        result=_document(result) if result else None,
        error=description.get("error"),
        cause=description.get("cause"),
        execution_arn=description["executionArn"],
    )


def of_refusal(detail: Event) -> Ending:
    """Read the detail of a Drop Rejected event."""
    return Ending(
        run=detail["run"],
        dataset=detail["dataset"],
        status="FAILED",
        source=_source(detail["bucket"], detail["key"]),
        error=detail["error"],
        cause=detail["cause"],
    )


def of_lost_drop(record: Event) -> Ending:
    """Read what Lambda hands to an on-failure destination after the last attempt.

    Source: Lambda developer guide, Capturing records of asynchronous invocations.
    """
    request, response = record["requestPayload"], record.get("responsePayload") or {}
    detail = request.get("detail", {})
    stored = detail.get("object", {})
    key = stored.get("key")
    # The object's time is unknown here, so the event's or the invocation's id names the run.
    number = request.get("id") or record["requestContext"]["requestId"]
    run = layout.run_of_execution(f"lost-{number}")
    return Ending(
        run=run,
        dataset=layout.dataset_name(key or "schedule"),
        status="FAILED",
        source=_source(detail.get("bucket", {}).get("name"), key),
        error=response.get("errorType") or record["requestContext"].get("condition"),
        cause=response.get("errorMessage") or "The drop could not be handled.",
    )


def with_cause_of_child(ending: Ending, child: Mapping[str, Any]) -> Ending:
    """Replace a Map Run's general cause by that of a child that failed."""
    return Ending(
        run=ending.run,
        dataset=ending.dataset,
        status=ending.status,
        source=ending.source,
        error=child.get("error") or ending.error,
        cause=child.get("cause") or ending.cause,
        execution_arn=ending.execution_arn,
    )


def _document(text: str | None) -> dict[str, Any]:
    document = json.loads(text or "{}")
    return document if isinstance(document, dict) else {}


def _sample_name(given: Mapping[str, Any]) -> str:
    key = given.get("key")
    return layout.dataset_name(layout.stem_of(str(key).rsplit("/", 1)[-1])) if key else "sample"


def _source(bucket: str | None, key: str | None) -> str | None:
    return f"s3://{bucket}/{key}" if bucket and key else None
