"""Promotes and rolls back models in the SageMaker Model Registry.

The champion of a dataset is the newest Approved package of its group, by the
time the registry made it; so whatever approves or rejects a package, with this
command or any other AWS tool, is what the next comparison goes by. As EvaluateFunction
does, all here passes over packages that name no encoder: something else registered
them, and they cannot be given this application's data.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from dropforge.client.execution.executions import finished
from dropforge.client.registry.turn import turn
from dropforge.client.stack import Stack
from dropforge.errors import RegistryError
from pipeline import run_names
from pipeline.documents import kinds
from pipeline.documents.evaluation import Evaluation

APPROVED, REJECTED = "Approved", "Rejected"
_MISSING = ("ValidationException", "ResourceNotFound")
"""SageMaker has no error code of its own for what does not exist."""


@dataclass(frozen=True)
class Champion:
    """The package of a dataset's champion; all None if there is none."""

    arn: str | None
    run: str | None
    version: int | None


@dataclass(frozen=True)
class Change:
    """What a promotion or a rollback did, and who is the champion now."""

    dataset: str
    action: str
    package: str
    champion: Champion


def promote(stack: Stack, run: str) -> Change:
    """Make a run's model the champion of its dataset.

    Its package is approved. If a newer package is approved already, or the run was
    never registered, a new version of it is registered: the newest is the champion.

    Raises
    ------
    RunUnknownError, RunLostError
        There is no such run, or no execution of it.
    RunUnfinishedError
        It goes on, and has no evaluation yet.
    RegistryError
        It ended without an evaluation, so there is no model to promote.
    """
    evaluation = stack.read_document(run, kinds.EVALUATION)
    if evaluation is None or "package" not in evaluation:
        finished(stack, run)
        raise RegistryError(
            f"run {run} made no model that could be promoted; "
            f"`dropforge show {stack.argument(run)}` says why"
        )
    package = evaluation["package"]
    group, dataset = package["group"], package["metadata"]["dataset"]
    with turn(stack, dataset, f"dropforge promote {run}"):
        newest = next(_packages(stack, group, APPROVED), None)
        own = _package_of(stack, group, run)
        if own and newest and own["ModelPackageArn"] == newest["ModelPackageArn"]:
            return Change(dataset, "none", own["ModelPackageArn"], champion(stack, dataset))
        if own and (newest is None or _age(own) > _age(newest)):
            arn, action = own["ModelPackageArn"], "approved"
            _set_status(stack, arn, APPROVED, "Promoted with dropforge promote")
        else:
            arn, action = _register(stack, run, evaluation, own), "registered"
        return Change(dataset, action, arn, champion(stack, dataset))


def rollback(stack: Stack, dataset: str, *, to_none: bool = False) -> Change:
    """Reject a dataset's champion, so that the one before it is the champion again.

    A promotion may have registered a run's model several times; all of them that are
    newer than another run's newest model are rejected, so that this one takes over.

    Parameters
    ----------
    to_none : go on even if the dataset has no champion then.

    Raises
    ------
    RegistryError
        The dataset has no approved package, or only those of one run.
    """
    with turn(stack, dataset, "dropforge rollback"):
        return _rolled_back(stack, dataset, to_none)


def _rolled_back(stack: Stack, dataset: str, to_none: bool) -> Change:
    approved = _packages(stack, stack.package_group(dataset), APPROVED)
    newest = next(approved, None)
    if newest is None:
        raise RegistryError(
            f"dataset {dataset!r} has no approved model, so there is nothing to roll back; "
            f"`dropforge runs` lists the runs"
        )
    run, copies, before = _run_of(newest), [newest["ModelPackageArn"]], None
    for before in approved:
        if run is None or _run_of(before) != run:
            break
        copies.append(before["ModelPackageArn"])
    else:
        before = None
    if before is None and not to_none:
        raise RegistryError(
            f"no other run of {dataset!r} has an approved model, so none would be in use and the "
            f"next run's would be approved without a comparison; promote another run's first "
            f"(`dropforge promote RUN`; `dropforge runs` lists them), or insist with --yes"
        )
    for arn in copies:
        _set_status(stack, arn, REJECTED, "Rolled back with dropforge rollback")
    return Change(dataset, "rejected", newest["ModelPackageArn"], champion(stack, dataset))


def champion(stack: Stack, dataset: str) -> Champion:
    """Return the champion of a dataset."""
    newest = next(_packages(stack, stack.package_group(dataset), APPROVED), None)
    if newest is None:
        return Champion(None, None, None)
    return Champion(newest["ModelPackageArn"], _run_of(newest), newest.get("ModelPackageVersion"))


def describe(stack: Stack, arn: str) -> dict[str, Any]:
    """Describe a model package."""
    return dict(stack.client("sagemaker").describe_model_package(ModelPackageName=arn))


def _packages(stack: Stack, group: str, status: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield what is known of a group's packages that name an encoder, the newest first."""
    for listed in _listed(stack, group, status):
        package = {**describe(stack, listed["ModelPackageArn"]), **listed}
        if "encoder" in package.get("CustomerMetadataProperties", {}):
            yield package


def _listed(stack: Stack, group: str, status: str | None) -> Iterator[dict[str, Any]]:
    """Yield a group's packages, the newest first; none if the group does not exist."""
    query = {"ModelPackageGroupName": group, "SortBy": "CreationTime", "SortOrder": "Descending"}
    if status:
        query["ModelApprovalStatus"] = status
    pages = stack.client("sagemaker").get_paginator("list_model_packages")
    try:
        for page in pages.paginate(**query):
            yield from page["ModelPackageSummaryList"]
    except ClientError as error:
        if error.response["Error"]["Code"] not in _MISSING:
            raise


def _package_of(stack: Stack, group: str, run: str) -> dict[str, Any] | None:
    """Return the newest package that a run's model was registered as."""
    for package in _packages(stack, group):
        if _run_of(package) == run:
            return package
    return None


def _run_of(package: dict[str, Any]) -> str | None:
    """Return the run that a package names; one that another tool made may name none."""
    run: str | None = package["CustomerMetadataProperties"].get("run")
    return run


def _age(package: dict[str, Any]) -> tuple[Any, int]:
    """Order packages: versions made in the same instant by their number."""
    return package["CreationTime"], package.get("ModelPackageVersion", 0)


def _set_status(stack: Stack, arn: str, status: str, why: str) -> None:
    stack.client("sagemaker").update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus=status, ApprovalDescription=why
    )


def _register(stack: Stack, run: str, evaluation: Evaluation, own: dict[str, Any] | None) -> str:
    """Register a run's model, once more if need be, with the fields of `Register model`."""
    package = evaluation["package"]
    container = own["InferenceSpecification"]["Containers"][0] if own else _saved(stack, run)
    quality = {"ContentType": "application/json", "S3Uri": evaluation["files"]["evaluation"]}
    answer = stack.client("sagemaker").create_model_package(
        ModelPackageGroupName=package["group"],
        ModelPackageDescription=package["description"],
        ModelApprovalStatus=APPROVED,
        CustomerMetadataProperties=package["metadata"],
        InferenceSpecification={
            "Containers": [
                {"Image": container["Image"], "ModelDataUrl": container["ModelDataUrl"]}
            ],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        ModelMetrics={"ModelQuality": {"Statistics": quality}},
    )
    return str(answer["ModelPackageArn"])


def _saved(stack: Stack, run: str) -> dict[str, Any]:
    """Return image and model data of the model that a run saved, at whichever attempt.

    TidyFunction deletes SageMaker models in time; the training job that made one stays, and
    tells the same.
    """
    client = stack.client("sagemaker")
    for name in run_names.attempts_of(run):
        if model := _described(client.describe_model, ModelName=name):
            return dict(model["PrimaryContainer"])
        job = _described(client.describe_training_job, TrainingJobName=name)
        if job and job["TrainingJobStatus"] == "Completed":
            return {
                "Image": job["AlgorithmSpecification"]["TrainingImage"],
                "ModelDataUrl": job["ModelArtifacts"]["S3ModelArtifacts"],
            }
    raise RegistryError(
        f"there is neither a SageMaker model {run} nor a completed training job of that name, so "
        f"it cannot be promoted; drop the file again to train it anew"
    )


def _described(call: Callable[..., dict[str, Any]], **name: str) -> dict[str, Any] | None:
    """Describe something; None if there is no such thing."""
    try:
        return call(**name)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _MISSING:
            raise
        return None
