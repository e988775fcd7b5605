"""An execution that a killed cloud left running ends, and whoever waits hears of it.

ministack marks it as failed when it starts again, without history and without
the event that a notification follows from.
"""

import threading
from typing import Any

from dropforge.cloud.patches.registry import replace

_CAUSE = "The local cloud ended while the execution ran."
# Rules and functions must have been restored, and the server must answer.
_SECONDS = 1.0


def apply() -> None:
    """Finish such executions properly, a moment after the start."""
    from ministack.services import stepfunctions as states

    restore = states._restore_state

    def restore_state(data: dict[str, Any]) -> None:
        left = [
            key
            for key, execution in data.get("executions", states._executions)._data.items()
            if execution.get("status") == "RUNNING"
        ]
        restore(data)
        if left:
            timer = threading.Timer(_SECONDS, _finish, (left,))
            timer.daemon = True
            timer.start()

    replace(states, "_restore_state", "b94c49c3dd97", restore_state)


def _finish(left: list[tuple[str, str, str]]) -> None:
    from ministack.core import responses
    from ministack.services import stepfunctions as states

    for account, region, arn in left:
        responses._request_account_id.set(account)
        responses._request_region.set(region)
        execution = states._executions.get(arn)
        # Children of a Distributed Map are told of by their parent.
        if execution is None or execution.get("mapRunArn"):
            continue
        execution["cause"] = _CAUSE
        details = {"error": execution["error"], "cause": _CAUSE}
        states._add_event(execution, "ExecutionFailed", {"executionFailedEventDetails": details})
        states._emit_execution_status_event(execution)
