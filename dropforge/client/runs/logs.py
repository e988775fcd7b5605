"""Reads the log lines of a run: those of the functions and of its SageMaker jobs."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain

from botocore.exceptions import ClientError

from dropforge.client.execution.executions import arn_of, missing
from dropforge.client.execution.follow import message_of
from dropforge.client.execution.history import Timeline, update
from dropforge.client.execution.naming import time_in
from dropforge.client.log_lines.invocations import Term, events, log_group, marked, naming, time_of
from dropforge.client.log_lines.records import readable, unescaped
from dropforge.client.stack import Stack
from pipeline import drop_keys, layout, run_names
from pipeline.documents import kinds
from pipeline.documents.message import Message
from pipeline.documents.plan import Request

_FUNCTIONS = ("Trigger", "Seed", "Prepare", "Evaluate", "Notify", "Webhook")
"""The functions of a run; a stack need not have all."""
_JOBS = ("/aws/sagemaker/TrainingJobs", "/aws/sagemaker/TransformJobs")
_BEFORE = timedelta(minutes=5)
_AFTER = timedelta(hours=2)
"""The trigger writes before the execution begins; messages are tried again after it, and a drop
that is refused or lost is told within that time of it."""
_REQUEST = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FILE = re.compile(rf"^File: s3://[^/]+/({drop_keys.INBOX}.+)$", re.MULTILINE)
"""The line of a message that names the object."""
_SPOKEN = 80
"""Letters of an error's words that are looked for."""
_CHILDREN = 3
"""Failed children of a Map that are looked at: what ails one ails most."""


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


class RunLog:
    """The log of a run, to be read once or again and again.

    A function's lines count if their invocation names the run, or the object that started
    it, or is one that the execution saw fail: the functions serve several runs at once.
    SageMaker's streams begin with the job's name, which is the run's.

    Raises
    ------
    RunUnknownError
        There is no such run.
    """

    def __init__(self, stack: Stack, run: str) -> None:
        self._stack, self._run = stack, run
        self._request: Request | None = None
        self._message: Message | None = None
        self._arn: str | None = None
        self._timeline = Timeline()
        self._look()
        if not (self._arn or self._message or stack.has(f"{layout.prefix_of(run)}/")):
            raise missing(stack, run)
        groups = {f"{name}Function": log_group(stack, name) for name in _FUNCTIONS}
        self._groups = {source: group for source, group in groups.items() if group}

    @property
    def is_over(self) -> bool:
        """Whether the run has ended, as far as the last look told."""
        return self._timeline.is_over or self._arn is None

    @property
    def is_told(self) -> bool:
        """Whether its message was sent, too."""
        return self._message is not None and self._message.get("sent") is not None

    def lines(self, since: datetime | None = None) -> list[Line]:
        """Return its lines up to now, in the order of time.

        Parameters
        ----------
        since : leaves out what is older.
        """
        self._look()
        began, ended = _window(self._run, self._timeline)
        began = max(began, since) if since else began
        terms = [_named(self._run), *self._dropped()]
        terms += _failures(self._stack, self._arn, self._timeline)
        sources = chain(
            (self._of_function(source, terms, began, ended) for source in self._groups),
            (self._of_jobs(group, began, ended) for group in _JOBS),
        )
        lines = sorted(chain.from_iterable(sources), key=lambda line: line.time)
        return [line for line in lines if since is None or line.time >= since]

    def _look(self) -> None:
        self._message = message_of(self._stack, self._run)
        request = self._request or self._stack.known(self._run, kinds.REQUEST)
        self._request = request
        arn = self._arn or arn_of(self._stack, self._run, request)
        exists = update(self._timeline, self._stack.client("stepfunctions"), arn)
        self._arn = arn if exists else None

    def _of_function(
        self, source: str, terms: list[Term], began: datetime, ended: datetime
    ) -> Iterator[Line]:
        for event in marked(self._stack, self._groups[source], terms, began, ended):
            yield Line(time_of(event), source, readable(event["message"]))

    def _of_jobs(self, group: str, began: datetime, ended: datetime) -> Iterator[Line]:
        own = re.compile(f"{run_names.job_pattern(self._run)}/")
        beginnings = (self._run, run_names.search_stem(self._run))
        found = (
            events(self._stack, began, ended, logGroupName=group, logStreamNamePrefix=beginning)
            for beginning in beginnings
        )
        for event in chain.from_iterable(found):
            # The prefix alone would take in a run whose name goes on after this one's.
            if own.match(event["logStreamName"]):
                yield Line(time_of(event), group.rsplit("/", 1)[-1], unescaped(event["message"]))

    def _dropped(self) -> list[Term]:
        """Return what marks TriggerFunction's invocation: its lines name the object only."""
        key = self._request.get("key") if self._request else None
        if key is None:
            # A drop that never became a run has its message alone.
            file = _FILE.search(self._message["text"] if self._message else "")
            return [naming(file[1])] if file else []
        # The key may be dropped again and again; the execution begins with the line.
        is_drop = key.startswith(drop_keys.INBOX)
        return [naming(key, self._timeline.started)] if is_drop else []


def run_logs(stack: Stack, run: str, limit: int) -> list[Line]:
    """Return a run's last log lines, in the order of time.

    Raises
    ------
    RunUnknownError
        There is no such run.
    """
    return RunLog(stack, run).lines()[-limit:]


def _window(run: str, timeline: Timeline) -> tuple[datetime, datetime]:
    now = datetime.now(UTC)
    dropped = time_in(run)
    if timeline.started:
        began, ended = timeline.started, timeline.ended or now
    elif dropped:
        began, ended = dropped, dropped
    else:
        began, ended = now - timedelta(days=1), now
    return began - _BEFORE, min(ended + _AFTER, now + _BEFORE)


def _named(run: str) -> Term:
    # Jobs are called like the run, with a suffix; a longer name may be another run's.
    return Term(run, rf"(?<![\w-]){run_names.job_pattern(run)}(?![\w-])")


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
