"""The functions that an execution will call start while its first states run.

A worker process takes a third of a second of a processor to start, and the states of a run ask
for one after the other: on a laptop a first run would wait for each. AWS starts an environment
when it is first asked for, on a machine of its own.
"""

import contextvars
import logging
import re
import threading
from collections import Counter
from typing import Any

logger = logging.getLogger(__name__)

_LATEST = "$LATEST"
# Without a version or an alias, which has workers of its own.
_FUNCTION = re.compile(r'arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:([A-Za-z0-9_-]+)(?=")')
_one_at_a_time = threading.Lock()


def warm_up(arn: str) -> None:
    """Begin to start a worker of each function that an execution's definition names."""
    from ministack.services import stepfunctions as states

    execution = states._executions.get(arn) or {}
    machine = states._state_machines.get(execution.get("stateMachineArn")) or {}
    names = functions_of(str(machine.get("definition", "")))
    if names:
        context = contextvars.copy_context()
        threading.Thread(
            target=context.run, args=(start, names), daemon=True, name="warm-up"
        ).start()


def functions_of(definition: str) -> list[str]:
    """Return the names of the functions that states call, those of most states first."""
    return [name for name, _ in Counter(_FUNCTION.findall(definition)).most_common()]


def start(names: list[str]) -> None:
    """Start a worker of each function that has none, unless others are just being started."""
    if not _one_at_a_time.acquire(blocking=False):
        return
    try:
        for name in names:
            _start_first(name)
    finally:
        _one_at_a_time.release()


def _start_first(name: str) -> None:
    from ministack.core import lambda_runtime
    from ministack.services import lambda_svc

    function: dict[str, Any] = lambda_svc._functions.get(name) or {}
    config, code = function.get("config"), function.get("code_zip")
    if not config or not code:
        return
    if lambda_runtime._workers.get(lambda_runtime._worker_key(name, config, _LATEST)):
        return
    try:
        lambda_runtime.ensure_spawned(lambda_runtime.get_or_create_worker(name, config, code))
    except Exception as error:  # noqa: BLE001 - the call itself will tell what is wrong
        logger.info("%s is not started ahead: %s", name, error)
