"""SageMaker in state machines: the optimized integrations and aws-sdk:sagemaker.

What errors are called was read from state machines that catch them: the
optimized integrations name them as version 1 of AWS's SDK for Java does
(SageMaker.ResourceLimitExceededException for one that the service model has,
else SageMaker.AmazonSageMakerException), aws-sdk integrations as version 2
does (else SageMaker.SageMakerException).
"""

import contextlib
import json
import time
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import stepfunctions

from dropforge.cloud.api_errors import ApiError
from dropforge.cloud.iam import identity
from dropforge.cloud.iam.identity import Caller
from dropforge.cloud.sagemaker import events, operations, schema, store
from dropforge.cloud.sagemaker.fault_injection import AnswerLost
from dropforge.cloud.sagemaker.jobs.job import stopped_on_purpose, wait_for

_OPTIMIZED = "arn:aws:states:::sagemaker:"
_SDK = "arn:aws:states:::aws-sdk:sagemaker:"
_POLL_SECONDS = 0.1
_SYNC = {f"Create{jobs.prefix}Job": jobs.prefix for jobs in store.ALL_JOBS}
_MARK = {"Key": "MANAGED_BY_AWS", "Value": "STARTED_BY_STEP_FUNCTIONS"}
_PLAIN = {*_SYNC, "CreateModel"}
# The errors that SageMaker's service model has by name.
_MODELLED = {
    "ResourceInUse": "ResourceInUseException",
    "ResourceNotFound": "ResourceNotFoundException",
    "ResourceLimitExceeded": "ResourceLimitExceededException",
    "ConflictException": "ConflictException",
}
_ARN_KINDS = {
    **{jobs.name_member: jobs.resource for jobs in store.ALL_JOBS},
    "ModelName": "model",
    "ModelPackageGroupName": "model-package-group",
    "ModelPackageName": "model-package",
    "EndpointConfigName": "endpoint-config",
}
# What CreateX and DescribeX are about, where a request names several things.
_SUBJECTS = {"CreateTransformJob": "TransformJobName"}


def install() -> None:
    """Let Step Functions call the service."""
    stepfunctions._SERVICE_DISPATCH[_OPTIMIZED] = optimized
    dispatch = stepfunctions._invoke_aws_sdk_integration

    def invoke(resource: str, request: Any) -> Any:
        if resource.startswith(_SDK):
            return sdk(resource, request)
        return dispatch(resource, request)

    stepfunctions._invoke_aws_sdk_integration = invoke


def optimized(resource: str, request: dict[str, Any]) -> dict[str, Any]:
    """Run a task of `arn:aws:states:::sagemaker:<operation>[.sync]`."""
    operation, _, pattern = _operation_of(resource, _OPTIMIZED)
    allowed = _SYNC if pattern == "sync" else _PLAIN
    if operation not in allowed or pattern not in ("", "sync"):
        raise stepfunctions._ExecutionError(
            "States.Runtime", f"The resource {resource} is not supported by the local cloud"
        )
    caller = _caller()
    if pattern == "":
        return _call(operation, request, caller, optimized=True)
    kind = _SYNC[operation]
    # Step Functions marks what it waits for. Its own calls need no permission of the role but for
    # what is stopped: an event of the job ends the wait.
    marked = request | {"Tags": [*request.get("Tags", []), _MARK]}
    answer = _call(operation, marked, caller, optimized=True)
    named = {f"{kind}JobName": request[f"{kind}JobName"]}
    wait_for(answer[f"{kind}JobArn"], _stopped, lambda: _stop(kind, named, caller))
    described = _described(kind, named)
    # Times are milliseconds in the optimized integrations' output.
    output: dict[str, Any] = events.in_milliseconds(described)
    # What AWS makes of a job that ran out of its time is not documented: an error is assumed,
    # and the fault stopped_job shows what a state machine does of the other answer.
    completed = output[f"{kind}JobStatus"] == "Completed"
    if not completed and not stopped_on_purpose(answer[f"{kind}JobArn"]):
        raise stepfunctions._ExecutionError("States.TaskFailed", json.dumps(output))
    return output


def _stop(kind: str, named: dict[str, str], caller: Caller) -> None:
    """Stop a job that nobody waits for any more; it goes on if the role may not do that."""
    with contextlib.suppress(AnswerLost, stepfunctions._ExecutionError):
        _call(f"Stop{kind}Job", named, caller, optimized=True)


def _described(kind: str, named: dict[str, str]) -> dict[str, Any]:
    """Ask for a job until there is an answer; if that is refused, the job's event has said it.

    Step Functions waits for jobs by events and by polling, for which a role may lack the
    permissions (developer guide, "IAM policies for integrated services"); that it goes on after
    a refusal that passes is assumed.
    """
    while True:
        try:
            return operations.call(f"Describe{kind}Job", named, Caller())
        except AnswerLost:
            pass
        except ApiError as error:
            if _stopped() or not (error.status >= 500 or error.code == "ThrottlingException"):
                [records] = [jobs for jobs in store.ALL_JOBS if jobs.prefix == kind]
                return store.public(records[named[f"{kind}JobName"]])
        time.sleep(_POLL_SECONDS)


def sdk(resource: str, request: dict[str, Any] | None) -> Any:
    """Run a task of `arn:aws:states:::aws-sdk:sagemaker:<operation>`."""
    operation, _, _pattern = _operation_of(resource, _SDK)
    answer = _call(operation, request or {}, _caller(), optimized=False)
    shape = schema.model().operation_model(operation).output_shape
    return stepfunctions._sdk_json_value(answer, shape) if shape is not None else answer


def resource_of(operation: str, request: dict[str, Any]) -> str:
    """Return the ARN that IAM decides on (service authorization reference, SageMaker)."""
    if operation == "CreateModelPackage" and "ModelPackageGroupName" in request:
        name = request["ModelPackageGroupName"].rpartition("/")[2]
        return store.arn("model-package-group", name)
    if operation == "ListModelPackages":
        # Its resource type is model-package, not model-package-group.
        group = str(request.get("ModelPackageGroupName", "")).rpartition("/")[2]
        return store.arn("model-package", f"{group}/*" if group else "*")
    subject = _SUBJECTS.get(operation)
    for member in [subject] if subject else list(_ARN_KINDS):
        name = request.get(member)
        if isinstance(name, str):
            return name if name.startswith("arn:") else store.arn(_ARN_KINDS[member], name)
    for member in ("ModelPackageArn", "ResourceArn"):
        if isinstance(request.get(member), str):
            return str(request[member])
    return "*"


def _call(
    operation: str, request: dict[str, Any], caller: Caller, *, optimized: bool
) -> dict[str, Any]:
    unknown = sorted(set(request) - schema.known_members(operation))
    if unknown:
        raise stepfunctions._ExecutionError(
            "States.Runtime", f"The field {unknown[0]!r} is not supported by Step Functions"
        )
    try:
        resource = resource_of(operation, request)
        context = _tag_keys(request) | _tags_of(resource)
        actions = [operation]
        if operation.startswith("Create") and any(tag != _MARK for tag in request.get("Tags", [])):
            actions.append("AddTags")
        for action in actions:
            denial = identity.denial(caller, f"sagemaker:{action}", resource, context)
            if denial:
                raise ApiError("AccessDeniedException", denial)
        return operations.call(operation, request, caller)
    except ApiError as error:
        raise stepfunctions._ExecutionError(*_worded(error, optimized=optimized)) from error
    except AnswerLost as error:
        # Named as Lambda's are; SageMaker's are not documented.
        cause = "Unable to execute HTTP request: Connection reset"
        raise stepfunctions._ExecutionError("SageMaker.SdkClientException", cause) from error


def _worded(error: ApiError, *, optimized: bool) -> tuple[str, str]:
    other = "AmazonSageMakerException" if optimized else "SageMakerException"
    name = f"SageMaker.{_MODELLED.get(error.code, other)}"
    request_id = new_uuid()
    if optimized:
        return name, (
            f"{error.message} (Service: AmazonSageMaker; Status Code: {error.status}; "
            f"Error Code: {error.code}; Request ID: {request_id}; Proxy: null)"
        )
    return name, (
        f"{error.message} (Service: SageMaker, Status Code: {error.status}, "
        f"Request ID: {request_id})"
    )


def _tag_keys(request: dict[str, Any]) -> dict[str, Any]:
    tags = request.get("Tags") or []
    if not tags:
        return {}
    return {"aws:TagKeys": [tag["Key"] for tag in tags]} | {
        f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in tags
    }


def _tags_of(resource: str) -> dict[str, Any]:
    """Return the condition keys of the tags that a resource has already."""
    return {f"aws:ResourceTag/{key}": value for key, value in store.tags.get(resource, {}).items()}


def _operation_of(resource: str, prefix: str) -> tuple[str, str, str]:
    action, dot, pattern = resource.removeprefix(prefix).partition(".")
    return action[:1].upper() + action[1:], dot, pattern


def _caller() -> Caller:
    from dropforge.cloud.patches.stepfunctions import state_machine_role

    return state_machine_role.caller()


def _stopped() -> bool:
    from dropforge.cloud.patches.stepfunctions import state_machine_role

    return state_machine_role.stopped()
