"""Looks up the runs of a stack: all of them, or one in full."""

import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from dropforge.client.errors import RunUnknownError
from dropforge.client.follow import message_of
from dropforge.client.history import Timeline, update
from dropforge.client.registry import describe
from dropforge.client.stack import Stack
from pipeline import layout

Facts = dict[str, Any]

_STAMP = re.compile(r"-(\d{8}-\d{6})-[0-9a-f]{8}$")
_LOOKUPS = 8
"""Messages fetched at once."""
_MIXED = 4
"""Runs looked at for each one wanted, where a prefix may belong to several datasets."""


def recent_runs(stack: Stack, limit: int, dataset: str | None = None) -> list[Facts]:
    """List runs, the newest first; drops refused before an execution began are runs too.

    Returns
    -------
    Of each: run, dataset, status, verdict, metric, started (ISO 8601, UTC); what is
    not known yet is null.
    """
    executions = {
        layout.run_of_execution(item["name"]): item
        for item in islice(_executions(stack), max(limit * _MIXED, 100))
        if dataset is None or item["name"].startswith(f"{dataset}-")
    }
    began = {run: item["startDate"].astimezone(UTC) for run, item in executions.items()}
    for run in _prefixes(stack, dataset):
        stamp = _STAMP.search(run)
        if run not in began and stamp:
            began[run] = datetime.strptime(stamp[1], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    newest = sorted(began, key=lambda run: (began[run], run), reverse=True)
    newest = newest[: limit if dataset is None else limit * _MIXED]
    with ThreadPoolExecutor(_LOOKUPS) as pool:
        messages = pool.map(lambda run: message_of(stack, run), newest)
        rows = (
            _row(run, began[run], executions.get(run), message)
            for run, message in zip(newest, messages, strict=True)
        )
        return list(islice(_of_dataset(rows, dataset), limit))


def run_facts(stack: Stack, run: str) -> Facts:
    """Gather what is recorded of a run, enough to do it again.

    Raises
    ------
    RunUnknownError
        Neither the bucket nor Step Functions knows it.
    """
    prefix = layout.prefix_of(run)
    message = message_of(stack, run) or {}
    request = stack.read_json(layout.join(prefix, "request.json")) or {}
    evaluation = stack.read_json(layout.join(prefix, "evaluation.json")) or {}
    timeline = Timeline()
    arn = request.get("execution", {}).get("id") or stack.execution_arn(run)
    exists = update(timeline, stack.client("stepfunctions"), arn)
    if not (exists or message or request):
        raise RunUnknownError(
            f"there is no run {run!r} in the stack {stack.environment.stack_name}; "
            f"`dropforge runs` lists the runs"
        )
    result = message.get("result") or {}
    package = evaluation.get("package", {})
    return {
        "run": run,
        "dataset": message.get("dataset") or request.get("dataset"),
        "status": message.get("status") or timeline.status,
        "verdict": message.get("verdict"),
        "state": timeline.current.name if timeline.current else None,
        "error": message.get("error") or timeline.error,
        "cause": message.get("cause") or timeline.cause,
        "object": _picked(
            request, ("bucket", "key", "version_id", "etag", "size", "last_modified")
        ),
        "trigger": request.get("trigger"),
        "execution": arn if exists else None,
        "started": _iso(timeline.started),
        "ended": _iso(timeline.ended),
        "settings": request.get("settings") or {},
        "code_version": request.get("code_version"),
        "encoder": f"s3://{stack.bucket}/{prefix}/encoder.json" if evaluation else None,
        **{name: result.get(name) for name in ("task", "target", "metric", "champion")},
        **{name: result.get(name) or {} for name in ("metrics", "rows", "files")},
        "warnings": result.get("warnings") or [],
        "metadata": package.get("metadata") or {},
        "model_package": _package(stack, result.get("model_package_arn")),
        "seconds": timeline.seconds(),
        "message": message.get("text"),
    }


def _executions(stack: Stack) -> Iterator[Facts]:
    pages = stack.client("stepfunctions").get_paginator("list_executions")
    for page in pages.paginate(stateMachineArn=stack.state_machine_arn):
        yield from page["executions"]


def _prefixes(stack: Stack, dataset: str | None) -> Iterator[str]:
    pages = stack.client("s3").get_paginator("list_objects_v2")
    start = layout.prefix_of("") if dataset is None else layout.prefix_of(f"{dataset}-")
    for page in pages.paginate(Bucket=stack.bucket, Prefix=start, Delimiter="/"):
        for item in page.get("CommonPrefixes", []):
            yield item["Prefix"].rstrip("/").rsplit("/", 1)[-1]


def _row(run: str, began: datetime, execution: Facts | None, message: Facts | None) -> Facts:
    known = message or {}
    fallback = execution["status"] if execution else None
    return {
        "run": run,
        "dataset": known.get("dataset"),
        "status": known.get("status") or fallback,
        "verdict": known.get("verdict"),
        "metric": (known.get("result") or {}).get("metric"),
        "started": _iso(began),
    }


def _of_dataset(rows: Iterable[Facts], dataset: str | None) -> Iterator[Facts]:
    # "churn-" also begins the runs of a dataset called churn-eu: the message knows.
    for row in rows:
        if dataset is None or row["dataset"] in (None, dataset):
            yield row


def _package(stack: Stack, arn: str | None) -> Facts | None:
    if arn is None:
        return None
    try:
        found = describe(stack, arn)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("ValidationException", "ResourceNotFound"):
            raise
        return {"arn": arn, "status": "deleted", "image": None, "model_data": None}
    container = found["InferenceSpecification"]["Containers"][0]
    return {
        "arn": arn,
        "status": found["ModelApprovalStatus"],
        "image": container["Image"],
        "model_data": container["ModelDataUrl"],
    }


def _picked(source: Facts, names: tuple[str, ...]) -> Facts:
    return {name: source.get(name) for name in names}


def _iso(time: datetime | None) -> str | None:
    return time.astimezone(UTC).isoformat(timespec="seconds") if time else None
