"""At most a few worker processes a function, and none that idle for long.

ministack starts one for each concurrent invocation and keeps the first of each
function for ever; a hundred executions at once took 10 GB. AWS has other
machines for them, this one has not: an invocation beyond the limit waits for as
long as it takes. Only a call with a role's temporary credentials may go beyond it,
as a function's own calls have them and it might wait for itself; such a chain
ends after 16 (Lambda developer guide, "Recursive loop detection").
"""

import os
import threading
from typing import Any

from dropforge.cloud.patches.replacing import replace

# Per function. Two cores train and encode at once with this; more only wait for the cores.
LIMIT = max(2, os.cpu_count() or 2)
_NESTED_LIMIT = 16
_TEMPORARY = "ASIA"
_IDLE_SECONDS = 60.0


def apply() -> None:
    """Wait for a free worker where ministack would start one more."""
    from ministack.core import lambda_runtime
    from ministack.services import lambda_svc

    acquire, release = lambda_runtime.acquire_worker, lambda_runtime.release_worker
    freed = threading.Condition()

    def acquire_worker(name: str, config: Any, code: bytes, **named: Any) -> Any:
        nested = (lambda_svc._request_access_key.get() or "").startswith(_TEMPORARY)
        named["max_concurrency"] = _NESTED_LIMIT if nested else LIMIT
        with freed:
            while True:
                worker, reason = acquire(name, config, code, **named)
                if worker is not None:
                    return worker, reason
                freed.wait(1.0)

    def release_worker(worker: Any) -> None:
        release(worker)
        with freed:
            # Of several functions: whoever wakes may want another's worker.
            freed.notify_all()

    replace(lambda_runtime, "acquire_worker", "5017d144adb5", acquire_worker)
    replace(lambda_runtime, "release_worker", "25d5dd7d42b6", release_worker)
    # Imported there by name.
    lambda_svc.acquire_worker = acquire_worker
    lambda_svc.release_worker = release_worker
    lambda_runtime._LOCAL_WORKER_TTL = _IDLE_SECONDS
