"""EventBridge invokes a function asynchronously: retries, OnFailure, dead letters.

ministack calls the function once and forgets what came of it. On AWS the event
is queued at Lambda, which retries twice and then sends it on (Lambda developer
guide, "Asynchronous invocation"); a target that does not exist loses the event
to the target's own dead-letter queue (EventBridge user guide, "Event retry
policy and using dead-letter queues").
"""

import contextvars
import json
import logging
import threading
from collections.abc import Callable
from typing import Any

from dropforge.cloud.patches.registry import changed, replace

logger = logging.getLogger("dropforge.cloud")

_START = "threading.Thread(target=ctx_snapshot.run, args=(_run,), daemon=True)"
_deliveries: contextvars.ContextVar[list[threading.Thread] | None] = contextvars.ContextVar(
    "dropforge_deliveries", default=None
)


def apply() -> None:
    """Hand events to Lambda's queue, and undeliverable ones to the target's."""
    from ministack.services import eventbridge, lambda_svc

    invoke_target = eventbridge._invoke_target
    queue = changed(
        lambda_svc,
        "invoke_async_with_retry",
        "289fe4d3cbd4",
        f"{_START}.start()",
        f"thread = {_START}; thread.start(); return thread",
    )

    def dispatch(arn: str, payload: str) -> None:
        function, config, name = lambda_svc._get_func_record_for_ref(arn)
        if not function or not config:
            raise LookupError(f"function {name} does not exist")
        record = lambda_svc._execution_record_for_config(function, config)
        thread = queue(record, json.loads(payload))
        deliveries = _deliveries.get()
        if deliveries is not None:
            deliveries.append(thread)

    def invoke(target: dict[str, Any], event: Any, rule: Any, view: Any = None) -> None:
        arn = target.get("Arn", "")
        if ":lambda:" in arn and not lambda_svc._get_func_record_for_ref(arn)[0]:
            _bury(target, event, view)
            return
        invoke_target(target, event, rule, view)

    replace(eventbridge, "_dispatch_to_lambda", "1f95adbaed3a", dispatch)
    replace(eventbridge, "_invoke_target", "550e304af080", invoke)


def deliveries_of(send: Callable[[], None]) -> list[threading.Thread]:
    """Send events, and return what delivers them to functions: each ends with the last retry."""
    deliveries: list[threading.Thread] = []
    token = _deliveries.set(deliveries)
    try:
        send()
    finally:
        _deliveries.reset(token)
    return deliveries


def _bury(target: dict[str, Any], event: Any, view: Any) -> None:
    """Send an event that no function takes to the target's dead-letter queue."""
    from ministack.core.arn import parse_arn
    from ministack.services import eventbridge

    queue = (target.get("DeadLetterConfig") or {}).get("Arn")
    if not queue:
        logger.warning("event for %s is lost: no such function", target.get("Arn"))
        return
    seen = view or eventbridge._pattern_event_view(event)
    eventbridge._dispatch_to_sqs(parse_arn(queue), json.dumps(seen.event_with_detail()), {})
