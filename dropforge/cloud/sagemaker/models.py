"""Models."""

from collections.abc import Callable
from typing import Any

from dropforge.cloud.api_errors import ApiError, invalid
from dropforge.cloud.iam import identity
from dropforge.cloud.iam.identity import Caller
from dropforge.cloud.sagemaker import events, images, model_registry, paging, store, tags


def create(
    request: dict[str, Any], caller: Caller, look_for_data: Callable[[str, str], None]
) -> dict[str, Any]:
    """CreateModel.

    Parameters
    ----------
    look_for_data : refuses the address of model data that a role cannot have.
    """
    name = request["ModelName"]
    arn = store.arn("model", name)
    containers = request.get("Containers", [])
    if ("PrimaryContainer" in request) == bool(containers):
        raise invalid("Exactly one of PrimaryContainer and Containers must be given")
    primary = request.get("PrimaryContainer") or containers[0]
    _require_packages(caller, [primary, *containers])
    model_registry.container_of(primary)
    if "ExecutionRoleArn" not in request:
        raise invalid("ExecutionRoleArn must be given for a model that reads its data from S3")
    identity.require_pass_role(caller, request["ExecutionRoleArn"])
    if name in store.models:
        raise invalid(f'Cannot create already existing model "{arn}".')
    identity.require_assumable(request["ExecutionRoleArn"])
    for container in containers or [primary]:
        if "Image" in container:
            images.check_for_model(container["Image"])
        if "ModelDataUrl" in container:
            look_for_data(container["ModelDataUrl"], request["ExecutionRoleArn"])
    copied = ["ModelName", "PrimaryContainer", "Containers", "ExecutionRoleArn", "VpcConfig"]
    record = {key: request[key] for key in copied if key in request} | {
        "ModelArn": arn,
        "CreationTime": store.now(),
        "EnableNetworkIsolation": request.get("EnableNetworkIsolation", False),
    }
    store.models[name] = record
    tags.put(arn, request.get("Tags", []))
    events.emit("Model", arn, store.public(record))
    return {"ModelArn": arn}


def describe(request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
    """DescribeModel."""
    return store.public(find(request["ModelName"]))


def delete(request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
    """DeleteModel."""
    record = find(request["ModelName"])
    del store.models[request["ModelName"]]
    tags.forget(record["ModelArn"])
    events.emit("Model", record["ModelArn"], store.public(record))
    return {}


def listing(request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
    """ListModels."""
    order = {"": "CreationTime", "Name": "ModelName"}
    records, more = paging.page(store.models.values(), request, "ModelName", order)
    names = ("ModelName", "ModelArn", "CreationTime")
    return {"Models": [{key: record[key] for key in names} for record in records]} | more


def find(name: str) -> dict[str, Any]:
    """Return a model's record.

    Raises
    ------
    ApiError
        There is no such model.
    """
    record: dict[str, Any] | None = store.models.get(name)
    if record is None:
        raise invalid(f'Could not find model "{store.arn("model", name)}".')
    return record


def _require_packages(caller: Caller, containers: list[dict[str, Any]]) -> None:
    """Refuse a caller that may not make models of the packages that it names.

    CreateModel is decided on the package as well as on the model (service
    authorization reference, SageMaker), and reads what the package says.
    """
    for name in {each["ModelPackageName"] for each in containers if "ModelPackageName" in each}:
        arn = name if name.startswith("arn:") else store.arn("model-package", name)
        for operation in ("CreateModel", "DescribeModelPackage"):
            message = identity.denial(caller, f"sagemaker:{operation}", arn)
            if message:
                raise ApiError("AccessDeniedException", message)
