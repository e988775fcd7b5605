"""What the evaluate step hands to the state machine: small, whatever the file's size."""

from typing import Any

from evaluate.document.package import description_of, metadata_of
from evaluate.verdict.warnings import LIMIT
from evaluate.wording import short

# A state's data ends at 256 KiB, and a column's name may be longer; evaluation.json has all of it.
_NAME = 200
_SENTENCE = 2000


def payload_of(document: dict[str, Any], package_group: str) -> dict[str, Any]:
    """Return `$.evaluation` from evaluation.json's document."""
    metric, comparison = document["metric"], document["comparison"]
    judged = {key: metric[key] for key in ("name", "value", "goal")}
    champion = {**judged, "value": comparison["value"]} if comparison["compared"] else None
    files = document["files"]
    rows = {key: document["rows"][key] for key in ("train", "validation", "test", "dropped")}
    return {
        "verdict": document["verdict"]["outcome"],
        "approval_status": document["verdict"]["approval_status"],
        "sentence": short(document["verdict"]["sentence"], _SENTENCE),
        "task": document["task"],
        "target": short(document["target"], _NAME),
        "metric": judged,
        "champion": champion,
        "metrics": document["metrics"],
        "rows": rows,
        "warnings": [item["message"] for item in document["warnings"][:LIMIT]],
        "files": {key: files[key] for key in ("report", "evaluation", "model", "predictions")},
        "package": {
            "group": package_group,
            "description": description_of(document["verdict"]["sentence"]),
            "metadata": metadata_of(_metadata(document)),
        },
    }


def _metadata(document: dict[str, Any]) -> dict[str, object]:
    """Return what the model package must say so that the run can be repeated."""
    metric, data, files = document["metric"], document["data"], document["files"]
    interval = metric["interval"] or {}
    return {
        "run": document["run"],
        "dataset": document["dataset"],
        "object": data["object"],
        "version_id": data["version_id"],
        "etag": data["etag"],
        "data_last_modified": data["last_modified"],
        "request": files["request"],
        "encoder": files["encoder"].split("/", 3)[3],
        "report": files["report"],
        "evaluation": files["evaluation"],
        "model": files["model"],
        "training_job": document["training"]["job"],
        "task": document["task"],
        "target": document["target"],
        "metric": metric["name"],
        "value": _number(metric["value"]),
        "value_low": _number(interval.get("low")),
        "value_high": _number(interval.get("high")),
        "baseline": _number(document["baseline"]["value"]),
        "champion_run": (document["champion"] or {}).get("run"),
        "champion_value": _number(document["comparison"]["value"]),
        "rows_train": document["rows"]["train"],
        "rows_test": document["rows"]["test"],
        "split_seed": document["settings"].get("split", {}).get("seed"),
        "code_version": document["versions"]["dropforge"],
        "xgboost": document["versions"]["xgboost"],
    }


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.10g}"
