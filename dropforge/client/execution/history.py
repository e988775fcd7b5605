"""Reads an execution's history as the states that it visited.

Event types: Step Functions API, HistoryEvent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

_ENDINGS = {
    "ExecutionSucceeded": "SUCCEEDED",
    "ExecutionFailed": "FAILED",
    "ExecutionAborted": "ABORTED",
    "ExecutionTimedOut": "TIMED_OUT",
}
_PAGE = 100

Event = Mapping[str, Any]


@dataclass
class Visit:
    """One visit of one state.

    Parameters
    ----------
    kind : Task, Map, Parallel, Choice, Pass, Wait, Succeed or Fail.
    left : None while the execution is in it.
    error : name of the error that the last attempt ended with.
    attempts : how often its task was started.
    map_run_arn : of a Distributed Map.
    items : how many of its items are done, and how many there are.
    """

    name: str
    kind: str
    entered: datetime
    left: datetime | None = None
    error: str | None = None
    attempts: int = 0
    map_run_arn: str | None = None
    items: tuple[int, int] | None = None

    @property
    def seconds(self) -> float | None:
        """How long it took, in seconds."""
        return None if self.left is None else (self.left - self.entered).total_seconds()


@dataclass
class Timeline:
    """What is known of an execution.

    Parameters
    ----------
    status : RUNNING until it ended; None if it has not begun.
    error, cause : why it failed, as the execution itself says.
    failures : when and why attempts of its tasks failed.
    note : what is seen of a run that has not begun, in words.
    """

    visits: list[Visit] = field(default_factory=list)
    status: str | None = None
    started: datetime | None = None
    ended: datetime | None = None
    error: str | None = None
    cause: str | None = None
    seen: int = 0
    failures: list[tuple[datetime, str]] = field(default_factory=list)
    note: str | None = None
    _owners: dict[int, Visit] = field(default_factory=dict, repr=False)

    @property
    def is_over(self) -> bool:
        """Whether the execution has ended."""
        return self.ended is not None

    @property
    def current(self) -> Visit | None:
        """The state that the execution is in, None if in none."""
        return next((visit for visit in reversed(self.visits) if visit.left is None), None)

    def add(self, events: Iterable[Event]) -> None:
        """Take events in, in the order of their ids; those seen before are passed over."""
        for event in events:
            if event["id"] > self.seen:
                self.seen = event["id"]
                self._take(event["type"], event)

    def seconds(self) -> dict[str, float]:
        """Return the seconds in total and by state; of visits to the same state, their sum."""
        by_state: dict[str, float] = {}
        for visit in self.visits:
            if visit.seconds is not None:
                by_state[visit.name] = by_state.get(visit.name, 0.0) + visit.seconds
        total = (self.ended - self.started).total_seconds() if self.ended and self.started else None
        rounded = {name: round(value, 3) for name, value in by_state.items()}
        return rounded if total is None else {"total": round(total, 3), **rounded}

    def _take(self, kind: str, event: Event) -> None:
        time = event["timestamp"]
        # Branches of a Parallel are told apart by the event that came before.
        owner = self._owners.get(event.get("previousEventId", 0)) or self.current
        if kind == "ExecutionStarted":
            self.status, self.started = "RUNNING", time
        elif kind in _ENDINGS:
            self._close(time, _ENDINGS[kind])
            details = _details(kind, event)
            self.error, self.cause = details.get("error"), details.get("cause")
        elif kind.endswith("StateEntered"):
            name = event["stateEnteredEventDetails"]["name"]
            owner = Visit(name, kind.removesuffix("StateEntered"), time)
            self.visits.append(owner)
        elif kind.endswith("StateExited"):
            self._leave(event["stateExitedEventDetails"]["name"], time)
        elif owner:
            _note(owner, kind, event)
            if kind.endswith(("Failed", "TimedOut")):
                self.failures.append((time, _details(kind, event).get("cause") or ""))
        if owner:
            self._owners[event["id"]] = owner

    def _leave(self, name: str, time: datetime) -> None:
        for visit in reversed(self.visits):
            if visit.name == name and visit.left is None:
                visit.left = time
                return

    def _close(self, time: datetime, status: str) -> None:
        self.status, self.ended = status, time
        for visit in self.visits:
            if visit.left is None:
                visit.left = time
                visit.error = visit.error or (None if status == "SUCCEEDED" else status)


def _note(visit: Visit, kind: str, event: Event) -> None:
    if kind == "MapRunStarted":
        visit.map_run_arn = event["mapRunStartedEventDetails"]["mapRunArn"]
    elif kind.endswith("Scheduled") and visit.kind == "Task":
        visit.attempts, visit.error = visit.attempts + 1, None
    elif kind.endswith(("Failed", "TimedOut", "Aborted")):
        visit.error = _details(kind, event).get("error") or kind


def _details(kind: str, event: Event) -> Event:
    details: Event = event.get(f"{kind[0].lower()}{kind[1:]}EventDetails", {})
    return details


def update(timeline: Timeline, sfn: Any, execution_arn: str) -> bool:
    """Fetch the events that are new; False if there is no such execution yet.

    The newest come first, and reading stops at those known, so that a long
    history is not read again at each call.
    """
    fresh: list[Event] = []
    query = {
        "executionArn": execution_arn,
        "reverseOrder": True,
        "maxResults": _PAGE,
        # What states are given and return is most of a history, and no part of a timeline.
        "includeExecutionData": False,
    }
    try:
        while True:
            answer = sfn.get_execution_history(**query)
            new = [event for event in answer["events"] if event["id"] > timeline.seen]
            fresh += new
            if len(new) < len(answer["events"]) or "nextToken" not in answer:
                break
            query["nextToken"] = answer["nextToken"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ExecutionDoesNotExist":
            return False
        raise
    timeline.add(reversed(fresh))
    return True


def count_items(timeline: Timeline, sfn: Any) -> None:
    """Note how far the Distributed Map is that the execution is in, if it is in one.

    Its children are executions of their own; one call counts them all.
    """
    visit = timeline.current
    if visit is None or visit.map_run_arn is None:
        return
    try:
        counts = sfn.describe_map_run(mapRunArn=visit.map_run_arn)["itemCounts"]
    except ClientError as error:
        # Who may follow an execution need not be allowed to look into its Map Runs.
        if error.response["Error"]["Code"] != "AccessDeniedException":
            raise
        return
    visit.items = (counts["succeeded"], counts["total"])
