"""Hyperparameter tuning jobs: what their calls have of their own."""

from typing import Any

from dropforge.cloud.api_errors import ApiError, invalid, not_found
from dropforge.cloud.iam.identity import Caller
from dropforge.cloud.sagemaker import paging, store, tags
from dropforge.cloud.sagemaker.jobs.calls import Call, Calls
from dropforge.cloud.sagemaker.jobs.training.calls import TrainingCalls
from dropforge.cloud.sagemaker.jobs.tuning import checks, trials, warm_start
from dropforge.cloud.sagemaker.jobs.tuning.job import TuningJob, training_request

_COPIED = (
    "HyperParameterTuningJobName",
    "HyperParameterTuningJobConfig",
    "TrainingJobDefinition",
    "WarmStartConfig",
)
_RUNNING = ("InProgress", "Stopping")


class TuningCalls(Calls):
    """CreateHyperParameterTuningJob and its like."""

    job = TuningJob
    taken = (
        "Hyperparameter tuning job names must be unique within an AWS account and region, and a "
        "tuning job with this name already exists ({arn})"
    )

    def operations(self) -> dict[str, Call]:
        """Return the calls by the names of their operations."""
        return super().operations() | {
            "DeleteHyperParameterTuningJob": self.delete,
            "ListTrainingJobsForHyperParameterTuningJob": self.list_training_jobs,
        }

    def check(self, request: dict[str, Any]) -> None:
        """Refuse what contradicts itself, and what the training jobs would be refused for."""
        checks.check(request)
        warm_start.check(request)
        TrainingCalls().check(training_request(request, "any", {}))

    def role_of(self, request: dict[str, Any]) -> str | None:
        """Return the role that the training jobs are to have."""
        return str(request["TrainingJobDefinition"]["RoleArn"])

    def facts_of(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return what Describe says of a new job."""
        return {key: request[key] for key in _COPIED if key in request} | {"_jobs": []}

    def missing(self, arn: str) -> ApiError:
        """Return the error of a job that does not exist."""
        return not_found(f"Could not find hyperparameter tuning job {arn}.")

    def describe(self, request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
        """Return what is known of a job, as its training jobs are now."""
        return self.described(self._find(request))

    def described(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return a record with what follows from its training jobs."""
        return store.public(record | trials.facts_of(record))

    def summary_of(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return what a list says of a job besides what it says of every kind."""
        facts = trials.facts_of(record)
        config = record["HyperParameterTuningJobConfig"]
        return {
            "Strategy": config["Strategy"],
            "ResourceLimits": config["ResourceLimits"],
            "TrainingJobStatusCounters": facts["TrainingJobStatusCounters"],
            "ObjectiveStatusCounters": facts["ObjectiveStatusCounters"],
        }

    def list(self, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """Return a page of the tuning jobs that fit, by default by their names."""
        return super().list({"SortBy": "Name", "SortOrder": "Ascending"} | request, caller)

    def list_training_jobs(self, request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
        """Return a page of the training jobs of a tuning job, by default by their names."""
        record = self._find(request)
        metric = trials.objective_of(record)["MetricName"]
        wanted, by = request.get("StatusEquals"), request.get("SortBy")
        listed = []
        for job in trials.jobs_of(record):
            value = trials.value_of(job, metric)
            if wanted not in (None, job["TrainingJobStatus"]):
                continue
            if by == "FinalObjectiveMetricValue" and value is None:
                continue
            listed.append(trials.summary_of(job, metric) | {"_value": value})
        order = {
            "": "TrainingJobName",
            "Name": "TrainingJobName",
            "CreationTime": "CreationTime",
            "Status": "TrainingJobStatus",
            "FinalObjectiveMetricValue": "_value",
        }
        page, more = paging.page(
            listed, {"SortOrder": "Ascending"} | request, "TrainingJobName", order
        )
        return {"TrainingJobSummaries": [store.public(each) for each in page]} | more

    def delete(self, request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
        """Forget a tuning job, but not its training jobs."""
        record = self._find(request)
        status = record["HyperParameterTuningJobStatus"]
        if status in _RUNNING:
            raise invalid(
                f"The request was rejected because the hyperparameter tuning job is in status "
                f"{status}; stop it first."
            )
        del store.tuning_jobs[record["HyperParameterTuningJobName"]]
        tags.forget(record["HyperParameterTuningJobArn"])
        return {}
