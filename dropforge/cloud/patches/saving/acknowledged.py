"""A change is saved before its caller has an answer.

ministack's services keep their state in memory, and a checkpoint writes it every
two seconds. What the application runs on (objects, executions, events, SageMaker)
is written at once, elsewhere. All else changes seldom, by a call of a person or a
tool, and is written here before the call is answered: a parameter, a rule, a
message in a queue. Not so log lines, metrics, traces and sessions, of which the
last two seconds may be lost.
"""

import asyncio
import json
import logging
import re
from typing import Any

from dropforge.cloud.patches.replacing import replace
from dropforge.cloud.patches.saving import checkpoint

logger = logging.getLogger("dropforge.cloud")

# These write what they are told themselves, or nothing that would be missed.
_ELSEWHERE = {"cloudformation", "logs", "monitoring", "sagemaker", "sts", "xray"}
_READS = re.compile(
    r"(Batch)?(Get|List|Describe|Head|Query|Scan|Select|Search|Lookup|Test|Simulate|Validate|"
    r"Receive|StartExecution|PutEvents|Invoke|ChangeMessageVisibility)"
)


def apply() -> None:
    """Save after each call that may have changed something."""
    from ministack import app
    from ministack.core.router import detect_service

    dispatch = app._dispatch_service_request

    async def dispatch_and_save(
        method: str, path: str, headers: dict[str, str], body: bytes, query: Any, *rest: Any
    ) -> Any:
        answer = await dispatch(method, path, headers, body, query, *rest)
        if method in ("GET", "HEAD") or answer[0] >= 400:
            return answer
        params = app._routing_params(method, path, headers, body, query)
        service = detect_service(method, path, headers, params)
        if service in _ELSEWHERE or not _changes(service, path, headers, params):
            return answer
        try:
            await asyncio.to_thread(save_now, *_state_keys(service))
        except OSError as error:
            logger.error("the answer of %s is withheld, its state is not saved: %s", service, error)
            text = json.dumps({"__type": "InternalError", "message": f"not saved: {error}"})
            return 500, {"Content-Type": "application/json"}, text.encode()
        return answer

    replace(app, "_dispatch_service_request", "17e5ef6dcfa0", dispatch_and_save)


def save_now(*services: str) -> None:
    """Write the state of services if it differs from what was written.

    Raises
    ------
    OSError
        It could not be written.
    """
    checkpoint.save(services)


def _state_keys(service: str) -> tuple[str, ...]:
    """Return the names under which the state that a call to a service changes is kept."""
    from ministack import app

    config = app.SERVICE_REGISTRY.get(service)
    if config is None:
        return ()
    own = str(config.get("state_key", config["module"]))
    # What is published lies in the queues of those who subscribed.
    return (own, "sqs") if service == "sns" else (own,)


def _changes(service: str, path: str, headers: dict[str, str], params: Any) -> bool:
    if service == "s3":
        # Objects are files at once; a bucket's own settings are not.
        return "/" not in path.strip("/")
    if service == "lambda":
        return not path.endswith("/invocations")
    action = headers.get("x-amz-target", "").rpartition(".")[2] or _first(params.get("Action"))
    return not (action and _READS.match(action))


def _first(value: Any) -> str:
    return str(value[0] if isinstance(value, list) and value else value or "")
