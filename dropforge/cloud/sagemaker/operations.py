"""Which function answers which call."""

from collections.abc import Callable
from functools import partial
from typing import Any

from dropforge.cloud.api_errors import ApiError, unsupported
from dropforge.cloud.iam.identity import Caller
from dropforge.cloud.journal import JournalError
from dropforge.cloud.sagemaker import (
    endpoint_configs,
    model_registry,
    models,
    schema,
    store,
    tags,
)
from dropforge.cloud.sagemaker.fault_injection import AnswerLost
from dropforge.cloud.sagemaker.jobs import model_data, runtime
from dropforge.cloud.sagemaker.jobs.training.calls import TrainingCalls
from dropforge.cloud.sagemaker.jobs.transform.calls import TransformCalls
from dropforge.cloud.sagemaker.jobs.tuning.calls import TuningCalls

_OPERATIONS: dict[str, Callable[[dict[str, Any], Caller], dict[str, Any]]] = {
    **TrainingCalls().operations(),
    **TransformCalls().operations(),
    **TuningCalls().operations(),
    "CreateModel": partial(models.create, look_for_data=model_data.look_for),
    "DescribeModel": models.describe,
    "ListModels": models.listing,
    "DeleteModel": models.delete,
    "ListEndpointConfigs": endpoint_configs.listing,
    "DescribeEndpointConfig": endpoint_configs.describe,
    "CreateModelPackageGroup": model_registry.create_group,
    "DescribeModelPackageGroup": model_registry.describe_group,
    "ListModelPackageGroups": model_registry.list_groups,
    "DeleteModelPackageGroup": model_registry.delete_group,
    "CreateModelPackage": model_registry.create_package,
    "DescribeModelPackage": model_registry.describe_package,
    "ListModelPackages": model_registry.list_packages,
    "UpdateModelPackage": model_registry.update_package,
    "DeleteModelPackage": model_registry.delete_package,
    "AddTags": tags.add,
    "ListTags": tags.listing,
    "DeleteTags": tags.delete,
}

# In this order: a transform job names its model too.
_SUBJECTS = (
    *(jobs.name_member for jobs in store.ALL_JOBS),
    "ModelName",
    "ModelPackageGroupName",
    "ModelPackageName",
    "ModelPackageArn",
    "EndpointConfigName",
    "ResourceArn",
    "NameContains",
)


def names() -> set[str]:
    """Return the operations that there are."""
    return set(_OPERATIONS)


def call(operation: str, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """Check a request against the service model and answer it.

    Raises
    ------
    ApiError
        The request is refused, or the local cloud has no such operation.
    AnswerLost
        A fault on purpose broke the answer off.
    """
    if operation not in _OPERATIONS:
        raise ApiError(
            "UnknownOperationException",
            unsupported(f"SageMaker's {operation or 'runtime'}"),
        )
    schema.check(operation, request)
    lost = runtime.faults().meet(operation, _subject(request))
    answer = _answer(operation, request, caller)
    if lost:
        raise AnswerLost(f"the answer of {operation} was lost on purpose")
    return answer


def _answer(operation: str, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
    answer = _OPERATIONS[operation]
    if operation.startswith(("Describe", "List")):
        return answer(request, caller)
    try:
        with store.saved():
            return answer(request, caller)
    except JournalError as error:
        raise ApiError("InternalFailure", f"not saved: {error}", 500) from error


def _subject(request: dict[str, Any]) -> str:
    """Return what a fault's `name` is compared with; empty for a list of everything."""
    for member in _SUBJECTS:
        if member in request:
            name = str(request[member])
            return name.rpartition(":")[2].partition("/")[2] if name.startswith("arn:") else name
    return ""
