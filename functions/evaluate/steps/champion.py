"""Step champion: the model package of a dataset that is in use."""

from typing import Any

from botocore.exceptions import ClientError

from pipeline.documents.state import Champion


def find_champion(sagemaker: Any, group: str) -> Champion:
    """Return the newest Approved package of a group, making the group if it is missing.

    A package that names no encoder was registered by something else; it cannot
    be given this application's data and is passed over.

    Returns
    -------
    ``{"found": False}``, or ``{"found": True, "model_package_arn",
    "encoder_key"}`` with ``decision_key``, ``metric``, ``run``, ``data_last_modified``,
    ``data_etag``, ``model_data`` and ``image`` if the package has them.
    """
    if not group_exists(sagemaker, group):
        _create_group(sagemaker, group)
        return {"found": False}
    return approved_package(sagemaker, group)


def approved_package(sagemaker: Any, group: str) -> Champion:
    """Return the newest Approved package of a group that exists; see `find_champion`."""
    pages = sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=group,
        ModelApprovalStatus="Approved",
        SortBy="CreationTime",
        SortOrder="Descending",
    )
    # Paged, because a page may be empty though more follow.
    for page in pages:
        for package in page["ModelPackageSummaryList"]:
            champion = _champion(sagemaker, package["ModelPackageArn"])
            if "encoder_key" in champion:
                return champion
    return {"found": False}


def _champion(sagemaker: Any, arn: str) -> Champion:
    package = sagemaker.describe_model_package(ModelPackageName=arn)
    metadata = package.get("CustomerMetadataProperties", {})
    champion: Champion = {"found": True, "model_package_arn": arn}
    if "run" in metadata:
        champion["run"] = metadata["run"]
    if "encoder" in metadata:
        champion["encoder_key"] = metadata["encoder"]
    if "decision" in metadata:
        champion["decision_key"] = metadata["decision"]
    if "metric" in metadata:
        champion["metric"] = metadata["metric"]
    if "data_last_modified" in metadata:
        champion["data_last_modified"] = metadata["data_last_modified"]
    if "etag" in metadata:
        champion["data_etag"] = metadata["etag"]
    containers = package.get("InferenceSpecification", {}).get("Containers", [])
    if containers and containers[0].get("ModelDataUrl"):
        champion["model_data"] = containers[0]["ModelDataUrl"]
        champion["image"] = containers[0]["Image"]
    return champion


def group_exists(sagemaker: Any, group: str) -> bool:
    """Say whether there is a model package group of that name."""
    try:
        sagemaker.describe_model_package_group(ModelPackageGroupName=group)
    except ClientError as error:
        # SageMaker has no error code of its own for a group that does not exist.
        if error.response["Error"]["Code"] in ("ValidationException", "ResourceNotFound"):
            return False
        raise
    return True


def _create_group(sagemaker: Any, group: str) -> None:
    try:
        sagemaker.create_model_package_group(
            ModelPackageGroupName=group,
            ModelPackageGroupDescription="Models of one dataset; the newest Approved one is in use",
        )
    except ClientError:
        # Another run of the dataset may have made it in between.
        if not group_exists(sagemaker, group):
            raise
