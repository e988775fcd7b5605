"""The report's lists of what a result depends on."""

import json
from typing import Any

from evaluate.wording import duration, moment
from pipeline.documents.evaluation import Evaluation, RefitPart, TrainingPart
from pipeline.documents.search.found import StartFacts
from pipeline.settings import Settings

Facts = list[tuple[str, str]]


def about_of(document: Evaluation) -> dict[str, Facts]:
    """Return the lists by name; facts that are not known are left out."""
    return {
        name: [(label, str(value)) for label, value in facts if value not in (None, "", {}, [])]
        for name, facts in {
            "run": _run(document),
            "training": _training(document["training"]),
            "settings": _settings(document["settings"]),
            "versions": _versions(document),
            "files": [(name.capitalize(), uri) for name, uri in document["files"].items()],
        }.items()
    }


def _run(document: Evaluation) -> list[tuple[str, Any]]:
    data, execution = document["data"], document["execution"] or {}
    champion = document["champion"]
    return [
        ("Run", document["run"]),
        ("Object", data["object"]),
        ("Version", data["version_id"]),
        ("ETag", data["etag"]),
        ("Execution", execution.get("id")),
        ("Started", moment(execution["started"]) if execution.get("started") else None),
        ("Model in use", champion and (champion["run"] or champion["model_package_arn"])),
    ]


def _training(training: TrainingPart) -> list[tuple[str, Any]]:
    resources = training["resources"]
    seconds, billed = training["seconds"], training["billable_seconds"]
    instances = f"{resources.get('InstanceCount', 1)} \u00d7 {resources.get('InstanceType')}"
    facts: list[tuple[str, Any]] = [
        ("Job", training["job"]),
        ("Instances", instances + (", spot" if training["use_spot"] else "")),
        ("Training time", None if seconds is None else duration(seconds)),
        ("Billed", None if billed is None else duration(billed)),
        ("Hyperparameters", _begun(training.get("start"))),
        ("Job before it", _before(training.get("refit"))),
    ]
    return facts + sorted(training["hyperparameters"].items())


def _before(refit: RefitPart | None) -> str | None:
    """Name the job that validation rows stopped; the times above are of both."""
    if refit is None:
        return None
    seconds = refit["early_seconds"]
    took = "" if seconds is None else f", which took {duration(seconds)} of the training time"
    return f"{refit['early_job']}{took}"


def _begun(start: StartFacts | None) -> str | None:
    """Say what an earlier search has to do with the hyperparameters."""
    if start is None:
        return None
    if start["reason"]:
        return f"not those that the search of {start['run']} found: {start['reason']}"
    if not start["used"]:
        return None
    return f"{', '.join(start['used'])} as the search of {start['run']} found them"


def _settings(settings: Settings) -> list[tuple[str, Any]]:
    return [
        (name, _words(value))
        for name, value in sorted(settings.items())
        if value not in (None, {}, [])
    ]


def _words(value: Any) -> str:
    """Write a setting as people do: one of several values as name and value."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_words(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _versions(document: Evaluation) -> list[tuple[str, Any]]:
    timings = [
        (name.removesuffix("_seconds").capitalize(), f"{seconds:.2f} s")
        for name, seconds in document["timings"].items()
    ]
    return [*document["versions"].items(), *timings]
