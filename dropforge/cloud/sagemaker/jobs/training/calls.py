"""Training jobs: what their calls have of their own."""

from typing import Any

from dropforge.cloud.api_errors import ApiError, invalid
from dropforge.cloud.sagemaker import images
from dropforge.cloud.sagemaker.jobs.calls import Calls
from dropforge.cloud.sagemaker.jobs.training.job import TrainingJob

_COPIED = (
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
)
_SWITCHES = (
    "EnableNetworkIsolation",
    "EnableInterContainerTrafficEncryption",
    "EnableManagedSpotTraining",
)


class TrainingCalls(Calls):
    """CreateTrainingJob and its like."""

    job = TrainingJob
    summary = ("SecondaryStatus",)
    taken = (
        "Training job names must be unique within an AWS account and region, and a training job "
        "with this name already exists ({arn})"
    )

    def check(self, request: dict[str, Any]) -> None:
        """Refuse what contradicts itself, and algorithms other than XGBoost."""
        algorithm = request["AlgorithmSpecification"]
        if ("TrainingImage" in algorithm) == ("AlgorithmName" in algorithm):
            raise invalid("Exactly one of TrainingImage and AlgorithmName must be given")
        for channel in request.get("InputDataConfig", []):
            _check_channel(channel, algorithm["TrainingInputMode"])
        _check_spot(request)
        _check_algorithm(algorithm)

    def facts_of(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return what Describe says of a new job."""
        return (
            {key: request[key] for key in _COPIED if key in request}
            | {key: request.get(key, False) for key in _SWITCHES}
            | {
                "SecondaryStatus": "Starting",
                "SecondaryStatusTransitions": [],
                "ProfilingStatus": "Disabled",
            }
        )

    def missing(self, _arn: str) -> ApiError:
        """Return the error of a job that does not exist."""
        return invalid("Requested resource not found.")


def _check_channel(channel: dict[str, Any], mode: str) -> None:
    """Refuse what is not read; the first wording is quoted in aws/sagemaker-python-sdk#716."""
    name, packed = channel["ChannelName"], channel.get("CompressionType", "None")
    if packed != "None" and channel.get("InputMode", mode) != "Pipe":
        raise invalid(
            f"Invalid compression type for channel {name}: File mode only supports NONE, "
            f"got {packed} instead"
        )
    source = channel["DataSource"]
    kind = source.get("S3DataSource", {}).get("S3DataType", " and ".join(source))
    if kind not in ("S3Prefix", "ManifestFile"):
        raise invalid(
            f"The local cloud reads the channel {name} by S3Prefix or ManifestFile, not by {kind}"
        )


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
    if "AlgorithmName" in algorithm:
        raise invalid(
            f"The local cloud has no algorithm resources such as {algorithm['AlgorithmName']!r}; "
            "give a TrainingImage of sagemaker-xgboost"
        )
    images.check_for_training(algorithm["TrainingImage"])
