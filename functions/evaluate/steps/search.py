"""Step search: which training job of a search is the best, the first one included."""

from typing import Any, NotRequired, TypedDict

from evaluate.steps.search_jobs import (
    Search,
    first_trial,
    ranges_of,
    refusals_in,
    search_of,
    trials_of,
)
from pipeline.documents import kinds
from pipeline.documents.run_files import RunFiles
from pipeline.documents.search.facts import BEST, FIRST, Chosen, ToCompare, TuningFacts
from pipeline.documents.search.found import Found
from pipeline.documents.search.searched import Searched, Trial
from pipeline.documents.state import Fitted, Training

_DESCRIBED = ("SecondaryStatus", "TrainingTimeInSeconds", "BillableTimeInSeconds")


class SearchEvent(TypedDict):
    """What the step is given."""

    fit: Fitted
    training: Training
    """The first training job, by the hyperparameters of a run without a search."""
    search: dict[str, Any]
    """The tuning job's name and status, or the error that ended the state."""
    lost: NotRequired[int]
    """How many names of the tuning job were given up."""


def choose_trial(files: RunFiles, sagemaker: Any, event: SearchEvent) -> Chosen:
    """Write search.json, and return the best training job.

    The first job stays if no other is better: a search that failed takes nothing away, and neither
    does one that SageMaker does not let be looked at.
    """
    tuning, first = event["fit"]["tuning"], event["training"]
    training: dict[str, Any] = dict(first)
    refitted = event["fit"].get("refit", False)
    search = search_of(sagemaker, event["search"], tuning["attempts"], event.get("lost"))
    trials = [_first(sagemaker, event), *_others(sagemaker, search)]
    maximized = tuning["config"]["HyperParameterTuningJobObjective"]["Type"] == "Maximize"
    best = trials[0]
    with refusals_in(search.problems):
        candidate = _best(trials, maximized)
        if candidate["number"]:
            told = sagemaker.describe_training_job(TrainingJobName=candidate["job"])
            best, training = candidate, _training(told)
    found: Found = {**tuning["found"], "job": search.job}
    if best["number"]:
        # What an earlier search found, and this one did not search for, stayed as it was.
        found["hyperparameters"] = found["hyperparameters"] | best["hyperparameters"]
    searched = _searched(tuning, search, trials, best, found)
    # At last: where the step fails before, the first job's model is gone on with.
    files.write_document(kinds.SEARCH, searched)
    return {
        "training": training,
        "hyperparameters": trained_by(event["fit"], searched),
        "compare": _to_compare(first["model_data"], training["model_data"], searched, refitted),
    }


def _first(sagemaker: Any, event: SearchEvent) -> Trial:
    found = first_trial(event["fit"], event["training"])
    if found["value"] is None:
        # Metrics may come later than a job's end; without its own nothing can be held against it.
        with refusals_in([]):
            job = event["training"]["job"]
            described = sagemaker.describe_training_job(TrainingJobName=job)
            return first_trial(event["fit"], {**event["training"], "described": described})
    return found


def _others(sagemaker: Any, search: Search) -> list[Trial]:
    """Return the search's training jobs, as far as SageMaker lists them."""
    found: list[Trial] = []
    if search.job is not None:
        with refusals_in(search.problems):
            found.extend(trials_of(sagemaker, search.job))
    return found


def trained_by(fit: Fitted, searched: Searched | None) -> dict[str, str]:
    """Return all hyperparameters that a run's model was trained by."""
    if searched is None:
        return fit["hyperparameters"]
    chosen = searched["trials"][searched["best"]]["hyperparameters"]
    return fit["hyperparameters"] | chosen


def _to_compare(first: str, best: str, searched: Searched, refitted: bool) -> list[ToCompare]:
    """Return the models to predict the test rows with; batch transform does the run's own."""
    if not searched["best"]:
        return []
    found: list[ToCompare] = [{"folder": FIRST, "model_data": first}]
    return [*found, {"folder": BEST, "model_data": best}] if refitted else found


def _best(trials: list[Trial], maximized: bool) -> Trial:
    """Return the best of the completed; of equal ones, and without values, the first."""
    sign = -1 if maximized else 1
    # A job that was stopped may have left a model of the rounds so far, or none.
    known = [t for t in trials if t["status"] == "completed" and t["value"] is not None]
    return min(known, key=lambda trial: sign * (trial["value"] or 0), default=trials[0])


def _searched(
    tuning: TuningFacts, search: Search, trials: list[Trial], best: Trial, found: Found
) -> Searched:
    config, told = tuning["config"], search.told
    began, ended = told.get("CreationTime"), told.get("HyperParameterTuningEndTime")
    billable = sum(trial["seconds"] or 0 for trial in trials[1:])
    hourly = tuning["usd_per_hour"]
    parents = told.get("WarmStartConfig", {}).get("ParentHyperParameterTuningJobs", [])
    return {
        "job": search.job,
        "status": search.status,
        "problem": "; ".join(search.problems) or str(told.get("FailureReason") or ""),
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
