"""TestState has the permissions of the role that it is given, and refuses what it cannot run.

ministack runs the state with all permissions, whatever its definition. AWS asks for a role that it
may assume, checks the definition, and takes a job or callback to wait for, an activity, a Map and a
Parallel with a mock only (Step Functions developer guide, "Using TestState API").
"""

import json
from typing import Any

from dropforge.cloud.api_errors import unsupported
from dropforge.cloud.patches.replacing import replace
from dropforge.cloud.patches.stepfunctions import definitions, state_machine_role
from dropforge.cloud.patches.stepfunctions.definition.machine import problems_of
from dropforge.cloud.patches.stepfunctions.definition.problems import TARGET

_NAME = "TestState"
_WAITING = (".sync", ".sync:2", ".waitForTaskToken")


def apply() -> None:
    """Look at the request, then run the state as the role's."""
    from ministack.core.responses import error_response_json
    from ministack.services import stepfunctions as states

    run = states._test_state

    def test_state(data: dict[str, Any]) -> Any:
        refused = _refusal(data)
        if refused:
            return error_response_json(*refused, 400)
        if not data.get("roleArn"):
            return run(data)
        with state_machine_role.acting_as(str(data["roleArn"]), _NAME):
            return run(data)

    replace(states, "_test_state", "f408b75eedff", test_state)


def _refusal(data: dict[str, Any]) -> tuple[str, str] | None:
    definition, name = data.get("definition"), data.get("stateName") or _NAME
    try:
        given = json.loads(definition or "")
    except ValueError:
        given = None
    alone = isinstance(given, dict) and "States" not in given
    machine = {"StartAt": name, "States": {name: given}}
    found = list(problems_of(json.dumps(machine) if alone else definition))
    # Where a state alone goes on is no part of the test.
    wrong = [each for each in found if not (alone and each.code == TARGET)]
    if wrong or not isinstance(given, dict):
        return "InvalidDefinition", f"Invalid State Machine Definition: '{wrong[0]}'"
    state = given if alone else given["States"].get(data.get("stateName") or given["StartAt"], {})
    denied = definitions.untrusted(data.get("roleArn"))
    if denied:
        return "AccessDeniedException", denied
    kind, resource = state.get("Type"), str(state.get("Resource", ""))
    if data.get("mock") and kind == "Task":
        return None
    if kind in ("Map", "Parallel"):
        return "ValidationException", unsupported(f"TestState of a {kind}")
    if kind == "Task" and (resource.endswith(_WAITING) or ":activity:" in resource):
        return "ValidationException", f"TestState of {resource} needs a mock"
    if kind == "Task" and not data.get("roleArn"):
        return "ValidationException", "TestState of a Task needs a role or a mock"
    return None
