"""Looks up the runs of a stack: all of them, or one in full."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from dropforge.client.execution.executions import LOST, LOST_CAUSE, arn_of, execution_of, missing
from dropforge.client.execution.follow import message_of
from dropforge.client.execution.history import Timeline, update
from dropforge.client.execution.naming import (
    Known,
    dataset_in,
    known_runs,
    lost_drops,
    newest_first,
)
from dropforge.client.registry.model_registry import champion, describe
from dropforge.client.stack import Stack
from pipeline import layout, run_names
from pipeline.documents import kinds

Facts = dict[str, Any]

_LOOKUPS = 8
"""Messages fetched at once."""
_MIXED = 4
"""Runs looked at for each one wanted, where a prefix may belong to several datasets."""


def recent_runs(stack: Stack, limit: int, dataset: str | None = None) -> list[Facts]:
    """List runs, the newest first; drops refused before an execution began are runs too.

    Returns
    -------
    Of each: run, dataset, status, verdict, metric, started (ISO 8601, UTC), in_use
    (whether its model is the champion); what is not known yet is null.
    """
    beginning = "" if dataset is None else f"{run_names.run_stem(dataset)}-"
    found = known_runs(stack, beginning, max(limit * _MIXED, 100))
    if dataset is not None:
        # The name of a drop that was lost holds no dataset; its message does.
        found = newest_first([*found, *lost_drops(stack)])
    newest = found[: limit if dataset is None else limit * _MIXED]
    with ThreadPoolExecutor(_LOOKUPS) as pool:
        messages = pool.map(lambda known: message_of(stack, known.run), newest)
        told = dict(zip(newest, messages, strict=True))
        silent = [known for known in newest if told[known] is None]
        standing = dict(zip(silent, pool.map(partial(_standing, stack), silent), strict=True))
        every = (_row(known, told[known] or standing[known]) for known in newest)
        rows = list(islice(_of_dataset(every, dataset), limit))
        datasets = sorted({row["dataset"] for row in rows if row["dataset"]})
        champions = pool.map(lambda name: _champion_run(stack, name), datasets)
        in_use = dict(zip(datasets, champions, strict=True))
    return [{**row, "in_use": _is_champion(row, in_use)} for row in rows]


def run_facts(stack: Stack, run: str) -> Facts:
    """Gather what is recorded of a run, enough to do it again.

    Raises
    ------
    RunUnknownError
        Neither the bucket nor Step Functions knows it.
    """
    prefix = layout.prefix_of(run)
    message = stack.known(run, kinds.MESSAGE)
    request = stack.known(run, kinds.REQUEST)
    evaluation = stack.known(run, kinds.EVALUATION)
    timeline = Timeline()
    arn = arn_of(stack, run, request)
    update(timeline, stack.client("stepfunctions"), arn)
    execution = execution_of(stack, arn)
    if not any((execution, message, request)) and not stack.has(f"{prefix}/"):
        raise missing(stack, run)
    known = execution or {"status": LOST, "cause": LOST_CAUSE}
    status = message.get("status") or known.get("status")
    dataset = message.get("dataset") or request.get("dataset") or dataset_in(run)
    told = message.get("result")
    result: Mapping[str, Any] = told if told else {}
    package = evaluation.get("package")
    encoder = f"s3://{stack.bucket}/{layout.run_key(run, layout.ENCODER)}"
    return {
        "run": run,
        "dataset": dataset,
        "status": status,
        "verdict": message.get("verdict"),
        "state": timeline.current.name if status == "RUNNING" and timeline.current else None,
        "error": message.get("error") or known.get("error"),
        "cause": message.get("cause") if message else known.get("cause"),
        "object": {
            "bucket": request.get("bucket"),
            "key": request.get("key"),
            "version_id": request.get("version_id"),
            "etag": request.get("etag"),
            "size": request.get("size"),
            "last_modified": request.get("last_modified"),
        },
        "trigger": request.get("trigger"),
        "execution": arn if execution else None,
        "started": _iso(known.get("startDate") or timeline.started),
        "ended": _iso(known.get("stopDate") or timeline.ended),
        "settings": request.get("settings", {}),
        "code_version": request.get("code_version"),
        "encoder": encoder if evaluation else None,
        **{
            name: result.get(name)
            for name in ("task", "target", "metric", "champion", "search", "refit")
        },
        **{name: result.get(name) or {} for name in ("metrics", "rows", "files")},
        "warnings": result.get("warnings") or [],
        "metadata": package["metadata"] if package else {},
        "model_package": _package(stack, run, dataset, result.get("model_package_arn")),
        "seconds": timeline.seconds(),
        "message": message.get("text"),
    }


def _standing(stack: Stack, known: Known) -> Facts:
    """Say of a run without a message what `run_facts` would: a list of executions may lag."""
    request = stack.known(known.run, kinds.REQUEST)
    name = known.execution or known.run
    execution = execution_of(stack, arn_of(stack, name, request)) or {"status": LOST}
    return {"dataset": request.get("dataset"), "status": execution.get("status")}


def _row(known: Known, told: Mapping[str, Any]) -> Facts:
    """Gather a row from a run's message, or from how it stands without one."""
    return {
        "run": known.run,
        "dataset": told.get("dataset") or dataset_in(known.run),
        "status": told.get("status"),
        "verdict": told.get("verdict"),
        "metric": (told.get("result") or {}).get("metric"),
        "started": _iso(known.began),
    }


def _of_dataset(rows: Iterable[Facts], dataset: str | None) -> Iterator[Facts]:
    # "churn-" also begins the runs of a dataset called churn-eu: the message knows.
    for row in rows:
        if dataset is None or row["dataset"] in (None, dataset):
            yield row


def _is_champion(row: Facts, champions: dict[str, str | None]) -> bool | None:
    run = champions.get(row["dataset"], "")
    return None if run is None else bool(row["run"] == run)


def _champion_run(stack: Stack, dataset: str) -> str | None:
    """Return the run of a dataset's champion, "" if it has none, None if that may not be read."""
    try:
        return champion(stack, dataset).run or ""
    except ClientError as error:
        # Who may list runs need not be allowed to read the registry.
        if error.response["Error"]["Code"] != "AccessDeniedException":
            raise
        return None


def _package(stack: Stack, run: str, dataset: str | None, own: str | None) -> Facts | None:
    """Describe the package of a run as it is now; a promotion may have made a newer one."""
    current = champion(stack, dataset) if dataset else None
    in_use = current is not None and current.run == run
    arn = current.arn if current and in_use else own
    if arn is None:
        return None
    try:
        found = describe(stack, arn)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("ValidationException", "ResourceNotFound"):
            raise
        gone = {"arn": arn, "status": "deleted", "in_use": False}
        return {**gone, "image": None, "model_data": None}
    container = found["InferenceSpecification"]["Containers"][0]
    return {
        "arn": arn,
        "status": found["ModelApprovalStatus"],
        "in_use": in_use,
        "image": container["Image"],
        "model_data": container["ModelDataUrl"],
    }


def _iso(time: datetime | None) -> str | None:
    return time.astimezone(UTC).isoformat(timespec="seconds") if time else None
