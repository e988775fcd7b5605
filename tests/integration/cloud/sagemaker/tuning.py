"""Requests for tuning jobs, and waiting for their end."""

import copy
from typing import Any

from tests.integration.cloud.conftest import training_request
from tests.waiting import wait_until

RANGES = {
    "IntegerParameterRanges": [{"Name": "max_depth", "MinValue": "2", "MaxValue": "6"}],
    "ContinuousParameterRanges": [{"Name": "eta", "MinValue": "0.05", "MaxValue": "0.5"}],
}


def tuning_request(name: str, bucket: str, role: str, **config: Any) -> dict[str, Any]:
    """Ask for four jobs of ten rounds, two at a time; `config` changes how is searched."""
    training = training_request("any", bucket, role)
    definition = {
        key: training[key]
        for key in (
            "AlgorithmSpecification",
            "RoleArn",
            "InputDataConfig",
            "OutputDataConfig",
            "ResourceConfig",
            "StoppingCondition",
        )
    }
    definition["StaticHyperParameters"] = {"objective": "reg:squarederror", "num_round": "10"}
    return {
        "HyperParameterTuningJobName": name,
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "HyperParameterTuningJobObjective": {
                "Type": "Minimize",
                "MetricName": "validation:rmse",
            },
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 4, "MaxParallelTrainingJobs": 2},
            "ParameterRanges": copy.deepcopy(RANGES),
        }
        | config,
        "TrainingJobDefinition": definition,
    }


def tune(sagemaker: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Run a tuning job to its end."""
    sagemaker.create_hyper_parameter_tuning_job(**request)
    return wait_for_tuning(sagemaker, request["HyperParameterTuningJobName"])


def wait_for_tuning(sagemaker: Any, name: str) -> dict[str, Any]:
    def ended() -> Any:
        job = sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
        running = job["HyperParameterTuningJobStatus"] in ("InProgress", "Stopping")
        return None if running else job

    found: dict[str, Any] = wait_until(ended, 60)
    return found


def jobs_of(sagemaker: Any, name: str, **by: Any) -> list[dict[str, Any]]:
    """List the training jobs of a tuning job."""
    answer = sagemaker.list_training_jobs_for_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name, MaxResults=100, **by
    )
    found: list[dict[str, Any]] = answer["TrainingJobSummaries"]
    return found
