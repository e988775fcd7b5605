"""A function works off a queue only if the queue is there and its role may read it.

AWS refuses other mappings when they are made (Lambda developer guide, "Using Lambda with Amazon
SQS": permissions of the role, and a visibility timeout that is not below the function's timeout).
How it words that is quoted by people who met it.
"""

from typing import Any

from dropforge.cloud.iam import identity
from dropforge.cloud.patches.replacing import check, replace

_ACTIONS = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")


def apply() -> None:
    """Put the checks before those that ministack has."""
    from ministack.core.responses import error_response_json
    from ministack.services import lambda_svc
    from ministack.services.cloudformation import provisioners

    create = lambda_svc._create_esm
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"]
    provision = handlers["create"]

    def created(data: dict[str, Any]) -> Any:
        name, _, refused = lambda_svc._resolve_existing_esm_function(data.get("FunctionName", ""))
        found = None if refused else refusal(lambda_svc._functions.get(name), data)
        if found:
            return error_response_json("InvalidParameterValueException", found, 400)
        return create(data)

    def provisioned(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        named = properties.get("FunctionName", "")
        found = refusal(provisioners._lambda_function_for_cfn_ref(named)[0], properties)
        if found:
            raise ValueError(f'Resource handler returned message: "{found}"')
        return provision(logical_id, properties, stack)

    check(provisioners, "_lambda_esm_create", "f053a4e8c30c")
    handlers["create"] = provisioned
    replace(lambda_svc, "_create_esm", "d351521bb6cd", created)


def refusal(function: dict[str, Any] | None, mapping: dict[str, Any]) -> str | None:
    """Return AWS's message of a mapping to a queue that it refuses."""
    from ministack.services import sqs

    arn = str(mapping.get("EventSourceArn", ""))
    if function is None or not arn.startswith("arn:aws:sqs:"):
        return None
    configuration, queue = function["config"], sqs._queue_by_arn(arn)
    if queue is None:
        return (
            "Error occurred while ReceiveMessage. SQS Error Code: "
            "AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does "
            "not exist."
        )
    caller = identity.caller_of_role(configuration["Role"], "queue-mapping")
    for action in _ACTIONS:
        if identity.denial(caller, f"sqs:{action}", arn):
            return f"The function execution role does not have permissions to call {action} on SQS"
    visible = int(queue["attributes"].get("VisibilityTimeout", 30))
    timeout = int(configuration["Timeout"])
    if visible < timeout:
        return (
            f"Queue visibility timeout: {visible} seconds is less than Function timeout: {timeout} "
            "seconds"
        )
    return None
