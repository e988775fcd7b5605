"""Reads how a run ended out of the events that say so."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

from notify.message import Ending
from pipeline import drop_keys, run_names
from pipeline.documents.scoring.result import ScoringOutput
from pipeline.documents.state import Output

Event = Mapping[str, Any]

MAP_RUN_FAILED = "States.ExceedToleratedFailureThreshold"
TAKES_DROPS = "TriggerFunction"


def as_it_ended(description: Mapping[str, Any], detail: Event) -> dict[str, Any]:
    """Return an execution's description as it was at the ending that the event tells of.

    DescribeExecution may lag behind the event, and is ahead of it once the
    execution was redriven (Step Functions API, DescribeExecution; developer
    guide, Redriving executions). What succeeded cannot be redriven.
    """
    known = description if description["status"] == detail["status"] else {}
    told = {name: detail.get(name) or known.get(name) for name in ("output", "error", "cause")}
    return {
        **description,
        **told,
        "status": detail["status"],
        "stopDate": detail["stopDate"],
    }


def of_execution(description: Mapping[str, Any]) -> Ending:
    """Read what `as_it_ended` returns."""
    given = _document(description.get("input"))
    # Only an execution that succeeded has an output of its own.
    result = description.get("output") if description["status"] == "SUCCEEDED" else None
    return Ending(
        run=run_names.run_of_execution(description["name"]),
        dataset=str(given.get("dataset") or _sample_name(given)),
        status=description["status"],
        source=_source(given.get("bucket"), given.get("key")),
        result=cast(Output | ScoringOutput, _document(result)) if result else None,
        error=description.get("error"),
        cause=description.get("cause"),
        execution_arn=description["executionArn"],
        ended=_time(description["stopDate"]),
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
        step=TAKES_DROPS,
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
    run = run_names.run_of_execution(f"lost-{number}")
    return Ending(
        run=run,
        dataset=drop_keys.dataset_of(key) if key else "schedule",
        status="FAILED",
        source=_source(detail.get("bucket", {}).get("name"), key),
        error=response.get("errorType") or record["requestContext"].get("condition"),
        cause=response.get("errorMessage") or "The drop could not be handled.",
        step=TAKES_DROPS,
    )


def with_cause_of_child(ending: Ending, child: Mapping[str, Any]) -> Ending:
    """Replace a Map Run's general cause by that of a child that failed."""
    return replace(
        ending,
        error=child.get("error") or ending.error,
        cause=child.get("cause") or ending.cause,
    )


def _document(text: str | None) -> dict[str, Any]:
    document = json.loads(text or "{}")
    return document if isinstance(document, dict) else {}


def _sample_name(given: Mapping[str, Any]) -> str:
    key = given.get("key")
    return drop_keys.dataset_of(str(key)) if key else "sample"


def _time(milliseconds: float) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds")


def _source(bucket: str | None, key: str | None) -> str | None:
    return f"s3://{bucket}/{key}" if bucket and key else None
