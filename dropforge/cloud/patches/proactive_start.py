"""A function's first process starts once its stack is there, not with the first invocation.

Lambda does so as well: it "initializes some environments proactively" (Lambda
developer guide, "Lambda execution environment lifecycle"). Here it is the
imports of polars and scikit-learn that a first run need not wait for.
"""

import contextvars
import logging
import threading
from typing import Any

from dropforge.cloud.patches import checkpoint
from dropforge.cloud.patches.registry import check

logger = logging.getLogger("dropforge.cloud")


def apply() -> None:
    """Start processes at each end of a stack operation."""
    from ministack.core import lambda_runtime

    check(lambda_runtime, "ensure_spawned", "3ec033855435")
    checkpoint.ended.append(_start)


def _start() -> None:
    # Account and region of the stack go with the thread.
    context = contextvars.copy_context()
    threading.Thread(
        target=context.run, args=(_start_each,), daemon=True, name="proactive-start"
    ).start()


def _start_each() -> None:
    """Start one process a function, one after another: the first run needs a core as well.

    Those of little memory come first, since they import little.
    """
    from ministack.services import lambda_svc

    functions = list(lambda_svc._functions.values())
    for function in sorted(functions, key=lambda each: each["config"].get("MemorySize", 128)):
        try:
            _start_one(function)
        except Exception as error:  # noqa: BLE001 - the first invocation tells what is wrong
            logger.info("%s was not started: %s", function["config"]["FunctionName"], error)


def _start_one(function: dict[str, Any]) -> None:
    from ministack.core import lambda_runtime

    config, code = function["config"], function.get("code_zip")
    name, qualifier = config["FunctionName"], config.get("Version", "$LATEST")
    key = lambda_runtime._worker_key(name, config, qualifier)
    if not code or lambda_runtime._workers.get(key):
        return
    worker, _ = lambda_runtime.acquire_worker(name, config, code, qualifier=qualifier)
    try:
        lambda_runtime.ensure_spawned(worker)
    finally:
        lambda_runtime.release_worker(worker)
