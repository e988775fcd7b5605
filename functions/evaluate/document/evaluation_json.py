"""evaluation.json: everything that is known of a run's model, for machines and for the report.

evaluation.schema.json beside this file is its contract.
"""

import math
import platform
import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import numpy as np

from evaluate.metrics.intervals import LEVEL, REPLICATES, SEED, Interval
from evaluate.verdict.judgement import Judgement
from evaluate.verdict.warnings import FEW_ROWS
from evaluate.wording import counted, quoted, span
from pipeline.figures import figure
from pipeline.storage.run_files import RunFiles

VERSION = 1
_COLUMNS = 200
_TEXT = 80
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)[ T]00:00(?::00(?:\.0+)?)?(?:Z|\+00:00)?")
_HEADS = {
    "approved": "Approved",
    "pending": "Waiting for approval",
    "kept_champion": "Not promoted",
    "below_minimum": "Below the minimum",
}


def judged_part(judgement: Judgement, rows: int, target: str) -> dict[str, Any]:
    """Return the part of the document that the judgement fills."""
    metric, verdict, apart = judgement.metric, judgement.verdict, judgement.apart
    return {
        "verdict": {
            "outcome": verdict.outcome,
            "approval_status": verdict.approval_status,
            "headline": _HEADS[verdict.outcome],
            "sentence": sentence_of(judgement, rows, target),
            "reason": verdict.reason,
            "promotion": judgement.rule.promotion,
            "minimum": judgement.rule.minimum,
        },
        "metric": {
            "name": metric.name,
            "label": metric.label,
            "goal": metric.goal,
            "value": judgement.value,
            "interval": _interval(judgement.interval),
        },
        "baseline": {"prediction": judgement.baseline, "value": judgement.baseline_value},
        "comparison": {
            "compared": judgement.compared,
            "obstacle": apart.obstacle if apart else None,
            "reason": apart.reason if apart else None,
            "finding": judgement.finding,
            "data": judgement.data if judgement.compared else None,
            "rows": judgement.rows,
            "seen": judgement.seen,
            "challenger": {
                "value": judgement.rival_value,
                "interval": _interval(judgement.rival_interval),
            }
            if judgement.compared
            else None,
            "value": judgement.champion_value,
            "interval": _interval(judgement.champion_interval),
            "difference": _difference(judgement),
            "metrics": judgement.champion_values,
        },
        "metrics": judgement.values,
    }


def sentence_of(judgement: Judgement, rows: int, target: str) -> str:
    """Say the verdict in one sentence."""
    head = _HEADS[judgement.verdict.outcome]
    label, value = judgement.metric.label, figure(judgement.value)
    if label[1:2].islower():
        label = label[0].lower() + label[1:]
    return (
        f"{head}: the model predicts {quoted(target)} with {label} {value} "
        f"on {_seen(judgement, rows)}{_beside(judgement)}{_because(judgement)}."
    )


def _seen(judgement: Judgement, rows: int) -> str:
    if rows >= FEW_ROWS:
        return f"{counted(rows, 'row')} that it never saw"
    interval = judgement.interval
    known = f"95 % interval {span(interval.low, interval.high)}" if interval else "too few to judge"
    return f"only {counted(rows, 'row')} that it never saw ({known})"


def _beside(judgement: Judgement) -> str:
    other = f"the model in use ({_measured(judgement)})"
    if judgement.finding == "better":
        return f", better than {other}"
    if judgement.finding == "worse":
        return f", worse than {other}"
    if judgement.finding == "equal":
        return f", equal within noise to {other}"
    if judgement.finding == "undecided":
        return f"; the model in use has {figure(judgement.champion_value)}"
    if judgement.apart and judgement.apart.reason not in judgement.verdict.reason:
        return "; the model in use could not be compared"
    return ""


def _measured(judgement: Judgement) -> str:
    """Return the champion's value; with the challenger's, if they are of a part of the rows."""
    champion = figure(judgement.champion_value)
    if not judgement.seen:
        return champion
    rows, challenger = counted(judgement.rows or 0, "row"), figure(judgement.rival_value)
    return f"{challenger} against {champion} on the {rows} that neither was trained on"


def _because(judgement: Judgement) -> str:
    """Return the reason, where it is not what stands beside already."""
    if judgement.finding in ("better", "worse") and judgement.verdict.outcome in (
        "approved",
        "kept_champion",
    ):
        return "" if judgement.rule.promotion == "auto" else f"; {judgement.verdict.reason}"
    return f"; {judgement.verdict.reason}"


def _interval(interval: Interval | None) -> dict[str, Any] | None:
    if interval is None:
        return None
    drawn = {"replicates": REPLICATES, "seed": SEED} if interval.method == "bootstrap" else {}
    return {**asdict(interval), "level": LEVEL, **drawn}


def _difference(judgement: Judgement) -> dict[str, Any] | None:
    if judgement.rival_value is None or judgement.champion_value is None:
        return None
    return {
        "value": judgement.rival_value - judgement.champion_value,
        "interval": _interval(judgement.difference),
    }


def run_part(
    files: RunFiles, request: dict[str, Any], encoder: dict[str, Any], event: dict[str, Any]
) -> dict[str, Any]:
    """Return the part of the document that says which run, on what data."""
    target, training = encoder["target"], event.get("training", {})
    champion = event.get("champion", {})
    return {
        "version": VERSION,
        "run": request["run"],
        "dataset": request["dataset"],
        "task": target["task"],
        "target": target["name"],
        "classes": target.get("classes"),
        "champion": {
            "run": champion.get("run"),
            "model_package_arn": champion["model_package_arn"],
        }
        if champion.get("found")
        else None,
        "data": {
            "object": f"s3://{request['bucket']}/{request['key']}",
            **{key: request.get(key) for key in ("version_id", "etag", "size", "last_modified")},
        },
        "training": {
            "job": training.get("job"),
            "seconds": training.get("training_seconds"),
            "billable_seconds": training.get("billable_seconds"),
            "hyperparameters": event.get("fit", {}).get("hyperparameters", {}),
            "resources": event.get("fit", {}).get("resource_config", {}),
            "use_spot": event.get("fit", {}).get("use_spot", False),
        },
        "settings": request.get("settings", {}),
        "execution": event.get("execution") or request.get("execution"),
        "evaluated": datetime.now(UTC).isoformat(timespec="seconds"),
        "files": {
            "report": files.uri("report.html"),
            "evaluation": files.uri("evaluation.json"),
            "model": training.get("model_data"),
            "predictions": files.uri("predictions") + "/",
            "encoder": files.uri("encoder.json"),
            "request": files.uri("request.json"),
        },
    }


def versions_of(code: str, xgboost: str | None) -> dict[str, str | None]:
    """Return the versions that a result depends on."""
    return {
        "dropforge": code,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "xgboost": xgboost,
    }


def columns_of(profile: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the profile's columns, cut to what a page can carry."""
    names = ("name", "type", "missing", "distinct", "distinct_is_exact", "min", "max", "mean")
    return [
        {
            **{name: _short(value) for name, value in _dated(column, names).items()},
            "top": [[_short(value), count] for value, count in (column.get("top") or [])[:5]],
        }
        for column in profile.get("columns", [])[:_COLUMNS]
    ]


def _dated(column: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return a column's facts; where both its ends are at midnight, as dates alone."""
    facts = {name: column.get(name) for name in names}
    ends = {name: _MIDNIGHT.fullmatch(str(facts[name])) for name in ("min", "max")}
    if not all(ends.values()):
        return facts
    return facts | {name: day[1] for name, day in ends.items() if day}


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > _TEXT:
        return f"{value[: _TEXT - 1]}…"
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
