"""Functions that Lambda would not make, and payloads that it would not take, are refused.

The bounds are those of the Lambda API reference, CreateFunction and PutFunctionEventInvokeConfig,
and of the developer guide, "Lambda quotas" and "Defined runtime environment variables". How AWS
words it is quoted in questions of people who met it.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import unquote

from botocore.session import get_session

from dropforge.cloud.patches.replacing import check, replace

_BOUNDS = (("MemorySize", 128, 10_240), ("Timeout", 1, 900))
_DISK_MIB = 512, 10_240
_VARIABLES_BYTES = 4_096
# By InvocationType.
_PAYLOAD_BYTES = {"RequestResponse": 6_291_456, "Event": 1_048_576}
_RESERVED = frozenset(
    (
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    )
)
_INVALID = "InvalidParameterValueException"
_Refusal = tuple[str, str, int]


def apply() -> None:
    """Put the checks before those that ministack has; after what looks for absent calls."""
    _of_configurations()
    _of_stacks()
    _of_policies()
    _of_payloads()


def _of_configurations() -> None:
    from ministack.services import lambda_svc

    create, update = lambda_svc._create_function, lambda_svc._update_config
    settle = lambda_svc._put_event_invoke_config

    def created(data: dict[str, Any]) -> Any:
        return _first(refusals(data)) or create(data)

    def updated(name: str, data: dict[str, Any]) -> Any:
        return _first(refusals(data)) or _first(_role(data)) or update(name, data)

    def settled(name: str, qualifier: str | None, data: dict[str, Any]) -> Any:
        return _first(_bound(data, "MaximumRetryAttempts", 0, 2)) or settle(name, qualifier, data)

    replace(lambda_svc, "_create_function", "e307eecdf0d8", created)
    replace(lambda_svc, "_update_config", "6999cb0695da", updated)
    replace(lambda_svc, "_put_event_invoke_config", "e53a9f8cbd9c", settled)


def _of_stacks() -> None:
    from ministack.services.cloudformation import provisioners

    check(provisioners, "_lambda_create", "8b2cf80e961d")
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    provision = handlers["create"]

    def provisioned(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        for _code, message, _status in refusals(properties):
            raise ValueError(f'Resource handler returned message: "{message}"')
        return provision(logical_id, properties, stack)

    handlers["create"] = provisioned


def _of_policies() -> None:
    from ministack.core.responses import error_response_json
    from ministack.services import lambda_svc

    policy = lambda_svc._get_policy

    def told(name: str, *rest: Any) -> Any:
        answer = policy(name, *rest)
        if answer[0] == 200 and not lambda_svc._functions[name]["policy"]["Statement"]:
            message = "The resource you requested does not exist."
            return error_response_json("ResourceNotFoundException", message, 404)
        return answer

    replace(lambda_svc, "_get_policy", "3f1ea49b41d8", told)


def _of_payloads() -> None:
    from ministack.services import lambda_svc

    handle = lambda_svc.handle_request

    async def handled(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        if method == "POST" and unquote(path).endswith("/invocations"):
            kind = headers.get("x-amz-invocation-type") or "RequestResponse"
            refused = _first(_payload(kind, body))
            if refused:
                return refused
        return await handle(method, path, headers, body, query)

    lambda_svc.handle_request = handled


def _first(found: Iterator[_Refusal]) -> Any:
    """Return the answer that refuses for the first reason; None if there is none."""
    from ministack.core.responses import error_response_json

    for code, message, status in found:
        return error_response_json(code, message, status)
    return None


def refusals(function: dict[str, Any]) -> Iterator[_Refusal]:
    """Yield code, message and status of what Lambda refuses in a function's configuration."""
    for name, low, high in _BOUNDS:
        yield from _bound(function, name, low, high)
    disk = function.get("EphemeralStorage") or {}
    yield from _bound(disk, "Size", *_DISK_MIB, named="ephemeralStorage.size")
    runtime, handler = function.get("Runtime"), function.get("Handler")
    if runtime and runtime not in _runtimes():
        message = (
            f"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum "
            f"value set: [{', '.join(sorted(_runtimes()))}] or be a valid ARN"
        )
        yield _INVALID, message, 400
    if handler is not None and function.get("PackageType") != "Image":
        if not handler or any(sign.isspace() for sign in handler):
            wanted = "Member must satisfy regular expression pattern: [^\\s]+"
            yield _constraint(handler, "handler", wanted)
        if len(handler) > 128:
            wanted = "Member must have length less than or equal to 128"
            yield _constraint(handler, "handler", wanted)
    yield from _variables((function.get("Environment") or {}).get("Variables") or {})


def _variables(variables: dict[str, Any]) -> Iterator[_Refusal]:
    words = (
        "Lambda was unable to configure your environment variables because the environment "
        "variables you have provided"
    )
    reserved = sorted(_RESERVED & variables.keys())
    if reserved:
        message = (
            f"{words} contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(reserved)}"
        )
        yield _INVALID, message, 400
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > _VARIABLES_BYTES:
        yield _INVALID, f"{words} exceeded the 4KB limit. String measured: {measured}", 400


def _role(data: dict[str, Any]) -> Iterator[_Refusal]:
    from ministack.core.iam_evaluator import validate_role_arn

    found = validate_role_arn(data["Role"]) if data.get("Role") else None
    if found:
        yield _INVALID, found, 400


def _payload(kind: str, body: bytes) -> Iterator[_Refusal]:
    most = _PAYLOAD_BYTES.get(kind)
    if most is None:
        return
    if len(body) > most:
        message = f"Request must be smaller than {most} bytes for the InvokeFunction operation"
        yield "RequestTooLargeException", message, 413
    try:
        json.loads(body or b"{}")
    except ValueError as error:
        yield (
            "InvalidRequestContentException",
            f"Could not parse request body into json: Could not parse payload into json: {error}",
            400,
        )


def _bound(
    data: dict[str, Any], name: str, low: int, high: int, named: str = ""
) -> Iterator[_Refusal]:
    """Yield the refusal of a number; a template may hold it as a text."""
    try:
        value = int(data.get(name, low))
    except (TypeError, ValueError):
        return
    if low <= value <= high:
        return
    side = f"greater than or equal to {low}" if value < low else f"less than or equal to {high}"
    where = named or name[:1].lower() + name[1:]
    yield _constraint(value, where, f"Member must have value {side}")


def _constraint(value: object, where: str, wanted: str) -> _Refusal:
    words = (
        f"1 validation error detected: Value '{value}' at '{where}' failed to satisfy constraint"
    )
    return "ValidationException", f"{words}: {wanted}", 400


@cache
def _runtimes() -> frozenset[str]:
    return frozenset(get_session().get_service_model("lambda").shape_for("Runtime").enum)
