"""Finds in an execution's history the step that failed.

Source: Step Functions API, GetExecutionHistory and HistoryEvent. Branches of a Parallel are told
apart by previousEventId.
"""

from collections.abc import Iterable, Mapping
from typing import Any

Event = Mapping[str, Any]

# What the state machine's Fail states call errors that the history has by other names.
_CALLED = {
    "StepTimedOut": "States.Timeout",
    "JobStopped": "States.TaskFailed",
    "TrainingOutOfTime": "States.TaskFailed",
}
_UNUSABLE = "States.Runtime"
_ENTERED = "StateEntered"
_WORK = (f"Task{_ENTERED}", f"Map{_ENTERED}")


def failed_step(events: Iterable[Event], error: str | None) -> str | None:
    """Name the state in which an execution failed, or which it was in when it was stopped.

    Parameters
    ----------
    events : in any order.
    error : that the execution ended with. A later failure of another name, such as that of a
        state which tidies up, was none of the execution.
    """
    newest = sorted(events, key=lambda event: -event["id"])
    if error == _UNUSABLE:
        return _between(newest)
    by_id = {event["id"]: event for event in newest}
    wanted = (_CALLED.get(error or "", error), None)
    for event in newest if error else ():
        if _is_failure(event) and _error(event) in wanted and (name := _owner(event, by_id)):
            return name
    return next((_name(event) for event in newest if event["type"] in _WORK), None)


def _between(newest: list[Event]) -> str | None:
    """Name a state that could not use what it was given, and the one that gave it."""
    entered = [event for event in newest if event["type"].endswith(_ENTERED)]
    if not entered:
        return None
    giver = next((event for event in entered[1:] if event["type"] in _WORK), None)
    return f"{_name(entered[0])} (after {_name(giver)})" if giver else _name(entered[0])


def _is_failure(event: Event) -> bool:
    kind = event["type"]
    return kind.endswith(("Failed", "TimedOut")) and not kind.startswith("Execution")


def _error(event: Event) -> str | None:
    kind: str = event["type"]
    error: str | None = event.get(f"{kind[0].lower()}{kind[1:]}EventDetails", {}).get("error")
    return error


def _owner(event: Event, by_id: Mapping[int, Event]) -> str | None:
    """Name the state that an event belongs to, if it is one that works."""
    before: Event | None = event
    while before is not None and not before["type"].endswith(_ENTERED):
        number = before.get("previousEventId", 0)
        before = by_id.get(number) if number < before["id"] else None
    return _name(before) if before is not None and before["type"] in _WORK else None


def _name(event: Event) -> str:
    return str(event["stateEnteredEventDetails"]["name"])
