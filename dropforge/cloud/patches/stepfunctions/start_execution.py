"""StartExecution is idempotent: the same name and input return the running execution.

Step Functions API, StartExecution: "If StartExecution is called with the same
name and input as a running execution, the call succeeds and returns the same
response as the original request"; a closed one or another input is
ExecutionAlreadyExists. ministack refuses every second call. An input that is no JSON, or has more
than 256 KiB, is refused (the same page, and "Quotas related to state machine executions").
"""

import json
from typing import Any

from dropforge.cloud.patches.replacing import replace
from dropforge.cloud.patches.stepfunctions import names

_INPUT_BYTES = 262_144


def apply() -> None:
    """Answer a repeated call before ministack refuses it."""
    from ministack.core.responses import (
        error_response_json,
        get_account_id,
        get_region,
        json_response,
    )
    from ministack.services import stepfunctions

    start = stepfunctions._start_execution

    def start_execution(data: dict[str, Any]) -> Any:
        refused = names.refusal(data.get("name")) or _refusal(data.get("input", "{}"))
        if refused:
            return error_response_json(*refused, 400)
        machine = stepfunctions._state_machines.get(data.get("stateMachineArn", ""))
        name = data.get("name")
        if machine and name:
            arn = (
                f"arn:aws:states:{get_region()}:{get_account_id()}"
                f":execution:{machine['name']}:{name}"
            )
            known = stepfunctions._executions.get(arn)
            if (
                known
                and known["status"] == "RUNNING"
                and _same(known["input"], data.get("input", "{}"))
            ):
                return json_response({"executionArn": arn, "startDate": known["startDate"]})
        return start(data)

    replace(stepfunctions, "_start_execution", "9923282fc76c", start_execution)


def _refusal(given: str) -> tuple[str, str] | None:
    """Return AWS's error of an input that it refuses."""
    if len(given.encode()) > _INPUT_BYTES:
        return "ValidationException", (
            "1 validation error detected: Value at 'input' failed to satisfy constraint: Member "
            f"must have length less than or equal to {_INPUT_BYTES}"
        )
    try:
        json.loads(given)
    except ValueError as error:
        return "InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'"
    return None


def _same(first: str, second: str) -> bool:
    try:
        return bool(json.loads(first) == json.loads(second))
    except ValueError:
        return first == second
