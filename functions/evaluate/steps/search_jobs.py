"""What SageMaker tells of a search: its tuning job, and the training jobs of that."""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import urllib3.exceptions
from botocore.exceptions import BotoCoreError, ClientError

from pipeline.aws_errors import passes
from pipeline.documents.search.facts import TuningFacts
from pipeline.documents.search.searched import Trial, TrialStatus
from pipeline.documents.state import Fitted, Training
from pipeline.wording import shorten

NOT_STARTED = "NotStarted"
_UNKNOWN = "Unknown"
REASON = 300
# A job that is not at its end when its search is was left to be stopped.
_STATUS: dict[str, TrialStatus] = {
    "Completed": "completed",
    "Stopped": "stopped",
    "Stopping": "stopped",
    "InProgress": "stopped",
}
"""Of training jobs; all others have failed."""


@contextmanager
def refusals_in(problems: list[str]) -> Iterator[None]:
    """Note what SageMaker refuses for good: a search is looked at, and not to be failed by.

    What passes by itself is left to the state machine, which tries again.
    """
    try:
        yield
    except (BotoCoreError, ClientError, urllib3.exceptions.HTTPError) as error:
        if passes(error):
            raise
        problems.append(shorten(str(error), REASON))


@dataclass
class Search:
    """A tuning job, as far as it is known."""

    job: str | None
    status: str
    problems: list[str]
    told: dict[str, Any]
    """DescribeHyperParameterTuningJob; empty if that was refused, or without a job."""


def search_of(sagemaker: Any, search: dict[str, Any], attempts: list[str], lost: Any) -> Search:
    """Return the tuning job that was made, if one was, and what ended it if that is an error.

    Parameters
    ----------
    search : its name and status, or the error that ended its state.
    attempts : names of the tuning job, one for each try.
    lost : how many of them were given up; None if that is not known.
    """
    if "job" in search:
        found = Search(str(search["job"]), str(search.get("status") or _UNKNOWN), [], {})
        with refusals_in(found.problems):
            found.told = _described(sagemaker, found.job)
        return _with_status(found)
    document, problem = _ended_by(search.get("error", {}))
    job = document.get("HyperParameterTuningJobName")
    if job is None and isinstance(lost, int):
        # A time limit, or a cause that was cut off, names no job.
        return _guessed(sagemaker, attempts[min(lost, len(attempts) - 1)], problem)
    status = document.get("HyperParameterTuningJobStatus") or _UNKNOWN
    found = Search(job, status if job else NOT_STARTED, [problem], {})
    if job:
        with refusals_in(found.problems):
            found.told = _described(sagemaker, job)
    return _with_status(found)


def _guessed(sagemaker: Any, job: str, problem: str) -> Search:
    found = Search(None, NOT_STARTED, [problem], {})
    # Where the job was refused there is none of the name, and why is known already.
    with refusals_in([]):
        found.told = _described(sagemaker, job)
        found.job = job
        if said := found.told.get("FailureReason"):
            found.problems = [shorten(str(said), REASON)]
    return _with_status(found)


def _described(sagemaker: Any, job: str | None) -> dict[str, Any]:
    told: dict[str, Any] = sagemaker.describe_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=job
    )
    return told


def _with_status(found: Search) -> Search:
    found.status = found.told.get("HyperParameterTuningJobStatus", found.status)
    return found


def _ended_by(error: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Return what the error tells of the tuning job, and why it ended."""
    cause = str(error.get("Cause") or "")
    try:
        document = json.loads(cause)
    except ValueError:
        document = {}
    if not isinstance(document, dict):
        document = {}
    # Half a document is nothing to read.
    whole = "" if document or cause.startswith("{") else cause
    status = document.get("HyperParameterTuningJobStatus")
    said = document.get("FailureReason") or whole
    problem = said or (f"its status is {status}" if status else error.get("Error", "unknown"))
    return document, shorten(str(problem), REASON)


def first_trial(fit: Fitted, training: Training) -> Trial:
    """Return the first training job, which the state machine knows."""
    described = training["described"]
    metric, begun = fit["tuning"]["found"]["metric"], fit["hyperparameters"]
    values = {
        one["MetricName"]: float(one["Value"]) for one in described.get("FinalMetricDataList", [])
    }
    return {
        "number": 0,
        "job": training["job"],
        "status": "completed",
        "value": _finite(values.get(f"validation:{metric}")),
        "seconds": described.get("BillableTimeInSeconds", described.get("TrainingTimeInSeconds")),
        "hyperparameters": {n: begun[n] for n in ranges_of(fit["tuning"]) if n in begun},
    }


def ranges_of(tuning: TuningFacts) -> dict[str, list[str]]:
    """Return the least and the most of each hyperparameter that is searched for."""
    ranges = tuning["config"]["ParameterRanges"]
    kinds_of = ("ContinuousParameterRanges", "IntegerParameterRanges")
    each = [one for kind in kinds_of for one in ranges[kind]]
    return {one["Name"]: [one["MinValue"], one["MaxValue"]] for one in each}


def trials_of(sagemaker: Any, job: str) -> Iterator[Trial]:
    """Yield the training jobs of a tuning job, in the order of their beginning."""
    pages = sagemaker.get_paginator("list_training_jobs_for_hyper_parameter_tuning_job")
    listed = pages.paginate(
        HyperParameterTuningJobName=job, SortBy="CreationTime", SortOrder="Ascending"
    )
    number = 0
    for page in listed:
        for summary in page["TrainingJobSummaries"]:
            number += 1
            yield _trial(number, summary)


def _trial(number: int, summary: dict[str, Any]) -> Trial:
    metric = summary.get("FinalHyperParameterTuningJobObjectiveMetric", {})
    began, ended = summary.get("TrainingStartTime"), summary.get("TrainingEndTime")
    trial: Trial = {
        "number": number,
        "job": summary["TrainingJobName"],
        "status": _STATUS.get(summary["TrainingJobStatus"], "failed"),
        "value": _finite(metric.get("Value")),
        "seconds": (ended - began).total_seconds() if began and ended else None,
        "hyperparameters": {n: str(v) for n, v in summary["TunedHyperParameters"].items()},
    }
    if reason := summary.get("FailureReason"):
        trial["reason"] = shorten(reason, REASON)
    return trial


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None
