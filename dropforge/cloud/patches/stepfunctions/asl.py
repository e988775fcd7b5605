"""Where ministack's reading of the Amazon States Language differs from AWS's.

- A path that finds nothing is States.Runtime, not null (Step Functions
  developer guide, "Error names"), in parameters and in Choice.
- States.Runtime cannot be caught by States.ALL (the same page).
- MaxDelaySeconds bounds the wait of a Retry.
- TimeoutSecondsPath, which must find a positive integer (Amazon States Language, "Timeouts"), and
  the TimeoutSeconds of a state machine.
- A state's output over 256 KiB is States.DataLimitExceeded (Step Functions
  developer guide, "Quotas related to state machine executions").
- An execution that was stopped stays ABORTED even if its last task then fails.
"""

import contextvars
import json
import threading
from typing import Any

from dropforge.cloud.patches.replacing import replace
from dropforge.cloud.patches.stepfunctions.comparisons import holds
from dropforge.cloud.patches.stepfunctions.definition.problems import is_integer
from dropforge.cloud.patches.stepfunctions.history import task_events

_UNCATCHABLE = ("States.Runtime", "States.DataLimitExceeded")
_SHOWN = 400
_PAYLOAD_BYTES = 256 * 1024


def apply() -> None:
    """Replace what reads paths, errors and time limits."""
    _paths()
    _errors()
    _payload_limit()
    _time_limits()


def _paths() -> None:
    from ministack.services import stepfunctions as states

    resolve, evaluate = states._resolve_params_obj, states._evaluate_rule

    def resolve_params(template: Any, data: Any, ctx: Any = None) -> Any:
        if isinstance(template, dict):
            for key, path in template.items():
                if not key.endswith(".$") or not isinstance(path, str):
                    continue
                if not exists(*_scoped(path, data, ctx)):
                    raise states._ExecutionError(
                        "States.Runtime",
                        f"The JSONPath '{path}' specified for the field '{key}' could not be found "
                        f"in the input '{json.dumps(data)[:_SHOWN]}'",
                    )
        return resolve(template, data, ctx)

    def evaluate_rule(rule: dict[str, Any], data: Any, ctx: Any = None) -> Any:
        path = rule.get("Variable", "")
        if not path:
            return evaluate(rule, data, ctx)

        def read(other: str) -> Any:
            if not exists(*_scoped(other, data, ctx)):
                raise states._ExecutionError(
                    "States.Runtime",
                    f"Invalid path '{other}': The choice state's condition path references an "
                    "invalid value.",
                )
            return states._resolve_path_or_ctx(other, data, ctx)

        present = exists(*_scoped(path, data, ctx))
        return holds(rule, None if "IsPresent" in rule else read(path), present, read)

    replace(states, "_resolve_params_obj", "d41c2e27dd1b", resolve_params)
    replace(states, "_evaluate_rule", "728e6547c8ca", evaluate_rule)


def _scoped(path: str, data: Any, ctx: Any) -> tuple[str, Any]:
    """Return a path without the context object's second dollar, and what it is read in."""
    return (path[1:], ctx) if path.startswith("$$") else (path, data)


def exists(path: str, data: Any) -> bool:
    """Whether a path of field names and indexes finds something; others always do."""
    from ministack.services import stepfunctions as states

    if not path.startswith("$"):
        return True
    tokens = states._parse_jsonpath_tokens(path)
    for kind, value in tokens or []:
        if kind == "field":
            if not isinstance(data, dict) or value not in data:
                return False
        elif kind == "index":
            if not isinstance(data, list) or value >= len(data):
                return False
        else:
            return True
        data = data[value]
    return True


def _errors() -> None:
    from ministack.services import stepfunctions as states

    matches, find, fail = (
        states._error_matches,
        states._find_matching_retrier,
        states._fail_execution,
    )

    def error_matches(names: list[str], error: str) -> bool:
        if error in _UNCATCHABLE:
            return error in names
        return bool(matches(names, error))

    def find_retrier(retriers: list[dict[str, Any]], error: str, counts: dict[int, int]) -> Any:
        retrier, index = find(retriers, error, counts)
        if retrier is None or "MaxDelaySeconds" not in retrier:
            return retrier, index
        rate = retrier.get("BackoffRate", 2.0)
        wait = retrier.get("IntervalSeconds", 1) * rate ** counts.get(index, 0)
        bounded = min(wait, retrier["MaxDelaySeconds"])
        return retrier | {"IntervalSeconds": bounded, "BackoffRate": 1.0}, index

    def fail_execution(execution: dict[str, Any], error: str, cause: str) -> None:
        if execution["status"] == "RUNNING":
            fail(execution, error, cause)

    replace(states, "_error_matches", "519b9dc729c5", error_matches)
    replace(states, "_find_matching_retrier", "cb494ae8503c", find_retrier)
    replace(states, "_fail_execution", "e6da895fa0b7", fail_execution)


def _payload_limit() -> None:
    from ministack.services import stepfunctions as states

    apply_path = states._apply_result_path

    def apply_result_path(state: dict[str, Any], original: Any, result: Any) -> Any:
        output = apply_path(state, original, result)
        size = len(json.dumps(output, ensure_ascii=False).encode())
        if size > _PAYLOAD_BYTES:
            raise states._ExecutionError(
                "States.DataLimitExceeded",
                f"The state/task returned a result with a size exceeding the maximum number of "
                f"bytes service limit: {size} bytes, at most {_PAYLOAD_BYTES}.",
            )
        return output

    replace(states, "_apply_result_path", "829ba9afcde9", apply_result_path)


def _time_limits() -> None:
    from ministack.services import stepfunctions as states

    task_events.tell_parameters()
    execute, run = states._execute_task, states._run_execution

    def execute_task(state: dict[str, Any], data: Any, execution: Any, ctx: Any) -> Any:
        path = state.get("TimeoutSecondsPath")
        if path:
            seconds = states._resolve_path_or_ctx(path, data, ctx)
            if not is_integer(seconds, 1):
                raise states._ExecutionError(
                    "States.Runtime",
                    f"The TimeoutSecondsPath parameter must find a positive integer: {path} == "
                    f"{json.dumps(seconds)}",
                )
            state = state | {"TimeoutSeconds": seconds}
        return execute(state, data, execution, ctx)

    def run_execution(arn: str) -> None:
        execution = states._executions.get(arn)
        machine = execution and states._state_machines.get(execution["stateMachineArn"])
        seconds = json.loads(machine["definition"]).get("TimeoutSeconds") if machine else None
        if not seconds:
            run(arn)
            return
        context = contextvars.copy_context()
        timer = threading.Timer(seconds, context.run, (_time_out, execution))
        timer.daemon = True
        timer.start()
        try:
            run(arn)
        finally:
            timer.cancel()

    states._execute_task, states._run_execution = execute_task, run_execution


def _time_out(execution: dict[str, Any]) -> None:
    from ministack.core.responses import now_iso
    from ministack.services import stepfunctions as states

    if execution["status"] != "RUNNING":
        return
    execution.update(status="TIMED_OUT", stopDate=now_iso(), error="States.Timeout")
    details = {"executionTimedOutEventDetails": {"error": "States.Timeout", "cause": ""}}
    states._add_event(execution, "ExecutionTimedOut", details)
    states._emit_execution_status_event(execution)
