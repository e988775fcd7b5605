"""The JSON documents of a run as the steps before Evaluate write them."""

from typing import Any

import numpy as np

from tests.unit.evaluate.tables import Table

RUN = "churn-20261122-101500-0a1b2c3d"
PREFIX = f"runs/{RUN}"


def encoder_of(table: Table, features: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "version": 1,
        "header": True,
        "columns": [*table.columns, *table.ids, table.target],
        "target": {
            "name": table.target,
            "task": table.task,
            "classes": table.classes,
            "style": "plain",
            "labels": {name: index for index, name in enumerate(table.classes or [])},
            "whole": False,
        },
        "id_columns": list(table.ids),
        "dropped": [],
        "features": features,
    }


def profile_of(table: Table) -> dict[str, Any]:
    columns = []
    for name, values in (*table.columns.items(), *table.ids.items()):
        array = np.asarray(values)
        column: dict[str, Any] = {"name": name, "distinct": len(set(values)), "missing": 0}
        if array.dtype.kind == "f":
            known = array[~np.isnan(array)]
            column |= {"type": "float", "missing": int(np.isnan(array).sum())}
            column |= {"min": known.min(), "max": known.max(), "mean": known.mean(), "top": []}
        else:
            found, counts = np.unique(array, return_counts=True)
            top = sorted(zip(found.tolist(), counts.tolist(), strict=True), key=lambda x: -x[1])
            column |= {"type": "category", "min": None, "max": None, "mean": None, "top": top[:10]}
        columns.append(column)
    return {
        "rows": len(table.labels),
        "bad_rows": {"count": 0, "lines": []},
        "columns": columns,
        "warnings": [],
        "target_by": "name",
        "dropped_rows": {"no_target": 0},
    }


def request_of(settings: dict[str, Any]) -> dict[str, Any]:
    return {
        "run": RUN,
        "dataset": "churn",
        "bucket": "drops",
        "key": "inbox/churn/customers-2026-11.csv",
        "version_id": "3sL4kqtJlcpXroDTDmJ",
        "etag": "9b2cf535f27731c974343645a3985328",
        "size": 18_734_112,
        "last_modified": "2026-11-22T10:15:00+00:00",
        "execution": {
            "name": RUN,
            "id": "arn:aws:states:eu-central-1:123456789012:execution:t:r",
            "started": "2026-11-22T10:15:02.331Z",
        },
        "trigger": "object",
        "settings": {
            "promotion": "auto",
            "split": {"train": 0.7, "validation": 0.15, "test": 0.15, "seed": 0},
            "hyperparameters": {},
            **settings,
        },
        "code_version": "0.1.0",
    }


def decision_of(task: str, **changes: Any) -> dict[str, Any]:
    """Return the decision of a model whose own probabilities stand."""
    return {
        "version": 1,
        "task": task,
        "metric": "auc" if task == "binary" else "mlogloss",
        "costs": None,
        "threshold": 0.5,
        "chosen_for": "default",
        "calibration": None,
        "validation": None,
        "note": "",
        **changes,
    }


def event_of(table: Table, parameters: dict[str, str]) -> dict[str, Any]:
    return {
        "step": "evaluate",
        "bucket": "drops",
        "prefix": PREFIX,
        "execution": {
            "name": RUN,
            "id": "arn:aws:states:eu-central-1:123456789012:execution:t:r",
            "started": "2026-11-22T10:15:02.331Z",
        },
        "fit": {
            "task": table.task,
            "target": table.target,
            "hyperparameters": parameters,
            "resource_config": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 1,
                "VolumeSizeInGB": 10,
            },
            "use_spot": False,
            "champion": {"usable": False, "reason": "there is no champion"},
        },
        "training": {
            "job": RUN,
            "model_data": f"s3://drops/{PREFIX}/model/{RUN}/output/model.tar.gz",
            "described": {"TrainingTimeInSeconds": 74, "BillableTimeInSeconds": 74},
        },
        "model": {"name": RUN},
        "champion": {"found": False},
        "dataset": "churn",
        "comparisons": {"count": 0, "suffixes": ["c", "d"]},
        "comparison": {"compared": False, "failed": False, "reason": "there is no champion"},
    }
