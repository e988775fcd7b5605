"""Looks for a drop between the bucket and its execution: what has been seen of it.

On its way are the bucket's event, TriggerFunction's queue and TriggerFunction itself. The
local cloud tells of its queues. AWS tells of no single event there (Lambda's metrics count
them all, minutes late), so there TriggerFunction's own lines are what can be seen.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from botocore.exceptions import ClientError

from dropforge.client.log_lines.invocations import log_group, marked, naming, time_of
from dropforge.client.log_lines.records import readable
from dropforge.client.stack import Ask, Stack

Backlog = dict[str, Any]

_CLOCKS = timedelta(seconds=10)
"""How far this machine's clock may be off AWS's."""
_RECENTLY = timedelta(minutes=15)


@dataclass(frozen=True)
class Sight:
    """What a look at a drop without an execution saw.

    Parameters
    ----------
    is_known : whether it could be seen at all what waits.
    event : "queued" or "running" while its event waits for TriggerFunction, or is with it.
    before : drops whose turn comes first; None if that is unknown.
    handled : what TriggerFunction made of it: started, known, refused or nothing.
    failed : the first line of the error that TriggerFunction ended with.
    executions : how many wait for their turn; None if that is unknown.
    """

    is_known: bool = False
    event: str | None = None
    before: int | None = None
    handled: str | None = None
    failed: str | None = None
    executions: int | None = None


class Lookout(Protocol):
    """Looks for a drop on its way to an execution."""

    def look(self, key: str) -> Sight:
        """Say what is seen of the object now."""


@dataclass(frozen=True)
class LocalLookout:
    """Sees what waits in the local cloud."""

    ask: Ask

    def look(self, key: str) -> Sight:
        """Say what is seen of the object now."""
        backlog = self.ask("backlog", {"key": key})
        if backlog is None:
            return Sight()
        event = backlog.get("event") or {}
        return Sight(
            is_known=True,
            event=event.get("state"),
            before=event.get("position"),
            executions=(backlog.get("executions") or {}).get("queued"),
        )


@dataclass(frozen=True)
class LogLookout:
    """Sees what TriggerFunction has logged of a drop.

    Parameters
    ----------
    since : leaves out what was logged of an earlier drop of the same key.
    """

    stack: Stack
    since: datetime = field(default_factory=lambda: datetime.now(UTC) - _RECENTLY)

    def look(self, key: str) -> Sight:
        """Say what is seen of the object now."""
        span = self.since - _CLOCKS, datetime.now(UTC) + _CLOCKS
        try:
            group = log_group(self.stack, "Trigger")
            if group is None:
                return Sight()
            lines = list(marked(self.stack, group, [naming(key)], *span))
        except ClientError as error:
            # Who may drop files need not be allowed to read logs.
            if error.response["Error"]["Code"] != "AccessDeniedException":
                raise
            return Sight()
        sight = Sight(is_known=True)
        for event in sorted(lines, key=time_of):
            sight = _after(sight, event["message"])
        return sight


def lookout_of(stack: Stack) -> Lookout:
    """Return what looks for a drop that is being made now."""
    return LocalLookout(stack.ask) if stack.ask else LogLookout(stack, datetime.now(UTC))


def backlog_of(stack: Stack) -> Backlog | None:
    """Return what waits in the stack's cloud, None if that cannot be seen."""
    return stack.ask("backlog", {}) if stack.ask else None


def is_busy(stack: Stack, name: str) -> bool:
    """Say whether events wait for a function, or are with it; False if that cannot be seen."""
    functions = (backlog_of(stack) or {}).get("functions") or {}
    count = functions.get(stack.outputs.get(f"{name}FunctionArn", "").rpartition(":")[2], {})
    return bool(count.get("queued") or count.get("running"))


def _after(sight: Sight, message: str) -> Sight:
    """Take in a line of TriggerFunction."""
    try:
        record = json.loads(message)
    except ValueError:
        record = {}
    if isinstance(record, dict) and "outcome" in record:
        return Sight(is_known=True, handled=str(record["outcome"]))
    if message.startswith("[ERROR]") or " Task timed out after " in message:
        return Sight(is_known=True, failed=readable(message).splitlines()[0])
    return sight
