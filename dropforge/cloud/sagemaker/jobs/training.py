"""Training jobs: the API's calls."""

from typing import Any

from dropforge.cloud.api_errors import ApiError, invalid
from dropforge.cloud.iam import identity
from dropforge.cloud.iam.identity import Caller
from dropforge.cloud.sagemaker import paging, store, tags
from dropforge.cloud.sagemaker.jobs import lifecycle
from dropforge.cloud.sagemaker.jobs.training_job import TrainingJob


def create(request: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """CreateTrainingJob."""
    name = request["TrainingJobName"]
    algorithm = request["AlgorithmSpecification"]
    if ("TrainingImage" in algorithm) == ("AlgorithmName" in algorithm):
        raise invalid("Exactly one of TrainingImage and AlgorithmName must be given")
    _check_spot(request)
    _check_algorithm(algorithm)
    identity.require_pass_role(caller, request["RoleArn"])
    fault = lifecycle.faults().meet_job("CreateTrainingJob", name)
    if name in store.training_jobs:
        raise ApiError(
            "ResourceInUse",
            f"Training job names must be unique within an AWS account and region, and a training "
            f"job with this name already exists ({store.arn('training-job', name)})",
        )
    identity.require_assumable(request["RoleArn"])
    now = store.now()
    copied = [
        "TrainingJobName",
        "HyperParameters",
        "AlgorithmSpecification",
        "RoleArn",
        "InputDataConfig",
        "OutputDataConfig",
        "ResourceConfig",
        "VpcConfig",
        "StoppingCondition",
        "CheckpointConfig",
        "Environment",
    ]
    record = {key: request[key] for key in copied if key in request} | {
        "TrainingJobArn": store.arn("training-job", name),
        "TrainingJobStatus": "InProgress",
        "SecondaryStatus": "Starting",
        "CreationTime": now,
        "LastModifiedTime": now,
        "SecondaryStatusTransitions": [],
        "EnableNetworkIsolation": request.get("EnableNetworkIsolation", False),
        "EnableInterContainerTrafficEncryption": request.get(
            "EnableInterContainerTrafficEncryption", False
        ),
        "EnableManagedSpotTraining": request.get("EnableManagedSpotTraining", False),
        "ProfilingStatus": "Disabled",
    }
    store.training_jobs[name] = record
    tags.put(record["TrainingJobArn"], request.get("Tags", []))
    job = TrainingJob(record, fault)
    job.set_status("InProgress", "Starting")
    job.start()
    return {"TrainingJobArn": record["TrainingJobArn"]}


def describe(request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
    """DescribeTrainingJob."""
    return store.public(_find(request["TrainingJobName"]))


def stop(request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
    """StopTrainingJob."""
    record = _find(request["TrainingJobName"])
    job = lifecycle.active(record["TrainingJobArn"])
    if record["TrainingJobStatus"] == "Stopping":
        return {}
    if record["TrainingJobStatus"] != "InProgress" or job is None:
        raise invalid(
            f"The request was rejected because the training job is in status "
            f"{record['TrainingJobStatus']}."
        )
    job.stop()
    return {}


def listing(request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
    """ListTrainingJobs."""
    wanted = request.get("StatusEquals")
    found = [r for r in store.training_jobs.values() if wanted in (None, r["TrainingJobStatus"])]
    order = {"": "CreationTime", "Name": "TrainingJobName", "Status": "TrainingJobStatus"}
    records, more = paging.page(found, request, "TrainingJobName", order)
    names = [
        "TrainingJobName",
        "TrainingJobArn",
        "CreationTime",
        "TrainingEndTime",
        "LastModifiedTime",
        "TrainingJobStatus",
        "SecondaryStatus",
    ]
    summaries = [{key: r[key] for key in names if key in r} for r in records]
    return {"TrainingJobSummaries": summaries} | more


def _find(name: str) -> dict[str, Any]:
    record: dict[str, Any] | None = store.training_jobs.get(name)
    if record is None:
        raise ApiError("ValidationException", "Requested resource not found.")
    return record


def _check_spot(request: dict[str, Any]) -> None:
    """Check the waiting time; the wording is quoted in Kenza-AI/sagify#111."""
    condition = request["StoppingCondition"]
    wait, run = condition.get("MaxWaitTimeInSeconds"), condition.get("MaxRuntimeInSeconds", 86_400)
    if not request.get("EnableManagedSpotTraining"):
        if wait is not None:
            raise invalid(
                "Invalid MaxWaitTimeInSeconds. It is only supported when "
                "EnableManagedSpotTraining is set to true"
            )
        return
    if wait is None or wait < run:
        raise invalid(
            f"Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to "
            f"MaxRuntimeInSeconds {run}."
        )


def _check_algorithm(algorithm: dict[str, Any]) -> None:
    image = algorithm.get("TrainingImage", "")
    if "xgboost" not in image:
        raise invalid(
            f"The local cloud runs the built-in XGBoost algorithm only, not {image!r}; "
            "give an image of sagemaker-xgboost"
        )
