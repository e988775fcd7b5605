"""The model registry: groups of packages, versions, approval."""

from typing import Any

from dropforge.cloud.api_errors import ApiError, invalid
from dropforge.cloud.iam.identity import Caller
from dropforge.cloud.sagemaker import events, paging, store, tags

_APPROVAL = "ModelApprovalStatus"


def create_group(request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
    """CreateModelPackageGroup."""
    name = request["ModelPackageGroupName"]
    arn = store.arn("model-package-group", name)
    if name in store.package_groups:
        raise invalid(f"Model Package Group already exists: {arn}")
    store.package_groups[name] = {
        "ModelPackageGroupName": name,
        "ModelPackageGroupArn": arn,
        "ModelPackageGroupDescription": request.get("ModelPackageGroupDescription"),
        "CreationTime": store.now(),
        "ModelPackageGroupStatus": "Completed",
        "CreatedBy": {},
        "_versions": 0,
    }
    tags.put(arn, request.get("Tags", []))
    return {"ModelPackageGroupArn": arn}


def describe_group(request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
    """DescribeModelPackageGroup."""
    return store.public(_group(request["ModelPackageGroupName"]))


def list_groups(request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
    """ListModelPackageGroups."""
    order = {"": "CreationTime", "Name": "ModelPackageGroupName"}
    name = "ModelPackageGroupName"
    records, more = paging.page(store.package_groups.values(), request, name, order)
    left_out = ("CreatedBy",)
    summaries = [
        {key: value for key, value in store.public(record).items() if key not in left_out}
        for record in records
    ]
    return {"ModelPackageGroupSummaryList": summaries} | more


def delete_group(request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
    """DeleteModelPackageGroup."""
    group = _group(request["ModelPackageGroupName"])
    name = group["ModelPackageGroupName"]
    if any(package.get("ModelPackageGroupName") == name for package in store.packages.values()):
        raise ApiError(
            "ConflictException",
            f"Model Package Group {group['ModelPackageGroupArn']} cannot be deleted because it "
            "still contains Model Packages; delete those first",
        )
    del store.package_groups[name]
    tags.forget(group["ModelPackageGroupArn"])
    return {}


def create_package(request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
    """CreateModelPackage; a version of a group, or a package by itself."""
    group_name = request.get("ModelPackageGroupName")
    if (group_name is None) == ("ModelPackageName" not in request):
        raise invalid("Exactly one of ModelPackageName and ModelPackageGroupName must be given")
    token = request.get("ClientToken")
    # A call that is repeated because its answer was lost makes no second package.
    for known in store.packages.values() if token else ():
        if known.get("_token") == token:
            return {"ModelPackageArn": known["ModelPackageArn"]}
    now = store.now()
    record: dict[str, Any] = {key: value for key, value in request.items() if key in _KEPT} | {
        "_token": token,
        "CreationTime": now,
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": []},
        "CertifyForMarketplace": request.get("CertifyForMarketplace", False),
        "CreatedBy": {},
    }
    if group_name is not None:
        group = _group(group_name)
        # A group may be named by its ARN as well.
        name = group["ModelPackageGroupName"]
        group["_versions"] += 1
        record["ModelPackageGroupName"] = name
        record["ModelPackageVersion"] = group["_versions"]
        record["ModelPackageArn"] = store.arn("model-package", f"{name}/{group['_versions']}")
        record[_APPROVAL] = request.get(_APPROVAL, "PendingManualApproval")
    else:
        record["ModelPackageArn"] = store.arn("model-package", request["ModelPackageName"])
        if record["ModelPackageArn"] in store.packages:
            raise invalid(f"Model Package already exists: {record['ModelPackageArn']}")
    arn = record["ModelPackageArn"]
    store.packages[arn] = record
    tags.put(arn, request.get("Tags", []))
    events.emit("Model Package", arn, store.public(record))
    return {"ModelPackageArn": arn}


_KEPT = [
    "ModelPackageName",
    "ModelPackageDescription",
    "InferenceSpecification",
    "SourceAlgorithmSpecification",
    "MetadataProperties",
    "ModelMetrics",
    "CustomerMetadataProperties",
    "DriftCheckBaselines",
    "Domain",
    "Task",
    "SamplePayloadUrl",
    "AdditionalInferenceSpecifications",
    "SkipModelValidation",
    "SourceUri",
    "ModelApprovalStatus",
]


def describe_package(request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
    """DescribeModelPackage."""
    return store.public(_package(request["ModelPackageName"]))


def list_packages(request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
    """ListModelPackages: the versions of a group, or else the packages without one."""
    found = list(store.packages.values())
    if "ModelPackageGroupName" in request:
        name = _group(request["ModelPackageGroupName"])["ModelPackageGroupName"]
        found = [record for record in found if record.get("ModelPackageGroupName") == name]
    elif request.get("ModelPackageType", "Unversioned") == "Unversioned":
        found = [record for record in found if "ModelPackageGroupName" not in record]
    elif request["ModelPackageType"] == "Versioned":
        found = [record for record in found if "ModelPackageGroupName" in record]
    wanted = request.get(_APPROVAL)
    found = [record for record in found if wanted in (None, record.get(_APPROVAL))]
    order = {"": "CreationTime", "Name": "ModelPackageArn"}
    records, more = paging.page(found, request, "ModelPackageArn", order)
    names = [
        "ModelPackageName",
        "ModelPackageGroupName",
        "ModelPackageVersion",
        "ModelPackageArn",
        "CreationTime",
        "ModelPackageDescription",
        "ModelPackageStatus",
        "ModelApprovalStatus",
    ]
    summaries = [{key: record[key] for key in names if key in record} for record in records]
    return {"ModelPackageSummaryList": summaries} | more


def update_package(request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
    """UpdateModelPackage: approval and metadata."""
    record = _package(request["ModelPackageArn"])
    for name in (_APPROVAL, "ApprovalDescription", "InferenceSpecification", "SourceUri"):
        if name in request:
            record[name] = request[name]
    metadata = record.get("CustomerMetadataProperties", {})
    metadata |= request.get("CustomerMetadataProperties", {})
    for name in request.get("CustomerMetadataPropertiesToRemove", []):
        metadata.pop(name, None)
    if metadata:
        record["CustomerMetadataProperties"] = metadata
    record["LastModifiedTime"] = store.now()
    record["LastModifiedBy"] = {}
    events.emit("Model Package", record["ModelPackageArn"], store.public(record))
    return {"ModelPackageArn": record["ModelPackageArn"]}


def delete_package(request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
    """DeleteModelPackage."""
    arn = _package(request["ModelPackageName"])["ModelPackageArn"]
    del store.packages[arn]
    tags.forget(arn)
    return {}


def container_of(container: dict[str, Any]) -> dict[str, Any]:
    """Resolve a container of a model: its image and where its data lies.

    Raises
    ------
    ApiError
        It names neither an image nor a package, or a package that does not exist
        or is not approved.
    """
    if "ModelPackageName" in container:
        package = _package(container["ModelPackageName"])
        if package.get(_APPROVAL, "Approved") == "Rejected":
            raise invalid(
                f"Cannot create Model using rejected ModelPackage {package['ModelPackageArn']}."
            )
        inner: dict[str, Any] = package["InferenceSpecification"]["Containers"][0]
        merged = inner.get("Environment", {}) | container.get("Environment", {})
        return inner | {"Environment": merged}
    if "Image" not in container:
        raise invalid("A container must name an Image or a ModelPackageName")
    if "xgboost" not in container["Image"]:
        raise invalid(
            f"The local cloud runs the built-in XGBoost algorithm only, not "
            f"{container['Image']!r}; give an image of sagemaker-xgboost"
        )
    return container


def _group(name: str) -> dict[str, Any]:
    record: dict[str, Any] | None = store.package_groups.get(name.rpartition("/")[2])
    if record is None:
        arn = store.arn("model-package-group", name)
        raise invalid(f"ModelPackageGroup {arn} does not exist.")
    return record


def _package(name: str) -> dict[str, Any]:
    arn = name if name.startswith("arn:") else store.arn("model-package", name)
    record: dict[str, Any] | None = store.packages.get(arn)
    if record is None:
        raise invalid(f"ModelPackage {arn} does not exist.")
    return record
