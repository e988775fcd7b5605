"""Makes of an execution the events that its functions were given, state by state.

What a state sends is read from the state machine itself: its Parameters or ItemSelector,
filled from the state's recorded input (Amazon States Language, Payload Template).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dropforge.client.stack import Stack

_PAGE = 1000


@dataclass(frozen=True)
class Execution:
    """An execution that is over.

    Parameters
    ----------
    facts : its description.
    inputs : of each state that it entered, of the last visit.
    """

    facts: Mapping[str, Any]
    inputs: Mapping[str, Any]

    @property
    def context(self) -> dict[str, Any]:
        """What `$$` holds in its states."""
        started = self.facts["startDate"].isoformat(timespec="milliseconds")
        return {
            "Execution": {
                "Id": self.facts["executionArn"],
                "Name": self.facts["name"],
                "StartTime": started.replace("+00:00", "Z"),
            }
        }


def execution_with_inputs(stack: Stack, arn: str) -> Execution:
    """Read an execution with its history."""
    sfn = stack.client("stepfunctions")
    inputs: dict[str, Any] = {}
    pages = sfn.get_paginator("get_execution_history")
    for page in pages.paginate(executionArn=arn, PaginationConfig={"PageSize": _PAGE}):
        for event in page["events"]:
            entered = event.get("stateEnteredEventDetails", {})
            if "input" in entered:
                inputs[entered["name"]] = json.loads(entered["input"])
    return Execution(sfn.describe_execution(executionArn=arn), inputs)


def step_events(stack: Stack, execution: Execution) -> dict[str, Any]:
    """Return the event of each step that the execution went through, by the step's name.

    Of a Map it is that of the first item.
    """
    return dict(_events(stack, execution, _states(stack)))


def steps_of(stack: Stack) -> list[str]:
    """Return the steps that the state machine sends to functions."""
    return [template["step"] for _, template, _ in _templates(_states(stack))]


def _states(stack: Stack) -> dict[str, Any]:
    answer = stack.client("stepfunctions").describe_state_machine(
        stateMachineArn=stack.state_machine_arn
    )
    states: dict[str, Any] = json.loads(answer["definition"])["States"]
    return states


def _templates(states: Mapping[str, Any]) -> Iterator[tuple[str, Any, Mapping[str, Any]]]:
    """Yield name, payload template and state of what asks a function for a step."""
    for name, state in states.items():
        template = state.get("ItemSelector") or state.get("Parameters") or {}
        if "step" in template:
            yield name, template, state


def _events(
    stack: Stack, execution: Execution, states: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    for name, template, state in _templates(states):
        if name not in execution.inputs:
            continue
        given, context = execution.inputs[name], execution.context
        if "ItemReader" in state:
            where = filled(state["ItemReader"]["Parameters"], given, context)
            items = stack.read_json_list(where["Key"])
            context["Map"] = {"Item": {"Index": 0, "Value": items[0]}}
        yield template["step"], filled(template, given, context)


def filled(template: Any, given: Any, context: Mapping[str, Any]) -> Any:
    """Fill a payload template whose paths name fields alone."""
    if not isinstance(template, dict):
        return template
    return {
        key.removesuffix(".$"): _at(value, given, context)
        if key.endswith(".$")
        else filled(value, given, context)
        for key, value in template.items()
    }


def _at(path: str, given: Any, context: Mapping[str, Any]) -> Any:
    root, *fields = path.split(".")
    value = context if root == "$$" else given
    for field in fields:
        value = value[field]
    return value
