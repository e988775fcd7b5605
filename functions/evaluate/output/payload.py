"""What the evaluate step hands to the state machine: small, whatever the file's size."""

from evaluate.output.decided import told
from evaluate.output.package import description_of, metadata_of
from evaluate.wording import short
from pipeline import layout
from pipeline.documents.evaluation import Evaluation
from pipeline.documents.search.searched import SearchPart
from pipeline.documents.state import JudgedMetric, Payload, SearchFacts
from pipeline.notices import WARNING_COUNT

# A state's data ends at 256 KiB, and a column's name may be longer; evaluation.json has all of it.
_NAME = 200
_SENTENCE = 2000


def payload_of(document: Evaluation, package_group: str) -> Payload:
    """Return `$.evaluation` from evaluation.json's document."""
    metric, comparison = document["metric"], document["comparison"]
    judged: JudgedMetric = {
        "name": metric["name"],
        "value": metric["value"],
        "goal": metric["goal"],
    }
    champion: JudgedMetric | None = None
    if comparison["compared"]:
        champion = {**judged, "value": comparison["value"]}
    files, rows = document["files"], document["rows"]
    return {
        "verdict": document["verdict"]["outcome"],
        "approval_status": document["verdict"]["approval_status"],
        "sentence": short(document["verdict"]["sentence"], _SENTENCE),
        "task": document["task"],
        "target": short(document["target"], _NAME),
        "metric": judged,
        "champion": champion,
        "metrics": document["metrics"],
        "rows": {
            "train": rows["train"],
            "validation": rows["validation"],
            "test": rows["test"],
            "dropped": rows["dropped"],
        },
        "split": document["split"]["sentence"] if document["split"] else None,
        "search": _search(document.get("search")),
        "decision": told(document["decision"], document["classes"]),
        "refit": _refit(document),
        "warnings": [item["message"] for item in document["warnings"][:WARNING_COUNT]],
        "files": {
            "report": files["report"],
            "evaluation": files["evaluation"],
            "model": files["model"],
            "predictions": files["predictions"],
        },
        "package": {
            "group": package_group,
            "description": description_of(document["verdict"]["sentence"]),
            "metadata": metadata_of(_metadata(document)),
        },
    }


def _refit(document: Evaluation) -> str | None:
    refit = document["training"].get("refit")
    return refit["sentence"] if refit else None


def _search(search: SearchPart | None) -> SearchFacts | None:
    if search is None:
        return None
    first, best, test = search["trials"][0], search["trials"][search["best"]], search["test"]
    return {
        "sentence": short(search["sentence"], _SENTENCE),
        "job": search["job"],
        "jobs": len(search["trials"]),
        "metric": search["metric"],
        "first": first["value"],
        "best": best["value"],
        "test_first": test["first"] if test else None,
        "test_best": test["best"] if test else None,
        "seconds": search["seconds"],
        "cost_usd": search["cost_usd"],
        "hyperparameters": best["hyperparameters"],
    }


def _metadata(document: Evaluation) -> dict[str, object]:
    """Return what the model package must say so that the run can be repeated."""
    metric, data, files = document["metric"], document["data"], document["files"]
    interval, champion = metric["interval"], document["champion"]
    return {
        "run": document["run"],
        "dataset": document["dataset"],
        "object": data["object"],
        "version_id": data["version_id"],
        "etag": data["etag"],
        "data_last_modified": data["last_modified"],
        "request": files["request"],
        "encoder": files["encoder"].split("/", 3)[3],
        "decision": _decision_key(document),
        "report": files["report"],
        "evaluation": files["evaluation"],
        "model": files["model"],
        "training_job": document["training"]["job"],
        "task": document["task"],
        "target": document["target"],
        "metric": metric["name"],
        "value": _number(metric["value"]),
        "value_low": _number(interval["low"] if interval else None),
        "value_high": _number(interval["high"] if interval else None),
        "baseline": _number(document["baseline"]["value"]),
        "champion_run": champion["run"] if champion else None,
        "champion_value": _number(document["comparison"]["value"]),
        "rows_train": document["rows"]["train"],
        "rows_test": document["rows"]["test"],
        "split_seed": document["settings"]["split"]["seed"],
        "code_version": document["versions"]["dropforge"],
        "xgboost": document["versions"]["xgboost"],
    }


def _decision_key(document: Evaluation) -> str | None:
    """Return where the decision lies that was judged, beside the encoder."""
    if document["decision"] is None:
        return None
    folder = document["files"]["encoder"].split("/", 3)[3].rpartition("/")[0]
    return layout.join(folder, layout.DECISION)


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.10g}"
