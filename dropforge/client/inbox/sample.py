"""Has the stack drop its own sample into the inbox."""

import json

from dropforge.client.inbox.drop import Dropped
from dropforge.client.stack import Stack
from dropforge.errors import InvocationError


def drop_sample(stack: Stack) -> Dropped:
    """Invoke SeedFunction, which writes a sample CSV where a person would drop one.

    Raises
    ------
    InvocationError
        The function failed.
    """
    function = stack.outputs["SeedFunctionArn"]
    answer = stack.client("lambda").invoke(FunctionName=function, Payload=b"{}")
    payload = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        cause = payload.get("errorMessage", payload)
        raise InvocationError(
            f"SeedFunction failed: {cause}; its log group in CloudWatch Logs tells more"
        )
    return Dropped(payload["key"], payload["dataset"], payload["run"])
