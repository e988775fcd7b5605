"""Tasks of a state machine act with its role; ministack lets them do anything.

The execution that a task belongs to is kept in a context variable, which the
threads of Map, Parallel and timed tasks take along. What a task needs is in the
Step Functions developer guide, "IAM policies for integrated services".
"""

import contextvars
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dropforge.cloud.iam.identity import Caller, caller_of_role, denial
from dropforge.cloud.patches.replacing import change, check, replace
from dropforge.cloud.patches.stepfunctions.history import task_events

_execution: contextvars.ContextVar[dict[str, Any] | None] = contextvars.ContextVar(
    "dropforge_execution", default=None
)
_given_up: contextvars.ContextVar[tuple[threading.Event, ...]] = contextvars.ContextVar(
    "dropforge_given_up", default=()
)
# A session name has at most 64 characters (STS API, AssumeRole).
_SESSION_LENGTH = 64
# Of what runs without a state machine.
_ROLE = "roleArn"
_OPTIMIZED = "arn:aws:states:::"
# Resource, the parameter that names what is acted on, IAM's action, the error on AWS.
_OPTIMIZED_ACTIONS = {
    "lambda:invoke": ("FunctionName", "lambda:InvokeFunction", "Lambda.AWSLambdaException"),
    "sns:publish": ("TopicArn", "sns:Publish", "SNS.AmazonSNSException"),
    "sqs:sendMessage": ("QueueUrl", "sqs:SendMessage", "SQS.AmazonSQSException"),
    "states:startExecution": (
        "StateMachineArn",
        "states:StartExecution",
        "StepFunctions.AWSStepFunctionsException",
    ),
}


def apply() -> None:
    """Note the execution where one starts, and ask IAM before each task and each Map."""
    from ministack.services import stepfunctions as states

    # ministack lets each execution wait for nothing before its first state.
    change(states, "_run_execution", "996dff84e0e0", "    time.sleep(0.15)\n", "")
    task_events.tell_of_map_runs()
    run, distribute = states._run_execution, states._run_distributed_map
    read, invoke = states._read_map_items, states._invoke_resource
    timed = states._invoke_resource_with_timeout

    def run_execution(arn: str) -> None:
        _execution.set(states._executions.get(arn))
        run(arn)

    def invoke_resource(resource: str, data: Any) -> Any:
        if is_given_up():
            raise states._ExecutionError("States.Runtime", "Another branch has failed")
        _authorize(resource, data)
        return invoke(resource, data)

    def invoke_timed(resource: str, data: Any, seconds: float) -> Any:
        given_up = threading.Event()
        with gives_up_at(given_up):
            try:
                return timed(resource, data, seconds)
            finally:
                # A job whose task ran out of time is stopped, as .sync does on AWS.
                given_up.set()

    def read_items(reader: dict[str, Any], effective: Any, ctx: Any) -> Any:
        named = states._resolve_params_obj(reader.get("Parameters") or {}, effective, ctx)
        bucket = f"arn:aws:s3:::{named.get('Bucket')}"
        if reader.get("Resource", "").endswith("listObjectsV2"):
            _require("s3:ListBucket", bucket, "States.ItemReaderFailed")
        else:
            _require("s3:GetObject", f"{bucket}/{named.get('Key')}", "States.ItemReaderFailed")
        return read(reader, effective, ctx)

    def run_distributed(*arguments: Any) -> Any:
        execution = _execution.get()
        if execution is not None:
            machine = execution["stateMachineArn"]
            _require("states:StartExecution", machine, "StepFunctions.AWSStepFunctionsException")
        return distribute(*arguments)

    check(states, "_invoke_aws_sdk_integration", "59a970e1a7c0")
    replace(states, "_invoke_resource", "a85d2be9a858", invoke_resource)
    replace(states, "_invoke_resource_with_timeout", "faeed0bf70d5", invoke_timed)
    replace(states, "_read_map_items", "b846851544b8", read_items)
    states._run_execution, states._run_distributed_map = run_execution, run_distributed


def caller() -> Caller:
    """Return the role of the state machine whose task runs in this thread; root outside of one."""
    from ministack.services import stepfunctions

    execution = _execution.get()
    if execution and _ROLE in execution:
        return caller_of_role(execution[_ROLE], execution["name"])
    machine = execution and stepfunctions._state_machines.get(execution["stateMachineArn"])
    if not execution or not machine:
        return Caller()
    # Session names take ASCII only, execution names nearly any letter.
    session = execution["name"].encode("ascii", "ignore").decode()[:_SESSION_LENGTH]
    return caller_of_role(machine["roleArn"], session or "execution")


@contextmanager
def acting_as(role_arn: str, name: str) -> Iterator[None]:
    """Let what runs in this context have the permissions of a role, without an execution."""
    alone = {"stateMachineArn": "", "name": name, "status": "RUNNING", _ROLE: role_arn}
    token = _execution.set(alone)
    try:
        yield
    finally:
        _execution.reset(token)


def is_inside() -> bool:
    """Whether this thread works for an execution."""
    return _execution.get() is not None


def stopped() -> bool:
    """Whether nobody waits for the task in this thread any more."""
    execution = _execution.get()
    return is_given_up() or (execution is not None and execution["status"] != "RUNNING")


@contextmanager
def gives_up_at(event: threading.Event) -> Iterator[None]:
    """Let what goes on inside, and the threads that it begins, be given up at an event."""
    token = _given_up.set((*_given_up.get(), event))
    try:
        yield
    finally:
        _given_up.reset(token)


def is_given_up() -> bool:
    """Whether the time of a task is over, or another branch has failed."""
    return any(event.is_set() for event in _given_up.get())


def _require(action: str, resource: str, error: str) -> None:
    from ministack.services import stepfunctions

    message = denial(caller(), action, resource)
    if message:
        raise stepfunctions._ExecutionError(error, message)


def _authorize(resource: str, data: Any) -> None:
    """Ask IAM for a task; SageMaker's integrations ask themselves."""
    from ministack.services import stepfunctions

    if ":function:" in resource:
        _require("lambda:InvokeFunction", resource, "Lambda.AWSLambdaException")
        return
    integration = resource.removeprefix(_OPTIMIZED)
    if not resource.startswith(_OPTIMIZED) or integration.startswith(
        ("sagemaker:", "aws-sdk:sagemaker:")
    ):
        return
    name = integration.split(".")[0]
    given = data if isinstance(data, dict) else {}
    if name in _OPTIMIZED_ACTIONS:
        parameter, action, error = _OPTIMIZED_ACTIONS[name]
        target = str(given.get(parameter, "*"))
        if name == "lambda:invoke" and not target.startswith("arn:"):
            target = stepfunctions._resolve_lambda_function_ref(target, optimized=True)
        _require(action, _as_arn(target), error)
    elif name.startswith("aws-sdk:"):
        _authorize_sdk(name, given)


def _authorize_sdk(name: str, data: dict[str, Any]) -> None:
    from ministack.core import iam_actions
    from ministack.core.responses import get_account_id, get_region
    from ministack.services import stepfunctions

    _, service, operation = name.split(":")
    known = stepfunctions._AWS_SDK_SERVICE_MAP.get(service.lower(), {})
    key = known.get("service_key", service.lower())
    namespace = iam_actions.SERVICE_TO_IAM_NAMESPACE.get(key, key)
    action = operation[:1].upper() + operation[1:]
    if key == "s3":
        target = f"arn:aws:s3:::{data.get('Bucket', '*')}"
        target += f"/{data['Key']}" if "Key" in data else ""
        action = {"HeadObject": "GetObject", "ListObjectsV2": "ListBucket"}.get(action, action)
    else:
        body = json.dumps(data).encode()
        target = iam_actions.extract_resource_arn(
            key, "POST", "/", {}, body, data, get_region(), get_account_id()
        )
    prefix = stepfunctions._AWS_SDK_ERROR_PREFIX.get(service.lower(), service.capitalize())
    _require(f"{namespace}:{action}", target, f"{prefix}.{prefix}Exception")


def _as_arn(target: str) -> str:
    """Turn a queue's URL into its ARN."""
    from ministack.core.responses import get_region

    if not target.startswith("http"):
        return target
    *_, account, queue = target.split("/")
    return f"arn:aws:sqs:{get_region()}:{account}:{queue}"
