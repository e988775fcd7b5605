"""evaluation.json: everything that is known of a run's model, for machines and for the report.

evaluation.schema.json beside this file is its contract.
"""

import math
import platform
import re
from datetime import UTC, datetime

import numpy as np

from evaluate.output.intervals import interval_part
from evaluate.output.refit import refit_part, seconds_of
from evaluate.output.sentence import HEADS, sentence_of
from evaluate.verdict.judgement import Judgement
from pipeline import layout
from pipeline.documents.encoder import Encoder
from pipeline.documents.evaluation import Cell, ColumnPart, JudgedPart, Measured, RunPart
from pipeline.documents.plan import Request
from pipeline.documents.profile import ColumnSummary, Profile
from pipeline.documents.run_files import RunFiles
from pipeline.documents.state import Judged
from pipeline.vocabulary import TargetBy

VERSION = 1
_COLUMNS = 200
_TEXT = 80
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)[ T]00:00(?::00(?:\.0+)?)?(?:Z|\+00:00)?")


def judged_part(judgement: Judgement, rows: int, target: str) -> JudgedPart:
    """Return the part of the document that the judgement fills."""
    metric, verdict, apart = judgement.metric, judgement.verdict, judgement.apart
    return {
        "verdict": {
            "outcome": verdict.outcome,
            "approval_status": verdict.approval_status,
            "headline": HEADS[verdict.outcome],
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
            "interval": interval_part(judgement.interval),
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
                "interval": interval_part(judgement.rival_interval),
            }
            if judgement.compared
            else None,
            "value": judgement.champion_value,
            "interval": interval_part(judgement.champion_interval),
            "difference": _difference(judgement),
            "margin": judgement.shown.margin if judgement.shown else None,
            "rows_wanted": judgement.shown.rows if judgement.shown else None,
            "metrics": judgement.champion_values,
        },
        "metrics": judgement.values,
    }


def _difference(judgement: Judgement) -> Measured | None:
    if judgement.rival_value is None or judgement.champion_value is None:
        return None
    return {
        "value": judgement.rival_value - judgement.champion_value,
        "interval": interval_part(judgement.difference),
    }


def run_part(
    files: RunFiles,
    request: Request,
    encoder: Encoder,
    event: Judged,
    target_by: TargetBy,
    hyperparameters: dict[str, str],
) -> RunPart:
    """Return the part of the document that says which run, on what data.

    Parameters
    ----------
    hyperparameters : that the model was trained by.
    """
    target, training, fit = encoder["target"], event["training"], event["fit"]
    champion = event["champion"]
    return {
        "version": VERSION,
        "run": request["run"],
        "dataset": request["dataset"],
        "task": target["task"],
        "target": target["name"],
        "target_by": target_by,
        "classes": target.get("classes"),
        "champion": {
            "run": champion.get("run"),
            "model_package_arn": champion["model_package_arn"],
        }
        if champion["found"]
        else None,
        "data": {
            "object": f"s3://{request['bucket']}/{request['key']}",
            "version_id": request.get("version_id"),
            "etag": request.get("etag"),
            "size": request.get("size"),
            "last_modified": request.get("last_modified"),
        },
        "training": {
            "job": training["job"],
            "seconds": seconds_of(event, "TrainingTimeInSeconds"),
            "billable_seconds": seconds_of(event, "BillableTimeInSeconds"),
            "hyperparameters": hyperparameters,
            "resources": fit["resource_config"],
            "use_spot": fit["use_spot"],
            "start": fit.get("start"),
            "refit": refit_part(event),
        },
        "settings": request["settings"],
        "execution": event["execution"],
        "evaluated": datetime.now(UTC).isoformat(timespec="seconds"),
        "files": {
            "report": files.uri(layout.REPORT),
            "evaluation": files.uri(layout.EVALUATION),
            "model": training["model_data"],
            "predictions": files.uri("predictions") + "/",
            "encoder": files.uri(layout.ENCODER),
            "request": files.uri(layout.REQUEST),
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


def columns_of(profile: Profile) -> list[ColumnPart]:
    """Return the profile's columns, cut to what a page can carry."""
    return [_column(column) for column in profile["columns"][:_COLUMNS]]


def _column(column: ColumnSummary) -> ColumnPart:
    low, high = _dated(column.get("min"), column.get("max"))
    return {
        "name": str(_short(column["name"])),
        "type": column["type"],
        "missing": column["missing"],
        "distinct": column["distinct"],
        "distinct_is_exact": column.get("distinct_is_exact"),
        "min": _short(low),
        "max": _short(high),
        "mean": column.get("mean"),
        "top": [[_short(value), count] for value, count in (column.get("top") or [])[:5]],
    }


def _dated(low: Cell, high: Cell) -> tuple[Cell, Cell]:
    """Return a column's ends; where both are at midnight, as dates alone."""
    first, last = (_MIDNIGHT.fullmatch(str(end)) for end in (low, high))
    return (first[1], last[1]) if first and last else (low, high)


def _short(value: Cell) -> Cell:
    if isinstance(value, str) and len(value) > _TEXT:
        return f"{value[: _TEXT - 1]}…"
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
