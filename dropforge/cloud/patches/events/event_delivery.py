"""EventBridge hands an event to Lambda's queue, and one that no function takes to its target's.

ministack calls the function once and forgets what came of it; invocations has
the queue. A target that does not exist loses the event to the target's own
dead-letter queue (EventBridge user guide, "Event retry policy and using
dead-letter queues"). What one call to PutEvents sends is written as a whole.
"""

import json
import logging
from typing import Any

from dropforge.cloud.journal import journal
from dropforge.cloud.patches.replacing import replace
from dropforge.cloud.patches.saving import acknowledged

logger = logging.getLogger("dropforge.cloud")


def apply() -> None:
    """Hand events to Lambda's queue, and undeliverable ones to the target's."""
    from ministack.services import eventbridge, lambda_svc

    invoke_target, put_events = eventbridge._invoke_target, eventbridge._put_events

    def dispatch(arn: str, payload: str) -> None:
        function, config, name = lambda_svc._get_func_record_for_ref(arn)
        if not function or not config:
            raise LookupError(f"function {name} does not exist")
        record = lambda_svc._execution_record_for_config(function, config)
        lambda_svc.invoke_async_with_retry(record, json.loads(payload))

    def invoke(target: dict[str, Any], event: Any, rule: Any, view: Any = None) -> None:
        arn = target.get("Arn", "")
        if ":lambda:" in arn and not lambda_svc._get_func_record_for_ref(arn)[0]:
            _bury(target, event, view)
            return
        invoke_target(target, event, rule, view)
        if ":sqs:" in arn:
            acknowledged.save_now("sqs")

    def put_whole(data: dict[str, Any], **named: Any) -> Any:
        # An event that cannot be written fails the call, though ministack only logs that.
        with journal().transaction():
            return put_events(data, **named)

    replace(eventbridge, "_dispatch_to_lambda", "1f95adbaed3a", dispatch)
    replace(eventbridge, "_invoke_target", "550e304af080", invoke)
    replace(eventbridge, "_put_events", "ebcda0f38061", put_whole)


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
    acknowledged.save_now("sqs")
