"""An event of an execution's history names the one before it.

ministack numbers events and says no more, so that nothing tells those of one branch of a Parallel
from those of another. On AWS each has previousEventId (Step Functions API, HistoryEvent); of the
first event of an execution it is 0. Two branches could also take the same number.
"""

import threading
from contextvars import ContextVar
from typing import Any

from dropforge.cloud.patches.replacing import replace
from dropforge.cloud.patches.stepfunctions import state_machine_role
from dropforge.cloud.patches.stepfunctions.history import log_delivery
from dropforge.cloud.patches.stepfunctions.history.task_events import as_on_aws

# A branch runs in a copy of the context that it was begun in.
_last: ContextVar[tuple[str, int] | None] = ContextVar("last event", default=None)
_lock = threading.Lock()


def apply() -> None:
    """Replace the function through which every event is added."""
    from ministack.services import stepfunctions

    replace(stepfunctions, "_add_event", "b1db143ccd21", _add_event)


def _add_event(
    execution: dict[str, Any], event_type: str, details: dict[str, Any] | None = None
) -> dict[str, Any]:
    begun = execution["events"][:1]
    for kind, told in as_on_aws(event_type, details or {}):
        event = _append(execution, kind, told)
        if state_machine_role.is_given_up():
            continue
        if event["id"] == 2 and begun[0]["type"] == "ExecutionStarted":
            # ministack adds it elsewhere.
            log_delivery.deliver(execution, begun[0])
        log_delivery.deliver(execution, event)
    return event


def _append(execution: dict[str, Any], event_type: str, details: dict[str, Any]) -> dict[str, Any]:
    from ministack.services import stepfunctions as sfn

    name, last = execution["executionArn"], _last.get()
    with _lock:
        events = execution["events"]
        if state_machine_role.is_given_up():
            # The Parallel went on without this branch; where it would stand nobody looks.
            events = list(events)
        for first in events[:1]:
            first.setdefault("previousEventId", 0)
        # An execution that was read back, or is ended by another thread, goes on from its end.
        before = last[1] if last and last[0] == name and last[1] <= len(events) else len(events)
        event = {
            "id": len(events) + 1,
            "previousEventId": before,
            "type": event_type,
            "timestamp": sfn.now_iso(),
            **details,
        }
        events.append(event)
    _last.set((name, event["id"]))
    return event
