"""An execution that a killed cloud left running ends, and whoever waits hears of it.

ministack marks it as failed when it starts again, without history and without
the event that a notification follows from. Here the event is sent a moment
after the start, or at the cloud's end if that comes first, and the execution
is marked, in what is saved too, until the functions that hear of it have ended.
A cloud that is killed meanwhile leaves that to the next, so an event may come
twice, as EventBridge's may.
"""

import asyncio
import functools
import threading
from typing import Any

from dropforge.cloud.patches import event_delivery
from dropforge.cloud.patches.registry import replace

_CAUSE = "The local cloud ended while the execution ran."
# Rules and functions must have been restored, and the server must answer.
_SECONDS = 1.0
# How long an end waits for the functions; lifecycle.down kills after 20 s.
_DELIVERY_SECONDS = 10.0
_UNTOLD = "_untold"
_due = threading.Event()
_tellers: list[threading.Thread] = []


def apply() -> None:
    """Finish such executions properly, and tell of them a moment after the start."""
    from ministack.services import stepfunctions as states

    restore = states._restore_state

    def restore_state(data: dict[str, Any]) -> None:
        left = [
            key
            for key, execution in data.get("executions", states._executions)._data.items()
            if execution.get("status") == "RUNNING"
        ]
        restore(data)
        executions = states._executions._data
        for key in left:
            _finish(executions[key])
        untold = [key for key, execution in executions.items() if execution.get(_UNTOLD)]
        if untold:
            _tellers.append(threading.Thread(target=_tell, args=(untold,), daemon=True))
            _tellers[-1].start()

    replace(states, "_restore_state", "b94c49c3dd97", restore_state)


async def finish_telling() -> None:
    """Send at once what is still to be told, and wait until it was heard."""
    _due.set()
    for teller in _tellers:
        await asyncio.to_thread(teller.join, _DELIVERY_SECONDS)


def _finish(execution: dict[str, Any]) -> None:
    from ministack.services import stepfunctions as states

    # Children of a Distributed Map are told of by their parent.
    if execution.get("mapRunArn"):
        return
    execution["cause"] = _CAUSE
    details = {"error": execution["error"], "cause": _CAUSE}
    states._add_event(execution, "ExecutionFailed", {"executionFailedEventDetails": details})
    execution[_UNTOLD] = True


def _tell(untold: list[tuple[str, str, str]]) -> None:
    from ministack.core import responses
    from ministack.services import stepfunctions as states

    _due.wait(_SECONDS)
    under_way = []
    for account, region, arn in untold:
        responses._request_account_id.set(account)
        responses._request_region.set(region)
        execution = states._executions.get(arn)
        if execution is not None:
            emit = functools.partial(states._emit_execution_status_event, execution)
            under_way.append((execution, event_delivery.deliveries_of(emit)))
    for execution, deliveries in under_way:
        for delivery in deliveries:
            delivery.join()
        del execution[_UNTOLD]
