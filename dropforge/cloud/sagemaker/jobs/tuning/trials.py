"""What a tuning job knows of its training jobs: counters, summaries, the best one."""

import math
from typing import Any

from dropforge.cloud.sagemaker import store

_RUNNING = ("InProgress", "Stopping")
_RETRYABLE = ("InternalServerError", "CapacityError")
_IMPROVEMENT = 0.01
_SUMMARY = (
    "TrainingJobName",
    "TrainingJobArn",
    "CreationTime",
    "TrainingStartTime",
    "TrainingEndTime",
    "TrainingJobStatus",
    "FailureReason",
)


def jobs_of(tuning: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the records of the training jobs that a tuning job has started, in order."""
    found = [store.training_jobs.get(name) for name in tuning["_jobs"]]
    return [each for each in found if each is not None]


def objective_of(tuning: dict[str, Any]) -> dict[str, str]:
    """Return Type and MetricName of what a tuning job aims at."""
    objective: dict[str, str] = tuning["HyperParameterTuningJobConfig"][
        "HyperParameterTuningJobObjective"
    ]
    return objective


def value_of(job: dict[str, Any], metric: str) -> float | None:
    """Return the last value of a metric, None if the job runs or has told none."""
    if job["TrainingJobStatus"] in (*_RUNNING, "Failed"):
        return None
    for each in job.get("FinalMetricDataList", []):
        if each["MetricName"] == metric and math.isfinite(each["Value"]):
            return float(each["Value"])
    return None


def summary_of(job: dict[str, Any], metric: str) -> dict[str, Any]:
    """Return a HyperParameterTrainingJobSummary."""
    value = value_of(job, metric)
    pending = job["TrainingJobStatus"] in _RUNNING
    status = "Pending" if pending else "Failed" if value is None else "Succeeded"
    summary = {key: job[key] for key in _SUMMARY if key in job} | {
        "TunedHyperParameters": job["_tuned"],
        "ObjectiveStatus": status,
    }
    if "_definition" in job:
        summary["TrainingJobDefinitionName"] = job["_definition"]
    if value is not None:
        summary["FinalHyperParameterTuningJobObjectiveMetric"] = {
            "MetricName": metric,
            "Value": value,
        }
    return summary


def best_of(jobs: list[dict[str, Any]], objective: dict[str, str]) -> dict[str, Any] | None:
    """Return the completed job with the best value, the first of equal ones."""
    metric = objective["MetricName"]
    sign = -1 if objective["Type"] == "Maximize" else 1
    done = [each for each in jobs if each["TrainingJobStatus"] == "Completed"]
    valued = [(value_of(each, metric), each) for each in done]
    found = [(sign * value, each) for value, each in valued if value is not None]
    return min(found, key=lambda pair: pair[0])[1] if found else None


def facts_of(tuning: dict[str, Any]) -> dict[str, Any]:
    """Return what Describe says of a tuning job that follows from its training jobs."""
    jobs = jobs_of(tuning)
    objective = objective_of(tuning)
    metric = objective["MetricName"]
    summaries = [summary_of(each, metric) for each in jobs]
    running = tuning["HyperParameterTuningJobStatus"] in _RUNNING
    end = store.now() if running else tuning["LastModifiedTime"]
    facts: dict[str, Any] = {
        "TrainingJobStatusCounters": _status_counters(jobs),
        "ObjectiveStatusCounters": {
            status: sum(each["ObjectiveStatus"] == status for each in summaries)
            for status in ("Succeeded", "Pending", "Failed")
        },
        "TuningJobCompletionDetails": {
            "NumberOfTrainingJobsObjectiveNotImproving": not_improving(jobs, objective)
        },
        "ConsumedResources": {"RuntimeInSeconds": round(end - tuning["CreationTime"])},
    }
    best = best_of(jobs, objective)
    if best is not None:
        facts["BestTrainingJob"] = summary_of(best, metric)
    overall = _overall_best(tuning, jobs, objective)
    if overall is not None:
        facts["OverallBestTrainingJob"] = overall
    return facts


def not_improving(jobs: list[dict[str, Any]], objective: dict[str, str]) -> int:
    """Return how many jobs have ended since one was better than those before it by a percent.

    The percent is the one of the API reference, HyperParameterTuningJobCompletionDetails.
    """
    sign = -1 if objective["Type"] == "Maximize" else 1
    valued = [(each, value_of(each, objective["MetricName"])) for each in jobs]
    ended = [(each["TrainingEndTime"], sign * value) for each, value in valued if value is not None]
    best, count = math.inf, 0
    for _time, value in sorted(ended, key=lambda pair: pair[0]):
        better = math.isinf(best) or value <= best - _IMPROVEMENT * abs(best)
        count = 0 if better else count + 1
        best = min(best, value)
    return count


def parents_of(tuning: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the records of the tuning jobs that a warm start goes on from."""
    named = tuning.get("WarmStartConfig", {}).get("ParentHyperParameterTuningJobs", [])
    found = [store.tuning_jobs.get(each["HyperParameterTuningJobName"]) for each in named]
    return [each for each in found if each is not None]


def _overall_best(
    tuning: dict[str, Any], jobs: list[dict[str, Any]], objective: dict[str, str]
) -> dict[str, Any] | None:
    """Return the best of this and its parents, where their data are the same."""
    kind = tuning.get("WarmStartConfig", {}).get("WarmStartType")
    if kind != "IdenticalDataAndAlgorithm":
        return None
    of_parents = [each for parent in parents_of(tuning) for each in jobs_of(parent)]
    best = best_of(of_parents + jobs, objective)
    if best is None:
        return None
    name = best["TuningJobArn"].rpartition("/")[2]
    return summary_of(best, objective["MetricName"]) | {"TuningJobName": name}


def _status_counters(jobs: list[dict[str, Any]]) -> dict[str, int]:
    counters = dict.fromkeys(
        ("Completed", "InProgress", "RetryableError", "NonRetryableError", "Stopped"), 0
    )
    for each in jobs:
        status = each["TrainingJobStatus"]
        if status in _RUNNING:
            status = "InProgress"
        elif status == "Failed":
            retryable = each.get("FailureReason", "").startswith(_RETRYABLE)
            status = "RetryableError" if retryable else "NonRetryableError"
        counters[status] += 1
    return counters
