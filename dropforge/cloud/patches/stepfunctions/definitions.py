"""A state machine that AWS refuses is refused when it is made or changed.

ministack takes any text for a definition, and an execution fails later, or ends in another way
than on AWS. How AWS words it is quoted in getmoto/moto's and localstack's tests; that a machine's
role is looked at when it is made is in the Step Functions API reference, CreateStateMachine.
"""

from typing import Any

from dropforge.cloud.iam import identity
from dropforge.cloud.patches.replacing import check, replace
from dropforge.cloud.patches.stepfunctions import names
from dropforge.cloud.patches.stepfunctions.definition.machine import problems_of
from dropforge.cloud.patches.stepfunctions.definition.not_done import not_done
from dropforge.cloud.patches.stepfunctions.history import log_delivery

_SERVICE = "states.amazonaws.com"


def apply() -> None:
    """Put the checks before those that ministack has."""
    from ministack.core.responses import error_response_json, json_response
    from ministack.services import stepfunctions as states
    from ministack.services.cloudformation import provisioners

    jsonata, create = states._validate_definition_jsonata, states._create_state_machine
    update, provision = states._update_state_machine, provisioners._sfn_state_machine_create

    def refusal(definition: Any) -> str | None:
        return refused(definition) or not_done(definition) or jsonata(definition)

    def checked(call: Any, data: dict[str, Any]) -> Any:
        if "loggingConfiguration" in data:
            # What a stack changes has a template's names.
            logging = log_delivery.as_in_the_api(data["loggingConfiguration"])
            data = data | {"loggingConfiguration": logging}
        known = states._state_machines.get(data.get("stateMachineArn", ""), {})
        found = names.refusal(data.get("name")) or settings(data, known)
        # The definition is looked at first.
        if found and not ("definition" in data and refusal(data["definition"])):
            return error_response_json(*found, 400)
        return call(data)

    def settings(data: dict[str, Any], known: dict[str, Any]) -> tuple[str, str] | None:
        denied = untrusted(data.get("roleArn"))
        if denied:
            return "AccessDeniedException", denied
        role = data.get("roleArn", known.get("roleArn"))
        return log_delivery.refusal(data.get("loggingConfiguration"), role)

    def provisioned(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        logging = log_delivery.as_in_the_api(properties.get("LoggingConfiguration"))
        if logging:
            properties = properties | {"LoggingConfiguration": logging}
        data = {"roleArn": properties.get("RoleArn"), "loggingConfiguration": logging}
        found = names.refusal(properties.get("StateMachineName")) or settings(data, {})
        message = refusal(provisioners._sfn_definition(properties)) or (found and found[1])
        if message:
            raise ValueError(f'Resource handler returned message: "{message}"')
        return provision(logical_id, properties, stack)

    def validated(data: dict[str, Any]) -> Any:
        found = [
            {
                "severity": "ERROR",
                "code": each.code,
                "message": each.message,
                "location": each.place,
            }
            for each in problems_of(data.get("definition"))
        ]
        return json_response(
            {"result": "FAIL" if found else "OK", "diagnostics": found, "truncated": False}
        )

    check(provisioners, "_sfn_state_machine_create", "d2ffde42cb0e")
    provisioners._RESOURCE_HANDLERS["AWS::StepFunctions::StateMachine"]["create"] = provisioned
    replace(states, "_validate_definition_jsonata", "a5ec092b2c8d", refusal)
    replace(states, "_validate_state_machine_definition", "91730eff8585", validated)
    replace(states, "_create_state_machine", "4bc1231dda69", lambda data: checked(create, data))
    replace(states, "_update_state_machine", "476e0deee6a3", lambda data: checked(update, data))


def refused(definition: Any) -> str | None:
    """Return AWS's message if it would refuse a definition, None if it would not."""
    found = [str(each) for each in problems_of(definition)]
    if not found:
        return None
    listed = found[0] if len(found) == 1 else ", ".join(f"'{each}'" for each in found)
    return f"Invalid State Machine Definition: '{listed}'"


def untrusted(role_arn: Any) -> str | None:
    """Return AWS's message if Step Functions may not assume a role, None if it may."""
    if role_arn is None or identity.is_assumable(str(role_arn), _SERVICE):
        return None
    return (
        f"Neither the global service principal {_SERVICE}, nor the regional one is authorized to "
        "assume the provided role."
    )
