"""Reads the log lines of a run: those of the functions and of its SageMaker jobs."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from botocore.exceptions import ClientError

from dropforge.client.history import Timeline, update
from dropforge.client.invocations import Term, events, log_group, marked, time_of
from dropforge.client.naming import time_in
from dropforge.client.runs import run_facts
from dropforge.client.stack import Stack
from pipeline import layout

_FUNCTIONS = ("Trigger", "Seed", "Prepare", "Evaluate", "Notify")
_JOBS = ("/aws/sagemaker/TrainingJobs", "/aws/sagemaker/TransformJobs")
_MARGIN = timedelta(minutes=5)
"""The trigger writes before the execution begins, the notice after it ends."""
_REFUSAL = timedelta(hours=2)
"""From a drop to the message that it was refused or lost: longer than its events are retried."""
_REQUEST = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FILE = re.compile(rf"^File: s3://[^/]+/({layout.INBOX}.+)$", re.MULTILINE)
"""The line of a message that names the object."""
_SPOKEN = 80
"""Letters of an error's words that are looked for."""
_CHILDREN = 3
"""Failed children of a Map that are looked at: what ails one ails most."""
_TOLD = {
    *("level", "message", "timestamp", "service", "location", "function_name", "xray_trace_id"),
    *("cold_start", "exception", "exception_name", "stack_trace"),
}


@dataclass(frozen=True)
class Line:
    """A log line.

    Parameters
    ----------
    source : the function or job that wrote it.
    """

    time: datetime
    source: str
    text: str


def run_logs(
    stack: Stack, run: str, limit: int | None = None, since: datetime | None = None
) -> list[Line]:
    """Return a run's last log lines, in the order of time.

    A function's lines count if their invocation names the run, or the object that started
    it, or is one that the execution saw fail: the functions serve several runs at once.
    SageMaker's streams begin with the job's name, which is the run's.

    Parameters
    ----------
    limit : None returns all.
    since : leaves out what is older.

    Raises
    ------
    RunUnknownError
        There is no such run.
    """
    facts = run_facts(stack, run)
    timeline = Timeline()
    if facts["execution"]:
        update(timeline, stack.client("stepfunctions"), facts["execution"])
    began, ended = _window(run, timeline)
    began = max(began, since) if since else began
    terms = [_named(run), *_dropped(facts), *_failures(stack, facts["execution"], timeline)]
    sources = chain(
        (_of_function(stack, name, terms, began, ended) for name in _FUNCTIONS),
        (_of_jobs(stack, group, run, began, ended) for group in _JOBS),
    )
    lines = sorted(chain.from_iterable(sources), key=lambda line: line.time)
    lines = [line for line in lines if since is None or line.time >= since]
    return lines if limit is None else lines[-limit:]


def _window(run: str, timeline: Timeline) -> tuple[datetime, datetime]:
    now = datetime.now(UTC)
    dropped = time_in(run)
    if timeline.started:
        began, ended = timeline.started, timeline.ended or now
    elif dropped:
        began, ended = dropped, min(dropped + _REFUSAL, now)
    else:
        began, ended = now - timedelta(days=1), now
    return began - _MARGIN, ended + _MARGIN


def _named(run: str) -> Term:
    # Jobs are called like the run, with a suffix; a longer name may be another run's.
    return Term(run, rf"(?<![\w-]){re.escape(run)}(-r\d+)?(-c)?(?![\w-])")


def _dropped(facts: dict[str, Any]) -> list[Term]:
    """Return what marks TriggerFunction's invocation: its lines name the object only."""
    key, began = facts["object"]["key"], facts["started"]
    if key is None:
        # A drop that never became a run has its message alone.
        file = _FILE.search(facts["message"] or "")
        return [Term(file[1])] if file else []
    # The key may be dropped again and again; the execution begins with the line.
    near = datetime.fromisoformat(began) if began else None
    return [Term(key, near=near)] if key.startswith(layout.INBOX) else []


def _failures(stack: Stack, arn: str | None, timeline: Timeline) -> list[Term]:
    """Return what marks the invocations that an execution saw fail."""
    found = list(timeline.failures)
    if arn and any(visit.kind == "Map" and visit.error for visit in timeline.visits):
        found += _of_children(stack, arn)
    return [_failed(time, cause) for time, cause in found if cause]


def _failed(time: datetime, cause: str) -> Term:
    """Return the request id that a cause names, else the words of its error."""
    request = _REQUEST.search(cause)
    try:
        document = json.loads(cause)
    except ValueError:
        document = {}
    told = document if isinstance(document, dict) else {}
    if told.get("requestId"):
        return Term(str(told["requestId"]))
    said = str(told.get("errorMessage") or cause)
    if request and request[0] in said:
        return Term(request[0])
    first = next(iter(said.splitlines()), said)
    return Term(first[:_SPOKEN], near=time)


def _of_children(stack: Stack, arn: str) -> list[tuple[datetime, str]]:
    """Return when and why children of a failed Map failed: its own history does not say."""
    sfn, found = stack.client("stepfunctions"), []
    try:
        for run in sfn.list_map_runs(executionArn=arn)["mapRuns"]:
            query = {"mapRunArn": run["mapRunArn"], "statusFilter": "FAILED"}
            for child in sfn.list_executions(**query, maxResults=_CHILDREN)["executions"]:
                timeline = Timeline()
                update(timeline, sfn, child["executionArn"])
                found += timeline.failures
    except ClientError as error:
        # Who may read logs need not be allowed to look into Map Runs.
        if error.response["Error"]["Code"] != "AccessDeniedException":
            raise
    return found


def _of_function(
    stack: Stack, name: str, terms: list[Term], began: datetime, ended: datetime
) -> Iterator[Line]:
    group = log_group(stack, name)
    for event in marked(stack, group, terms, began, ended) if group else ():
        yield Line(time_of(event), f"{name}Function", readable(event["message"]))


def _of_jobs(
    stack: Stack, group: str, run: str, began: datetime, ended: datetime
) -> Iterator[Line]:
    # The champion's transform job has the name of this run's attempt and "-c".
    jobs = tuple(f"{job}{suffix}/" for job in layout.attempts_of(run) for suffix in ("", "-c"))
    for event in events(stack, began, ended, logGroupName=group, logStreamNamePrefix=run):
        # The prefix alone would take in a run whose name goes on after this one's.
        if event["logStreamName"].startswith(jobs):
            yield Line(time_of(event), group.rsplit("/", 1)[-1], _unescaped(event["message"]))


def readable(message: str) -> str:
    """Return a line of Powertools' JSON as level, text, extra fields and traceback.

    Others stay as they are, but for the carriage returns and hard spaces that Lambda's
    runtime writes into a traceback to keep it one event.
    """
    try:
        record = json.loads(message)
    except ValueError:
        record = None
    if not isinstance(record, dict) or "level" not in record:
        return message.replace("\r", "\n").replace("\xa0", " ").rstrip()
    extra = {
        key: value
        for key, value in record.items()
        if key not in _TOLD and not key.startswith("function_")
    }
    more = " ".join(f"{key}={value}" for key, value in extra.items())
    said = f"{record['level']} {record.get('message', '')} {more}".rstrip()
    return f"{said}\n{_trace(record)}".rstrip()


def _trace(record: dict[str, Any]) -> str:
    """Return the traceback of a record: as Python wrote it, or made of its parts."""
    if record.get("exception"):
        return str(record["exception"])
    parts = record.get("stack_trace")
    if not isinstance(parts, dict):
        return str(record.get("exception_name") or "")
    frames = [
        f'  File "{frame.get("file")}", line {frame.get("line")}, in {frame.get("function")}\n'
        f"    {frame.get('statement')}"
        for frame in parts.get("frames") or []
    ]
    name = record.get("exception_name") or parts.get("type")
    return "\n".join([*frames, f"{name}: {parts.get('value')}"])


def _unescaped(message: str) -> str:
    """Return a line of SageMaker's with its tabs, which its system logger wrote as ``#011``."""
    return message.rstrip().replace("#011", "\t")
