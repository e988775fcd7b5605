"""Reads what a function logged in the invocations that have to do with something.

Of a function's lines only some name the run that they are about; a traceback, a time-out
and the report do not. One environment handles one invocation after another and writes them
to one stream, each from its START line on (Lambda developer guide, Working with Lambda
function logs), so all lines of an invocation that has one wanted line are its own.
"""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from dropforge.client.stack import Stack

Event = dict[str, Any]

_LONGEST = timedelta(minutes=16)
"""Longer than a function may run: what a line belongs to began and ends within it."""
_NEAR = timedelta(seconds=10)
"""Between the line of an error and the execution's own record of it."""
_STREAMS = 100
"""Stream names that one call takes (CloudWatch Logs API, FilterLogEvents)."""
_FRAME = re.compile(r"(START|END) RequestId: |INIT_START |\{\"_aws\":")
"""Begin and end of an invocation, and metrics: they tell a person nothing."""


@dataclass(frozen=True)
class Term:
    """A text that marks an invocation.

    Parameters
    ----------
    pattern : a regular expression for it, where the text alone would take in more.
    near : the time that the line must be near to, where others may have it too.
    """

    text: str
    pattern: str | None = None
    near: datetime | None = None

    def marks(self, event: Event) -> bool:
        """Say whether a line has it."""
        if self.near and abs(time_of(event) - self.near) > _NEAR:
            return False
        return bool(re.search(self.pattern or re.escape(self.text), event["message"]))


def naming(key: str, near: datetime | None = None) -> Term:
    """Return what marks the invocations whose records name an object, whole."""
    text = json.dumps(key, ensure_ascii=False)
    return Term(text[1:-1], re.escape(text), near)


def log_group(stack: Stack, name: str) -> str | None:
    """Return the log group of a function, None if the stack has no such function."""
    arn = stack.outputs.get(f"{name}FunctionArn")
    if arn is None:
        return None
    configuration = stack.client("lambda").get_function_configuration(FunctionName=arn)
    named: str | None = configuration.get("LoggingConfig", {}).get("LogGroup")
    return named or f"/aws/lambda/{configuration['FunctionName']}"


def marked(
    stack: Stack, group: str, terms: Collection[Term], began: datetime, ended: datetime
) -> Iterator[Event]:
    """Yield the lines of all invocations that a term marks, in the order of their stream."""
    hits = [
        event
        for term in terms
        for event in events(stack, began, ended, logGroupName=group, filterPattern=_quoted(term))
        if term.marks(event)
    ]
    times = [time_of(event) for event in hits]
    names = sorted({_stream(event) for event in hits})
    for start in range(0, len(names), _STREAMS):
        some = names[start : start + _STREAMS]
        where = {"logGroupName": group, "logStreamNames": some}
        found = list(events(stack, min(times) - _LONGEST, max(times) + _LONGEST, **where))
        for name in some:
            of_stream = [event for event in found if _stream(event) == name]
            for invocation in _invocations(of_stream):
                if any(term.marks(event) for event in invocation for term in terms):
                    yield from (e for e in invocation if not _FRAME.match(e["message"]))


def events(stack: Stack, began: datetime, ended: datetime, **where: Any) -> Iterator[Event]:
    """Yield the lines of a log group between two times; none if there is no such group."""
    pages = stack.client("logs").get_paginator("filter_log_events")
    span = {"startTime": _millis(began), "endTime": _millis(ended)}
    try:
        for page in pages.paginate(**where, **span):
            yield from page["events"]
    except ClientError as error:
        # A group is made with the first line: no group, no lines.
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise


def time_of(event: Event) -> datetime:
    """Return when a line was written."""
    return datetime.fromtimestamp(event["timestamp"] / 1000, UTC)


def _invocations(of_stream: Sequence[Event]) -> Iterator[list[Event]]:
    """Divide a stream at its START lines; a cold start's lines belong to the one after it.

    Where none is written, each line stands for itself.
    """
    invocation: list[Event] = []
    is_cold = False
    for event in of_stream:
        starts = event["message"].startswith("START RequestId: ")
        cold = event["message"].startswith("INIT_START ")
        if cold or (starts and not is_cold):
            yield from _closed(invocation)
            invocation = []
        is_cold = cold or (is_cold and not starts)
        invocation.append(event)
    yield from _closed(invocation)


def _closed(invocation: list[Event]) -> Iterator[list[Event]]:
    if any(_FRAME.match(event["message"]) for event in invocation):
        yield invocation
    else:
        yield from ([event] for event in invocation)


def _quoted(term: Term) -> str:
    """Return a filter that finds a phrase (CloudWatch Logs, Filter pattern syntax).

    Without what would have to be escaped in it; `Term.marks` looks at the whole.
    """
    longest = max(re.split(r'["\\]', term.text), key=len)
    return f'"{longest}"'


def _stream(event: Event) -> str:
    return str(event.get("logStreamName", ""))


def _millis(time: datetime) -> int:
    return int(time.timestamp() * 1000)
