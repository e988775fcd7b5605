"""An execution's start and end are written before anyone hears of them.

ministack keeps executions in memory until its clean end, and tells of an end
first. Here the record goes into the journal in one transaction with the events
that tell of it: after a kill an execution either runs, or has ended and is told
of. One that ran then has failed when the cloud is up again, and is told of once;
one that still waited for its turn begins.

Children of a Distributed Map and the Map Run are written with their parent's
end, or by the next checkpoint. Records are deleted 90 days after the end, as on
AWS (Step Functions API, StartExecution, name).
"""

import contextvars
import json
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from dropforge.cloud.journal import JournalError, journal
from dropforge.cloud.patches import loading
from dropforge.cloud.patches.replacing import check, replace

logger = logging.getLogger("dropforge.cloud")

Key = tuple[str, str, str]

EXECUTION, MAP_RUN = "execution", "map run"
_CAUSE = "The local cloud ended while the execution ran."
_ERROR = "States.ServiceRestart"
_KEPT = timedelta(days=90)
_BEGUN = "_begun"
_RETRY_SECONDS = 1.0
_STORES = ("executions", "map_runs")
"""Names under which ministack's own state holds these records."""
# Keys of the records that are written as they ended, which they stay.
_ended: dict[str, set[Key]] = {EXECUTION: set(), MAP_RUN: set()}


class StoredEvents(Sequence[Any]):
    """The history of an execution that has ended, read from its row when it is asked for.

    A hundred kilobytes each, it would be most of the memory of a cloud with many runs.
    """

    def __init__(self, kind: str, key: Key) -> None:
        self._kind, self._key = kind, key

    def _all(self) -> list[Any]:
        row = journal().get(self._kind, _text(self._key))
        return [] if row is None else list(json.loads(row)["events"])

    def __getitem__(self, index: Any) -> Any:
        return self._all()[index]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def append(self, _event: Any) -> None:
        """Leave out what a task still says after its execution was stopped."""


def apply() -> None:
    """Write records where ministack tells of them, and read them back at the start."""
    from ministack.core.responses import error_response_json
    from ministack.services import stepfunctions as states

    check(states, "_restore_state", "b94c49c3dd97")
    emit, start, get_state = (
        states._emit_execution_status_event,
        states._start_execution,
        states.get_state,
    )

    def emit_status(execution: dict[str, Any]) -> None:
        if execution["status"] == "RUNNING":
            _tell(emit, execution)
            return
        while True:
            try:
                _tell(emit, execution)
            except JournalError as error:
                # What cannot be written must not be told; a full disk may have room again.
                logger.error("the end of %s waits: %s", execution["name"], error)
                time.sleep(_RETRY_SECONDS)
            else:
                return

    def start_execution(data: dict[str, Any]) -> Any:
        try:
            return start(data)
        except JournalError as error:
            return error_response_json("InternalServerError", f"not started: {error}", 500)

    def remaining_state() -> dict[str, Any]:
        state: dict[str, Any] = get_state()
        return {key: value for key, value in state.items() if key not in _STORES}

    replace(states, "get_state", "7d1a3261edd6", remaining_state)
    replace(states, "_emit_execution_status_event", "9c89e45693e3", emit_status)
    states._start_execution = start_execution
    loading.afterwards(_restore)


def begin(arn: str) -> None:
    """Note that an execution enters its first state: an end of the cloud now fails it."""
    from ministack.services import stepfunctions as states

    execution = states._executions.get(arn)
    if execution is None or execution["status"] != "RUNNING":
        return
    execution[_BEGUN] = True
    while True:
        try:
            _put(EXECUTION, states._executions._scoped(arn), execution)
        except JournalError as error:
            logger.error("the beginning of %s waits: %s", execution["name"], error)
            time.sleep(_RETRY_SECONDS)
        else:
            return


def running() -> int:
    """Count the executions that have not ended, whether they have a turn or wait for it."""
    from ministack.services import stepfunctions as states

    records = list(states._executions._data.values())
    return sum(each["status"] == "RUNNING" and "mapRunArn" not in each for each in records)


def save_ended() -> None:
    """Write the ended executions and Map Runs that are not written yet, and forget deleted ones."""
    with journal().transaction():
        for kind, records in _records().items():
            for key, record in list(records.items()):
                if key not in _ended[kind] and record["status"] != "RUNNING":
                    _put(kind, key, record)
            for key in _ended[kind] - set(records):
                journal().delete(kind, _text(key))
                journal().after_commit(partial(_ended[kind].discard, key))


def _tell(emit: Any, execution: dict[str, Any]) -> None:
    from ministack.services import stepfunctions as states

    key = states._executions._scoped(execution["executionArn"])
    try:
        with journal().transaction():
            if execution["status"] == "RUNNING":
                _put(EXECUTION, key, execution)
            else:
                save_ended()
            emit(execution)
    except JournalError:
        if execution["status"] == "RUNNING":
            # Nobody was told of it, so it never was.
            states._executions._data.pop(key, None)
        raise


def _put(kind: str, key: Key, record: dict[str, Any]) -> None:
    journal().put(kind, _text(key), json.dumps(record))
    if record["status"] != "RUNNING":
        journal().after_commit(partial(_keep, kind, key, record))


def _keep(kind: str, key: Key, record: dict[str, Any]) -> None:
    """Note that a record is written as it ended, and let go of its history."""
    _ended[kind].add(key)
    if "events" in record:
        record["events"] = StoredEvents(kind, key)


def _restore() -> None:
    """Take back what was written; what ran then ends, and is told of."""
    from ministack.core import responses
    from ministack.services import stepfunctions as states

    oldest = datetime.now(UTC) - _KEPT
    left: list[tuple[Key, dict[str, Any]]] = []
    with journal().transaction():
        for kind, records in _records().items():
            for text, value in journal().rows(kind):
                record = json.loads(value)
                if _is_older(record, oldest):
                    journal().delete(kind, text)
                    continue
                account, region, arn = json.loads(text)
                key = (account, region, arn)
                records[key] = record
                if record["status"] == "RUNNING":
                    left.append((key, record))
                else:
                    _keep(kind, key, record)
        for (account, region, arn), record in sorted(left, key=lambda item: item[1]["startDate"]):
            responses._request_account_id.set(account)
            responses._request_region.set(region)
            if _can_begin(record):
                context = contextvars.copy_context()
                start = partial(context.run, states._run_execution, arn)
                threading.Thread(target=start, daemon=True).start()
                continue
            record.update(status="FAILED", stopDate=responses.now_iso())
            if "executionArn" in record and "mapRunArn" not in record:
                record.update(error=_ERROR, cause=_CAUSE)
                details = {"error": _ERROR, "cause": _CAUSE}
                failed = {"executionFailedEventDetails": details}
                states._add_event(record, "ExecutionFailed", failed)
                states._emit_execution_status_event(record)
        save_ended()


def _can_begin(record: dict[str, Any]) -> bool:
    """Whether an execution that was running had not entered a state, and nobody waits for it."""
    is_own = "executionArn" in record and "mapRunArn" not in record
    return is_own and not record.get(_BEGUN) and not record.get("sync")


def _is_older(record: dict[str, Any], oldest: datetime) -> bool:
    stopped = str(record.get("stopDate") or "")
    return bool(stopped) and datetime.fromisoformat(stopped) < oldest


def _records() -> dict[str, dict[Key, dict[str, Any]]]:
    from ministack.services import stepfunctions as states

    return {EXECUTION: states._executions._data, MAP_RUN: states._map_runs._data}


def _text(key: Key) -> str:
    return json.dumps(key)
