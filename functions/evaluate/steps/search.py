"""Step search: which training job of a search is the best, the first one included."""

import json
import math
from collections.abc import Iterator
from typing import Any, TypedDict

from pipeline.documents import kinds
from pipeline.documents.run_files import RunFiles
from pipeline.documents.search.facts import BEST, FIRST, Chosen, ToCompare, TuningFacts
from pipeline.documents.search.found import Found
from pipeline.documents.search.searched import Searched, Trial, TrialStatus
from pipeline.documents.state import Fitted, Training
from pipeline.wording import shorten

_STATUS: dict[str, TrialStatus] = {"Completed": "completed", "Stopped": "stopped"}
"""Of training jobs; all others have failed."""
_REASON = 300
_NOT_STARTED = "NotStarted"
_DESCRIBED = ("SecondaryStatus", "TrainingTimeInSeconds", "BillableTimeInSeconds")


class SearchEvent(TypedDict):
    """What the step is given."""

    fit: Fitted
    training: Training
    """The first training job, by the hyperparameters of a run without a search."""
    search: dict[str, Any]
    """The tuning job's name and status, or the error that ended the state."""


def choose_trial(files: RunFiles, sagemaker: Any, event: SearchEvent) -> Chosen:
    """Write search.json, and return the best training job.

    The first job stays if no other is better: a search that failed takes nothing away.
    """
    tuning, first = event["fit"]["tuning"], event["training"]
    start = _first(event["fit"], first)
    job, problem = _job_of(event["search"])
    if start["value"] is None:
        problem = problem or f"the first training job told no {tuning['found']['metric']}"
    told = sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=job) if job \
        else {}  # fmt: skip
    trials = [start, *(_trials(sagemaker, job) if job else [])]
    maximized = tuning["config"]["HyperParameterTuningJobObjective"]["Type"] == "Maximize"
    best = _best(trials, maximized)
    found: Found = {**tuning["found"], "job": job}
    if best["number"]:
        found["hyperparameters"] = best["hyperparameters"]
    searched = _searched(tuning, told, problem, trials, best, found)
    files.write_document(kinds.SEARCH, searched)
    training: dict[str, Any] = dict(first)
    refitted = event["fit"].get("refit", False)
    if best["number"]:
        training = _training(sagemaker.describe_training_job(TrainingJobName=best["job"]))
    return {
        "start": first["job"],
        "training": training,
        "hyperparameters": trained_by(event["fit"], searched),
        "retrain": searched["ensemble"],
        "compare": _to_compare(first["model_data"], training["model_data"], searched, refitted),
    }


def trained_by(fit: Fitted, searched: Searched | None) -> dict[str, str]:
    """Return all hyperparameters that a run's model was trained by."""
    if searched is None:
        return fit["hyperparameters"]
    chosen = searched["trials"][searched["best"]]["hyperparameters"]
    return fit["hyperparameters"] | chosen | fit["tuning"]["ensemble"]


def _to_compare(first: str, best: str, searched: Searched, refitted: bool) -> list[ToCompare]:
    """Return the models to predict the test rows with; batch transform does the run's own."""
    if not searched["best"]:
        return []
    found: list[ToCompare] = [{"folder": FIRST, "model_data": first}]
    return (
        [*found, {"folder": BEST, "model_data": best}]
        if searched["ensemble"] or refitted
        else found
    )


def _job_of(search: dict[str, Any]) -> tuple[str | None, str]:
    """Return the tuning job's name, and what ended it if that is an error."""
    if "job" in search:
        return str(search["job"]), ""
    error = search.get("error", {})
    cause = str(error.get("Cause") or "")
    try:
        document = json.loads(cause)
    except ValueError:
        document = {}
    if not isinstance(document, dict):
        document = {}
    said = document.get("FailureReason") or ("" if document else cause)
    status = document.get("HyperParameterTuningJobStatus")
    problem = said or (f"its status is {status}" if status else error.get("Error", "unknown"))
    return document.get("HyperParameterTuningJobName"), shorten(str(problem), _REASON)


def _first(fit: Fitted, training: Training) -> Trial:
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


def _trials(sagemaker: Any, job: str) -> Iterator[Trial]:
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
        trial["reason"] = shorten(reason, _REASON)
    return trial


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _best(trials: list[Trial], maximized: bool) -> Trial:
    """Return the best of the completed; of equal ones, and without values, the first."""
    first, *others = trials
    sign = -1 if maximized else 1
    # A job that was stopped may have left a model of the rounds so far, or none.
    known = [t for t in others if t["status"] == "completed" and t["value"] is not None]
    if first["value"] is None or not known:
        return first
    return min([first, *known], key=lambda trial: sign * (trial["value"] or 0))


def _searched(
    tuning: TuningFacts,
    told: dict[str, Any],
    problem: str,
    trials: list[Trial],
    best: Trial,
    found: Found,
) -> Searched:
    config = tuning["config"]
    began, ended = told.get("CreationTime"), told.get("HyperParameterTuningEndTime")
    billable = sum(trial["seconds"] or 0 for trial in trials[1:])
    hourly = tuning["usd_per_hour"]
    parents = told.get("WarmStartConfig", {}).get("ParentHyperParameterTuningJobs", [])
    return {
        "job": found["job"],
        "status": told.get("HyperParameterTuningJobStatus", _NOT_STARTED),
        "problem": problem or str(told.get("FailureReason") or ""),
        "parent": parents[0]["HyperParameterTuningJobName"] if parents else None,
        "strategy": config["Strategy"],
        "metric": found["metric"],
        "goal": "max"
        if config["HyperParameterTuningJobObjective"]["Type"] == "Maximize"
        else "min",
        "asked": tuning["asked"],
        "trials": trials,
        "best": best["number"],
        "ranges": ranges_of(tuning),
        "seconds": (ended - began).total_seconds() if began and ended else None,
        "billable_seconds": billable,
        "cost_usd": None if hourly is None else billable / 3600 * hourly,
        "ensemble": bool(tuning["ensemble"]),
        "found": found,
    }


def _training(described: dict[str, Any]) -> dict[str, Any]:
    """Return a training job as the state machine passes it on (ResultSelector of its state)."""
    return {
        "job": described["TrainingJobName"],
        "status": described["TrainingJobStatus"],
        "model_data": described["ModelArtifacts"]["S3ModelArtifacts"],
        # Numbers and texts alone: a function cannot answer with times.
        "described": {name: described[name] for name in _DESCRIBED if name in described},
    }
