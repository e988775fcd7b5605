"""The states of a branch have a context of their own and stand in the history.

ministack lets the branches of a Parallel share one context object, so that
$$.State of one is overwritten by another, and records no state of a branch or
of a Map's iteration. On AWS each is entered and exited in the history (Step
Functions API, HistoryEvent), and $$.State is the state's own (developer guide,
Accessing the Context object).
"""

import copy
import json
from typing import Any

from dropforge.cloud.patches.replacing import replace

State = dict[str, Any]


def apply() -> None:
    """Replace the loop over the states of a branch."""
    from ministack.services import stepfunctions

    replace(stepfunctions, "_run_sub_machine", "f8d844168b14", _run_sub_machine)


def _run_sub_machine(
    states: dict[str, State], start_at: str, given: Any, execution: State, shared: State
) -> Any:
    from ministack.services import stepfunctions as sfn

    # A copy of the outer level alone: workflow variables stay shared, as on AWS.
    context = dict(shared)
    name: str | None = start_at
    data = copy.deepcopy(given)
    while name:
        state = states.get(name)
        if state is None:
            raise sfn._ExecutionError("States.Runtime", f"State '{name}' not found")
        context["State"] = {"Name": name, "EnteredTime": sfn.now_iso(), "RetryCount": 0}
        _record(execution, state, "Entered", name, "input", data)
        data, following = _run_state(sfn, state, data, execution, context)
        _record(execution, state, "Exited", name, "output", data)
        name = following
    return data


def _run_state(
    sfn: Any, state: State, data: Any, execution: State, context: State
) -> tuple[Any, str | None]:
    kind = state.get("Type")
    if kind == "Succeed":
        selected = sfn._apply_input_path(state, data, context)
        return sfn._apply_output_path(state, selected, context), None
    if kind == "Fail":
        raise sfn._ExecutionError(*sfn._fail_state_error(state, data, context))
    if kind not in ("Pass", "Task", "Choice", "Wait", "Parallel", "Map"):
        raise sfn._ExecutionError("States.Runtime", f"Unknown state type: {kind}")
    run = getattr(sfn, f"_execute_{kind.lower()}")
    takes_execution = kind in ("Task", "Parallel", "Map")
    arguments = (data, execution, context) if takes_execution else (data, context)
    output, following = run(state, *arguments)
    return output, following


def _record(execution: State, state: State, step: str, name: str, field: str, data: Any) -> None:
    from ministack.services import stepfunctions as sfn

    details = {"name": name, field: json.dumps(data)}
    sfn._add_event(
        execution, f"{state.get('Type')}State{step}", {f"state{step}EventDetails": details}
    )
