"""The states of a branch have a context of their own, stand in the history, and end together.

ministack lets the branches of a Parallel share one context object, so that
$$.State of one is overwritten by another, and records no state of a branch or
of a Map's iteration. On AWS each is entered and exited in the history (Step
Functions API, HistoryEvent), and $$.State is the state's own (developer guide,
Accessing the Context object).

A branch that fails ends the Parallel, and the others are stopped (developer guide,
Parallel workflow state, "Error handling"); ministack waits for them all, and takes
the error of the first in the definition. A job that a stopped branch waits for is
stopped (developer guide, "Integrate services", Run a Job). What a function is just
doing goes on, and nobody hears of it.
"""

import contextvars
import copy
import json
import threading
from queue import SimpleQueue
from typing import Any

from dropforge.cloud.patches.replacing import replace
from dropforge.cloud.patches.stepfunctions import state_machine_role

State = dict[str, Any]


def apply() -> None:
    """Replace the loop over the states of a branch, and that over the branches."""
    from ministack.services import stepfunctions

    replace(stepfunctions, "_run_sub_machine", "f8d844168b14", _run_sub_machine)
    replace(stepfunctions, "_run_parallel_branches", "b8c7f6915297", _run_parallel_branches)


def _run_parallel_branches(state: State, raw: Any, execution: State, context: State) -> Any:
    from ministack.services import stepfunctions as sfn

    given = sfn._apply_parameters(state, sfn._apply_input_path(state, raw, context), context)
    ended: SimpleQueue[tuple[int, Any, Exception | None]] = SimpleQueue()
    failed = threading.Event()

    def run(index: int, branch: State) -> None:
        try:
            with state_machine_role.gives_up_at(failed):
                states, first = branch["States"], branch["StartAt"]
                result = sfn._run_sub_machine(states, first, given, execution, context)
            ended.put((index, result, None))
        except Exception as error:  # noqa: BLE001 - told to the thread that waits
            ended.put((index, None, error))

    branches = state.get("Branches", [])
    for index, branch in enumerate(branches):
        # Each in a copy: a context cannot be entered by two threads at once.
        arguments = (run, index, branch)
        target = contextvars.copy_context().run
        threading.Thread(target=target, args=arguments, daemon=True).start()
    results = [None] * len(branches)
    for _ in branches:
        index, results[index], error = ended.get()
        if error is not None:
            failed.set()
            if isinstance(error, sfn._ExecutionError):
                raise error
            raise sfn._ExecutionError("States.BranchFailed", str(error))
    selected = sfn._apply_result_selector(state, results)
    output = sfn._apply_result_path(state, raw, selected)
    return sfn._apply_output_path(state, output, context), sfn._next_or_end(state)


def _run_sub_machine(
    states: dict[str, State], start_at: str, given: Any, execution: State, shared: State
) -> Any:
    from ministack.services import stepfunctions as sfn

    # A copy of the outer level alone: workflow variables stay shared, as on AWS.
    context = dict(shared)
    name: str | None = start_at
    data = copy.deepcopy(given)
    while name:
        if state_machine_role.is_given_up():
            raise sfn._ExecutionError("States.Runtime", "Another branch has failed")
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
