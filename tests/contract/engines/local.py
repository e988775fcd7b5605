"""Runs scenarios on the local cloud's Step Functions, in a process that does nothing else."""

import contextvars
import json
import logging
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.contract.engines import script
from tests.contract.engines.answers import USUAL
from tests.contract.engines.script import Record, Scenario, Script, State, TaskError, rule_of

_name: contextvars.ContextVar[str] = contextvars.ContextVar("name of the state")
_held: contextvars.ContextVar[list[State]] = contextvars.ContextVar("rules of a Choice that held")
# A branch that is given up may end when the next scenario runs: it keeps its own script.
_script: contextvars.ContextVar[Script] = contextvars.ContextVar("script of the execution")


def start(definition: str, folder: Path) -> None:
    """Patch the engine as the server does, then let the script stand for the services."""
    os.environ.update(STATE_DIR=str(folder), MINISTACK_ACCOUNT_ID=script.ACCOUNT)
    from ministack.services import stepfunctions as states

    from dropforge.cloud import journal, patches
    from dropforge.cloud.patches.stepfunctions import state_machine_role

    journal.install(folder / "journal")
    patches.apply()
    logging.disable()
    machine = {"name": "train", "definition": definition, "roleArn": script.ROLE_ARN}
    states._state_machines[script.MACHINE_ARN] = machine
    # Who may do what is tried elsewhere (tests/integration/cloud/sagemaker).
    state_machine_role.denial = lambda *_arguments: None
    states._emit_execution_status_event = lambda _execution: None
    states._invoke_resource = lambda _resource, given: _asked(given)
    states._s3_object_text = lambda bucket, key: _items({"Bucket": bucket, "Key": key})
    states._scaled_sleep = lambda seconds: _script.get().wait(_name.get(), seconds)
    random.randrange = lambda first, _end: first  # type: ignore[method-assign,assignment]
    _name_states(states)
    _note_events(states)
    _note_transitions(states)


def run(scenario: Scenario) -> Record:
    from ministack.services import stepfunctions as states

    own = Script(scenario, USUAL)
    _script.set(own)
    states._executions[script.EXECUTION_ARN] = execution = {
        "executionArn": script.EXECUTION_ARN,
        "stateMachineArn": script.MACHINE_ARN,
        "name": script.RUN,
        "status": "RUNNING",
        "startDate": script.STARTED,
        "stopDate": None,
        "input": json.dumps(scenario.given),
        "output": None,
        "events": [],
    }
    states._run_execution(script.EXECUTION_ARN)
    own.end()
    record = own.record
    record.status = execution["status"]
    record.error, record.cause = execution.get("error"), execution.get("cause")
    if record.status == "SUCCEEDED":
        record.output = json.loads(execution["output"])
    return record


def _asked(given: Any) -> Any:
    from ministack.services import stepfunctions as states

    try:
        return _script.get().answer(_name.get(), given)
    except TaskError as error:
        raise states._ExecutionError(error.error, error.cause) from error


def _items(given: State) -> str:
    return json.dumps(_asked(given))


def _name_states(states: Any) -> None:
    def named(execute: Callable[..., Any]) -> Callable[..., Any]:
        def executed(state: State, data: Any, *rest: Any) -> Any:
            token = _name.set(rest[-1]["State"]["Name"])
            held = _held.set([])
            try:
                ended = execute(state, data, *rest)
                if state["Type"] == "Choice" and not _held.get():
                    _script.get().take(f"{_name.get()}: Default")
                return ended
            finally:
                _held.reset(held)
                _name.reset(token)

        return executed

    for kind in ("task", "wait", "map", "parallel", "choice"):
        setattr(states, f"_execute_{kind}", named(getattr(states, f"_execute_{kind}")))


def _note_events(states: Any) -> None:
    add = states._add_event

    def added(execution: State, kind: str, details: State | None = None) -> Any:
        if kind.endswith("StateEntered"):
            [entered] = (details or {}).values()
            _script.get().enter(entered["name"], json.loads(entered["input"]))
        return add(execution, kind, details)

    states._add_event = added


def _note_transitions(states: Any) -> None:
    """Note which rule of a Choice, which retrier and which catcher was taken."""
    retrier, catcher, rule = (
        states._find_matching_retrier,
        states._find_matching_catcher,
        states._evaluate_rule,
    )

    def find_retrier(retriers: list[State], error: str, counts: dict[int, int]) -> Any:
        found, index = retrier(retriers, error, counts)
        if found is not None:
            _script.get().take(f"{_name.get()}: Retry {index}")
        return found, index

    def find_catcher(catchers: list[State], error: str) -> Any:
        found = catcher(catchers, error)
        if found is not None:
            _script.get().take(f"{_name.get()}: Catch {catchers.index(found)}")
        return found

    def evaluate(given: State, data: Any, context: Any = None) -> bool:
        held = bool(rule(given, data, context))
        if held:
            _script.get().take(rule_of(_name.get(), given))
            if "Next" in given:
                _held.get().append(given)
        return held

    states._find_matching_retrier = find_retrier
    states._find_matching_catcher = find_catcher
    states._evaluate_rule = evaluate
