"""Searches for hyperparameters as a tuning job of the local SageMaker does, job after job."""

import io
import re
from typing import Any

from bench.models.container import trained
from bench.models.parts import Parts
from dropforge.cloud.sagemaker.jobs.tuning.ranges import ranges_of
from dropforge.cloud.sagemaker.jobs.tuning.search import Search
from scoring.booster import Ensemble

_TUNING = ("jobs", "parallel")


def tried(
    parts: Parts, changes: dict[str, str]
) -> tuple[list[tuple[Ensemble, dict[str, str]]], bool]:
    """Train the first job and search.

    Returns
    -------
    All models, the best first, and what made each; whether Fit plans a second training.

    Parameters
    ----------
    changes : jobs, parallel, strategy; ranges as ``eta=0.02~0.2``; else hyperparameters.
    """
    ranges = {name: _ends(text) for name, text in changes.items() if "~" in text}
    tuning: dict[str, Any] = {n: int(changes[n]) for n in _TUNING if n in changes}
    fixed = {n: v for n, v in changes.items() if n not in ranges and n not in _TUNING}
    fit = parts.fit_of({"tuning": tuning | {"ranges": ranges}, "hyperparameters": fixed})
    all_, facts = fit["hyperparameters"], fit["tuning"]
    config = facts["config"]
    parallel = config["ResourceLimits"]["MaxParallelTrainingJobs"]
    sign = -1 if config["HyperParameterTuningJobObjective"]["Type"] == "Maximize" else 1
    model, value = _job(parts, all_, facts["found"]["metric"])
    found = [(sign * value, model, all_)]
    search = Search(config, ranges_of(config["ParameterRanges"]))
    results: list[float] = []
    for number in range(config["ResourceLimits"]["MaxNumberOfTrainingJobs"]):
        # What ends later than the job that made room is not known yet.
        if number >= parallel:
            search.tell(number - parallel, results[number - parallel])
        asked = search.ask(number)
        if asked is None:
            break
        model, value = _job(parts, facts["static"] | asked, facts["found"]["metric"])
        results.append(value)
        found.append((sign * value, model, all_ | asked))
    return [one[1:] for one in sorted(found, key=lambda one: one[0])], fit["refit"]


def _ends(text: str) -> list[float]:
    low, _, high = text.partition("~")
    return [float(low), float(high)]


def _job(parts: Parts, hyperparameters: dict[str, str], metric: str) -> tuple[Ensemble, float]:
    """Train once, and return what SageMaker would say of the metric: its last value."""
    log = io.StringIO()
    model = trained(parts, hyperparameters, log)
    values = re.findall(rf"validation-{metric}:([-+.\deE]+)", log.getvalue())
    return model, float(values[-1])
