"""A Lambda worker reports errors as Lambda does; see worker_script for each difference.

ministack names every error Runtime.HandlerError, ends the process at each, and
takes any JSON line on standard output for the answer.
"""

import json
import queue
from pathlib import Path
from typing import Any

from dropforge.cloud.patches.functions.worker_script import END_OF_LOG, ERROR
from dropforge.cloud.patches.replacing import replace

_LOG_SECONDS = 1.0
_PAYLOAD_BYTES = 6_291_556
# ministack's words for a process that ended in the middle of a call.
_DIED = "Worker process died"


def apply() -> None:
    """Swap the worker's script, and translate the errors that it reports."""
    from ministack.core import lambda_runtime
    from ministack.services import lambda_svc

    script = Path(__file__).with_name("worker_script.py").read_text(encoding="utf-8")
    replace(lambda_runtime, "_PYTHON_WORKER_SCRIPT", "368800addf4d", script)
    original = lambda_svc._execute_function_warm
    wait_for_silence = lambda_runtime.Worker._drain_stderr_bounded

    def drain(worker: Any, *waits: float, **named: float) -> Any:
        if str(worker.config.get("Runtime", "")).startswith("python"):
            return _log_of(worker)
        return wait_for_silence(worker, *waits, **named)

    def execute(func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        result: dict[str, Any] = original(func, event, request_id)
        body = result.get("body")
        if len(json.dumps(body, ensure_ascii=False).encode()) > _PAYLOAD_BYTES:
            text = (
                f"Response payload size exceeded maximum allowed payload size ({_PAYLOAD_BYTES} "
                "bytes)."
            )
            kind = "Function.ResponseSizeTooLarge"
            return result | {"body": {"errorMessage": text, "errorType": kind}, "error": True}
        if isinstance(body, dict) and set(body) == {ERROR}:
            return result | {"body": body[ERROR], "error": True}
        if result.get("error") and isinstance(body, dict) and body.get("errorMessage") == _DIED:
            text = f"RequestId: {request_id} Error: Runtime exited without providing a reason"
            return result | {"body": {"errorMessage": text, "errorType": "Runtime.ExitError"}}
        return result

    replace(lambda_runtime.Worker, "_drain_stderr_bounded", "3fd7cc742872", drain)
    replace(lambda_svc, "_execute_function_warm", "62b9218bef5b", execute)


def _log_of(worker: Any) -> str:
    """Return what the handler printed, up to the mark behind it."""
    lines: list[str] = []
    try:
        while (line := worker._stderr_queue.get(timeout=_LOG_SECONDS)) != END_OF_LOG:
            lines.append(line)
    except queue.Empty:
        pass  # the process died before it could set the mark
    if lines and not lines[-1]:
        lines.pop()
    return "\n".join(lines)
