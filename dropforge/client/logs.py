"""Reads the log lines of a run: those of the functions and of its SageMaker jobs."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from botocore.exceptions import ClientError

from dropforge.client.history import Timeline, update
from dropforge.client.runs import run_facts
from dropforge.client.stack import Stack
from pipeline import layout

_FUNCTIONS = ("Trigger", "Seed", "Prepare", "Evaluate", "Notify", "Webhook")
_JOBS = ("/aws/sagemaker/TrainingJobs", "/aws/sagemaker/TransformJobs")
_BEFORE = timedelta(minutes=5)
_AFTER = timedelta(hours=2)
"""The trigger writes before the execution begins; a webhook is tried for over an hour after it."""


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


def run_logs(stack: Stack, run: str, limit: int) -> list[Line]:
    """Return a run's last log lines, in the order of time.

    A function's lines count if they name the run: the functions serve several runs at
    once. SageMaker's streams begin with the job's name, which is the run's.

    Raises
    ------
    RunUnknownError
        There is no such run.
    """
    facts = run_facts(stack, run)
    began, ended = _window(stack, facts)
    sources = chain(
        (_of_function(stack, name, run, began, ended) for name in _FUNCTIONS),
        (_of_jobs(stack, group, run, began, ended) for group in _JOBS),
    )
    lines = sorted(chain.from_iterable(sources), key=lambda line: line.time)
    return lines[-limit:]


def _window(stack: Stack, facts: dict[str, Any]) -> tuple[datetime, datetime]:
    timeline = Timeline()
    if facts["execution"]:
        update(timeline, stack.client("stepfunctions"), facts["execution"])
    now = datetime.now(UTC)
    began = timeline.started or now - timedelta(days=1)
    return began - _BEFORE, (timeline.ended or now) + _AFTER


def _of_function(
    stack: Stack, name: str, run: str, began: datetime, ended: datetime
) -> Iterator[Line]:
    arn = stack.outputs.get(f"{name}FunctionArn")
    if arn is None:
        return
    configuration = stack.client("lambda").get_function_configuration(FunctionName=arn)
    function = configuration["FunctionName"]
    group = configuration.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{function}"
    found = _events(stack, began, ended, logGroupName=group, filterPattern=f'"{run}"')
    for event in found:
        yield Line(_time(event), f"{name}Function", readable(event["message"]))


def _of_jobs(
    stack: Stack, group: str, run: str, began: datetime, ended: datetime
) -> Iterator[Line]:
    # The champion's transform job has the name of this run's attempt and "-c".
    jobs = tuple(f"{job}{suffix}/" for job in layout.attempts_of(run) for suffix in ("", "-c"))
    for event in _events(stack, began, ended, logGroupName=group, logStreamNamePrefix=run):
        # The prefix alone would take in a run whose name goes on after this one's.
        if event["logStreamName"].startswith(jobs):
            yield Line(_time(event), group.rsplit("/", 1)[-1], _unescaped(event["message"]))


def _events(
    stack: Stack, began: datetime, ended: datetime, **where: str
) -> Iterator[dict[str, Any]]:
    pages = stack.client("logs").get_paginator("filter_log_events")
    span = {"startTime": _millis(began), "endTime": _millis(ended)}
    try:
        for page in pages.paginate(**where, **span):
            yield from page["events"]
    except ClientError as error:
        # A group is made with the first line: no group, no lines.
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise


def readable(message: str) -> str:
    """Return a line of Powertools' JSON as level, text and extra fields; others unchanged."""
    try:
        record = json.loads(message)
    except ValueError:
        return message.rstrip()
    if not isinstance(record, dict) or "level" not in record:
        return message.rstrip()
    told = {
        "level",
        "message",
        "timestamp",
        "service",
        "location",
        "function_name",
        "xray_trace_id",
    }
    extra = {
        key: value
        for key, value in record.items()
        if key not in told and not key.startswith("function_") and key != "cold_start"
    }
    more = " ".join(f"{key}={value}" for key, value in extra.items())
    return f"{record['level']} {record.get('message', '')} {more}".rstrip()


def _unescaped(message: str) -> str:
    """Return a line of SageMaker's with its tabs, which its system logger wrote as ``#011``."""
    return message.rstrip().replace("#011", "\t")


def _time(event: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(event["timestamp"] / 1000, UTC)


def _millis(time: datetime) -> int:
    return int(time.timestamp() * 1000)
