"""New code or settings leave alone the invocations that run: their process ends with them.

Lambda goes on with what it began with (Lambda developer guide, "Lambda function
states"). ministack ends all processes of the function, with whatever runs in them.
"""

import threading
from typing import Any

from dropforge.cloud.patches.replacing import replace


def apply() -> None:
    """Let a process that is in use end when its invocation has; to be applied after worker_pool."""
    from ministack.core import lambda_runtime
    from ministack.services import lambda_svc

    acquire, release = lambda_runtime.acquire_worker, lambda_runtime.release_worker
    outdated: set[Any] = set()
    held = threading.local()

    def acquire_worker(*arguments: Any, **named: Any) -> Any:
        held.worker, reason = acquire(*arguments, **named)
        return held.worker, reason

    def invalidate_worker(
        name: str,
        qualifier: str | None = None,
        account: str | None = None,
        region: str | None = None,
    ) -> None:
        wanted = (account, region, name, qualifier)
        # The worker of this very thread has broken down: nobody will release it.
        broken, held.worker = getattr(held, "worker", None), None
        with lambda_runtime._lock:
            found = [
                worker
                for key in list(lambda_runtime._workers)
                if _fits(key, wanted)
                for worker in lambda_runtime._workers.pop(key)
            ]
            busy = {worker for worker in found if worker.in_use and worker is not broken}
            outdated.update(busy)
        lambda_runtime.kill_workers([worker for worker in found if worker not in busy])

    def release_worker(worker: Any) -> None:
        held.worker = None
        release(worker)
        if worker in outdated:
            outdated.discard(worker)
            lambda_runtime.kill_workers([worker])

    replace(lambda_runtime, "invalidate_worker", "1be5d7f769f5", invalidate_worker)
    # Imported there by name.
    lambda_svc.invalidate_worker = invalidate_worker
    for module in (lambda_runtime, lambda_svc):
        module.acquire_worker, module.release_worker = acquire_worker, release_worker


def _fits(key: str, wanted: tuple[str | None, ...]) -> bool:
    """Whether a key, `account:region:function:qualifier`, has what is wanted of it."""
    parts = zip(wanted, key.split(":"), strict=True)
    return all(part in (None, found) for part, found in parts)
