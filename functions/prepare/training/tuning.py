"""The request of the search for hyperparameters: SageMaker's tuning job, its limits and costs."""

import math
from typing import Any

from pipeline import run_names
from pipeline.documents.search.facts import TuningFacts
from pipeline.documents.search.found import Found, Start
from pipeline.documents.state import JobFacts
from pipeline.errors import SettingsError
from pipeline.settings import Settings
from pipeline.tuning.settings import TuningSettings
from pipeline.vocabulary import Goal
from prepare.training.job import usd_per_hour
from prepare.training.ranges import Ranges, ranges_of
from prepare.training.start import USUAL_BOOSTER, Beside

# SageMaker developer guide, "Tune an XGBoost Model": the metrics that it can be told to go by.
_GOALS: dict[str, Goal] = {
    **dict.fromkeys(("accuracy", "auc", "f1", "map", "ndcg"), "max"),
    **dict.fromkeys(
        ("error", "logloss", "mae", "merror", "mlogloss", "mse", "rmse"),
        "min",
    ),
}
_WITH_PARENTS = ("Bayesian", "Random")
"""Which strategies go on from another search (SageMaker developer guide, warm start)."""
_SHORTEST_SECONDS, _LONGEST_SECONDS = 120, 604_800
"""Of a tuning job: what the API takes at least (ResourceLimits), and a week."""
_AROUND_JOB_SECONDS = 900
"""Queueing, provisioning and the download, which a job's own limit leaves out."""
_AROUND_SECONDS = 3_600
_LONGEST_SPOT_SECONDS = 3_600
"""That a job may wait and run on spot instances without checkpoints (SageMaker developer guide,
"Managed Spot Training"). The jobs of a search share their definition, so they have none."""
_SEEDS = 1 << 31
"""How many seeds the API's integers have."""
_MOST_ROUNDS = 20_000
"""HyperbandStrategyConfig, MaxResource."""
_HYPERBAND_RATIO = 27
"""From the rounds that all get to those that the best get: three steps by three."""


def tuning_of(
    settings: Settings,
    beside: Beside,
    hyperparameters: dict[str, str],
    own: dict[str, object],
    job: JobFacts,
    start: Start | None,
) -> TuningFacts:
    """Return the parts of the tuning job's request.

    Parameters
    ----------
    hyperparameters : of the first training job, all of them.
    own : those that the settings name; they are not searched for.
    job : limits of each training job.
    start : what an earlier search found.

    Raises
    ------
    SettingsError
        The settings of the search contradict others, or its costs cannot be kept.
    """
    tuning = settings["tuning"]
    metric = _metric(hyperparameters)
    ranges = _ranges(tuning, own, beside, hyperparameters)
    hourly = usd_per_hour(job["resource_config"])
    stopping = _stopping(job)
    seconds = _seconds(tuning, job, stopping, hourly)
    found = _known(tuning, beside, hyperparameters, metric, ranges)
    if start:
        found["hyperparameters"] = start["used"]
    facts: TuningFacts = {
        "attempts": run_names.searches_of(beside.run),
        "config": _config(settings, hyperparameters, metric, ranges, seconds),
        "static": {n: value for n, value in hyperparameters.items() if n not in ranges.ends},
        "stopping_condition": stopping,
        "asked": tuning["jobs"],
        "usd_per_hour": hourly,
        "timeout_seconds": seconds + _AROUND_SECONDS,
        "found": found,
    }
    if start and not start["reason"] and _goes_on(start["found"], found):
        facts["warm_start"] = {
            "ParentHyperParameterTuningJobs": [
                {"HyperParameterTuningJobName": start["found"]["job"]}
            ],
            # The data is another with each drop; IdenticalDataAndAlgorithm would compare values.
            "WarmStartType": "TransferLearning",
        }
    return facts


def _known(
    tuning: TuningSettings,
    beside: Beside,
    hyperparameters: dict[str, str],
    metric: str,
    ranges: Ranges,
) -> Found:
    """Return what is known of a search before it begins."""
    return {
        "run": beside.run,
        "job": None,
        "strategy": tuning["strategy"],
        "objective": hyperparameters["objective"],
        "booster": hyperparameters.get("booster", USUAL_BOOSTER),
        "metric": metric,
        "task": beside.task,
        "rows": beside.rows,
        "features": beside.features,
        "names": sorted({*hyperparameters, *ranges.ends}),
        "hyperparameters": {},
    }


def _config(
    settings: Settings,
    hyperparameters: dict[str, str],
    metric: str,
    ranges: Ranges,
    seconds: int,
) -> dict[str, Any]:
    """Return SageMaker's HyperParameterTuningJobConfig."""
    tuning = settings["tuning"]
    return {
        "Strategy": tuning["strategy"],
        "HyperParameterTuningJobObjective": {
            "Type": "Maximize" if _GOALS[metric] == "max" else "Minimize",
            "MetricName": f"validation:{metric}",
        },
        "ResourceLimits": {
            "MaxNumberOfTrainingJobs": tuning["jobs"] - 1,
            "MaxParallelTrainingJobs": tuning["parallel"],
            "MaxRuntimeInSeconds": seconds,
        },
        "ParameterRanges": ranges.to_sagemaker(),
        "TrainingJobEarlyStoppingType": "Off" if _stops_itself(tuning, ranges) else "Auto",
        "RandomSeed": settings["split"]["seed"] % _SEEDS,
        **_strategy(tuning, hyperparameters),
    }


def _metric(hyperparameters: dict[str, str]) -> str:
    # The container stops early by the last of several.
    metric = hyperparameters["eval_metric"].split(",")[-1].strip()
    if metric not in _GOALS:
        raise SettingsError(
            f"pipeline.json sets tuning and the hyperparameter eval_metric {metric}, by which "
            f"SageMaker cannot search; set one of {', '.join(sorted(_GOALS))}, or delete one of "
            f"the two"
        )
    return metric


def _ranges(
    tuning: TuningSettings, own: dict[str, object], beside: Beside, all_: dict[str, str]
) -> Ranges:
    for name in tuning["ranges"]:
        if name in own:
            raise SettingsError(
                f"pipeline.json sets tuning.ranges.{name} and the hyperparameter {name}, which "
                f"exclude each other; delete one of them"
            )
    ranges = ranges_of(tuning["ranges"], own, beside.rows, all_)
    if not ranges.ends:
        raise SettingsError(
            "pipeline.json sets tuning, and all that would be searched for as hyperparameters; "
            "delete one of them, or name others in tuning.ranges"
        )
    return ranges


def _strategy(tuning: TuningSettings, hyperparameters: dict[str, str]) -> dict[str, object]:
    if tuning["strategy"] != "Hyperband":
        return {}
    most = min(int(hyperparameters["num_round"]), _MOST_ROUNDS)
    least = max(1, most // _HYPERBAND_RATIO)
    return {
        "StrategyConfig": {
            "HyperbandStrategyConfig": {"MinResource": least, "MaxResource": most},
        }
    }


def _stops_itself(tuning: TuningSettings, ranges: Ranges) -> bool:
    """Tell whether jobs must not be stopped for what they have reached after some rounds.

    Hyperband does that itself. Where the learning rate is searched for, a slow model is worse at
    first and better in the end; each job stops by its own early_stopping_rounds.
    """
    return tuning["strategy"] == "Hyperband" or "eta" in ranges.ends


def _stopping(job: JobFacts) -> dict[str, int]:
    given = job["stopping_condition"]
    if not job["use_spot"]:
        return given
    return {name: min(seconds, _LONGEST_SPOT_SECONDS) for name, seconds in given.items()}


def _seconds(
    tuning: TuningSettings, job: JobFacts, stopping: dict[str, int], hourly: float | None
) -> int:
    """Return how long the tuning job may take: no longer than its money lasts."""
    # On spot instances the wait for them counts, which is the longer limit.
    each = max(stopping.values()) + _AROUND_JOB_SECONDS
    longest = min(math.ceil((tuning["jobs"] - 1) / tuning["parallel"]) * each, _LONGEST_SECONDS)
    limit = tuning.get("max_cost_usd")
    if limit is None:
        return longest
    instance = job["resource_config"]["InstanceType"]
    if hourly is None:
        raise SettingsError(
            f"pipeline.json sets tuning.max_cost_usd, but the price of {instance} is not known; "
            f"delete it and set tuning.jobs and max_runtime_seconds"
        )
    price = hourly * tuning["parallel"]
    seconds = int(min(limit / price * 3600, longest))
    if seconds < _SHORTEST_SECONDS:
        least = math.ceil(price * _SHORTEST_SECONDS / 36) / 100
        raise SettingsError(
            f"tuning.max_cost_usd {limit:g} in pipeline.json buys {seconds} seconds of "
            f"{tuning['parallel']} x {job['resource_config']['InstanceCount']} x {instance}; a "
            f"search needs {_SHORTEST_SECONDS}: set at least {least:g}, or lower tuning.parallel"
        )
    return seconds


def _goes_on(before: Found, now: Found) -> bool:
    """Tell whether a search may go on from another (SageMaker developer guide, warm start)."""
    return (
        before["job"] is not None
        and {before["strategy"], now["strategy"]} <= {*_WITH_PARENTS}
        and before["metric"] == now["metric"]
        and sorted(before["names"]) == now["names"]
    )
