"""Looks up the execution of a run: how it stands, and what it put out."""

import json
from itertools import islice
from typing import Any, cast

from botocore.exceptions import ClientError

from dropforge.client.execution.follow import Followed, message_of
from dropforge.client.execution.history import Timeline, update
from dropforge.client.execution.naming import dataset_in, executions, time_in
from dropforge.client.stack import Stack
from dropforge.errors import ClientFault, RunLostError, RunUnfinishedError, RunUnknownError
from pipeline import layout, run_names
from pipeline.documents import kinds
from pipeline.documents.message import Message
from pipeline.documents.plan import Request
from pipeline.documents.state import Output
from pipeline.errors import InputError, is_one_of

LOST = "LOST"
"""The status of a run that left objects, but neither an execution nor a message."""
_LOOKED_AT = 1000
LOST_CAUSE = "its execution was lost, as when the local cloud is killed; drop the file again"


def execution_of(stack: Stack, arn: str) -> dict[str, Any] | None:
    """Describe an execution, None if Step Functions does not know it (any more)."""
    try:
        return dict(stack.client("stepfunctions").describe_execution(executionArn=arn))
    except ClientError as error:
        if error.response["Error"]["Code"] == "ExecutionDoesNotExist":
            return None
        raise


def arn_of(stack: Stack, run: str, request: Request) -> str:
    """Return the ARN of a run's execution.

    Parameters
    ----------
    request : the run's request.json, empty if it has none; a person's execution may be called
        otherwise than its run.
    """
    execution, arn = request.get("execution"), stack.execution_arn(run)
    told = execution.get("id") if execution else None
    if told or time_in(run) or execution_of(stack, arn):
        return str(told or arn)
    # It ended, or is, before its first file: only Step Functions knows what it is called.
    for item in islice(executions(stack), _LOOKED_AT):
        if run_names.run_of_execution(item["name"]) == run:
            return str(item["executionArn"])
    return arn


def missing(stack: Stack, run: str) -> ClientFault:
    """Return the error for a run without message and execution: it is lost, or never was."""
    if stack.has(f"{layout.prefix_of(run)}/"):
        return RunLostError(f"run {run} has no result: {LOST_CAUSE}")
    return RunUnknownError(
        f"there is no run {run!r} in the stack {stack.environment.stack_name}; "
        f"`dropforge runs` lists the runs"
    )


def finished(stack: Stack, run: str) -> Followed:
    """Return a run that is over, whoever or whatever dropped its file.

    Raises
    ------
    RunUnknownError
        Neither the bucket nor Step Functions knows it.
    RunLostError
        It left objects only.
    RunUnfinishedError
        It goes on.
    """
    request = stack.known(run, kinds.REQUEST)
    message, timeline = message_of(stack, run), Timeline()
    arn = arn_of(stack, run, request)
    exists = update(timeline, stack.client("stepfunctions"), arn)
    if message is None and exists:
        message = _message(run, request, execution_of(stack, arn) or {})
    if message is None and not exists:
        raise missing(stack, run)
    if message is None:
        state = f" in {timeline.current.name!r}" if timeline.current else ""
        raise RunUnfinishedError(
            f"run {run} goes on{state}, so it has no result yet; try again when "
            f"`dropforge show {stack.argument(run)}` says that it ended"
        )
    return Followed(message, timeline)


def _message(run: str, request: Request, execution: dict[str, Any]) -> Message | None:
    """Make up for a message that could not be sent; None if the run goes on."""
    if execution.get("status") in (None, "RUNNING", "PENDING_REDRIVE"):
        return None
    status = execution["status"]
    # What an execution that did not succeed gives as its output is no result.
    output = json.loads(execution.get("output") or "{}") if status == "SUCCEEDED" else {}
    told = isinstance(output, dict) and "verdict" in output
    result = cast(Output, output) if told else None
    error = execution.get("error")
    refused = "rejected_input" if is_one_of(error, InputError) else "failed"
    return {
        "run": run,
        "dataset": (result["dataset"] if result else request.get("dataset"))
        or dataset_in(run)
        or "",
        "status": status,
        "verdict": result["verdict"] if result else refused,
        "result": result,
        "error": error,
        "cause": execution.get("cause"),
        "ended": None,
        "subject": "",
        "text": execution.get("cause") or f"{run} ended {status}.",
    }
