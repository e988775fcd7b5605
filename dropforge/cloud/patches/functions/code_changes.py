"""New code or settings leave alone the invocations that run: their process ends with them.

Lambda goes on with what it began with (Lambda developer guide, "Lambda function
states"). ministack ends all processes of the function, with whatever runs in them.
"""

import threading
from types import ModuleType
from typing import Any

from dropforge.cloud.patches.replacing import replace


def apply() -> None:
    """Let a process that is in use end when its invocation has; to be applied after worker_pool."""
    from ministack.core import lambda_runtime
    from ministack.services import lambda_svc

    workers = _Workers(lambda_runtime)
    replace(lambda_runtime, "invalidate_worker", "1be5d7f769f5", workers.invalidate)
    # Imported there by name.
    lambda_svc.invalidate_worker = workers.invalidate
    for module in (lambda_runtime, lambda_svc):
        module.acquire_worker, module.release_worker = workers.acquire, workers.release


class _Workers:
    """ministack's processes of functions, and which of them have old code and are in use."""

    def __init__(self, runtime: ModuleType) -> None:
        self._runtime = runtime
        self._acquire, self._release = runtime.acquire_worker, runtime.release_worker
        self._outdated: set[Any] = set()
        self._held = threading.local()

    def acquire(self, *arguments: Any, **named: Any) -> Any:
        """Take a worker for an invocation in this thread."""
        self._held.worker, reason = self._acquire(*arguments, **named)
        return self._held.worker, reason

    def release(self, worker: Any) -> None:
        """Give a worker back; it ends if its code is old."""
        self._held.worker = None
        self._release(worker)
        if worker in self._outdated:
            self._outdated.discard(worker)
            self._runtime.kill_workers([worker])

    def invalidate(
        self,
        name: str,
        qualifier: str | None = None,
        account: str | None = None,
        region: str | None = None,
    ) -> None:
        """Let no later invocation have the workers of a function, and end those that idle."""
        # The worker of this very thread has broken down: nobody will release it.
        broken, self._held.worker = getattr(self._held, "worker", None), None
        pool = self._runtime._workers
        with self._runtime._lock:
            keys = [key for key in pool if _fits(key, (account, region, name, qualifier))]
            found = [worker for key in keys for worker in pool.pop(key)]
            busy = {worker for worker in found if worker.in_use and worker is not broken}
            self._outdated |= busy
        self._runtime.kill_workers([worker for worker in found if worker not in busy])


def _fits(key: str, wanted: tuple[str | None, ...]) -> bool:
    """Whether a key, `account:region:function:qualifier`, has what is wanted of it."""
    parts = zip(wanted, key.split(":"), strict=True)
    return all(part in (None, found) for part, found in parts)
