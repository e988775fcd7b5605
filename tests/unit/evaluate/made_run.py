"""Runs as the earlier states leave them: a model that xgboost trained, and its test rows."""

import csv
import io
import json
import tarfile
import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xgboost

from pipeline.documents.run_files import RunFiles
from pipeline.storage.bucket import Bucket
from tests.unit.evaluate.buckets import FakeLogs, FakeS3

RUN = "churn-20261122-101500-0a1b2c3d"
PREFIX = f"runs/{RUN}"
PACKAGE = "arn:aws:sagemaker:eu-central-1:123456789012:model-package/dropforge--churn"
OBJECTIVES = {
    "regression": ("reg:squarederror", "rmse"),
    "binary": ("binary:logistic", "auc"),
    "multiclass": ("multi:softprob", "mlogloss"),
}


@dataclass
class Table:
    """A dropped file: columns of numbers or of texts, and the target."""

    task: str
    columns: dict[str, Any]
    target: str
    labels: Any
    classes: list[str] | None = None
    ids: dict[str, list[str]] = field(default_factory=dict)
    rounds: int = 60


@dataclass
class MadeRun:
    """A run in a fake bucket, ready for the evaluate step."""

    s3: FakeS3
    logs: FakeLogs
    event: dict[str, Any]
    truth: Any
    predicted: Any
    booster: xgboost.Booster

    @property
    def files(self) -> RunFiles:
        return RunFiles(Bucket(self.s3, "drops"), PREFIX)

    def put(self, name: str, text: str) -> None:
        self.s3.objects[f"{PREFIX}/{name}"] = text.encode()

    def json(self, name: str) -> Any:
        return json.loads(self.s3.objects[f"{PREFIX}/{name}"])

    def change(self, name: str, **values: Any) -> None:
        self.put(name, json.dumps(self.json(name) | values))

    def keep(self, rows: int) -> None:
        """Leave the first test rows alone."""
        for folder in ("data/truth", "data/test", "predictions"):
            first, *others = self.files.names(folder)
            head = rows + (folder == "data/truth")
            lines = self.text(f"{folder}/{first}").splitlines(keepends=True)
            self.put(f"{folder}/{first}", "".join(lines[:head]))
            for name in others:
                del self.s3.objects[f"{PREFIX}/{folder}/{name}"]
        self.change("chunks/encode-00000.json", test=rows)
        self.truth, self.predicted = self.truth[:rows], self.predicted[:rows]

    def add_champion(self, predicted: Any, **changes: Any) -> None:
        """Add a champion with these predictions; `changes` are made to its encoder's target."""
        names = self.files.names("data/truth")
        sizes = [self.text(f"data/truth/{name}").count("\n") - 1 for name in names]
        for name, rows in zip(names, np.split(predicted, np.cumsum(sizes)[:-1]), strict=True):
            self.put(f"champion/{name}.out", prediction_lines(rows))
        encoder = self.json("encoder.json")
        encoder["target"] |= changes
        self.put("champion_encoder.json", json.dumps(encoder))
        self.event["champion"] = {
            "found": True,
            "model_package_arn": f"{PACKAGE}/3",
            "run": "churn-20261015-090000-77aa10fe",
            "encoder_key": "runs/churn-20261015-090000-77aa10fe/encoder.json",
            "data_last_modified": "2026-10-15T09:00:00+00:00",
            "data_etag": "0a1b535f27731c974343645a39850000",
        }
        self.s3.objects[self.event["champion"]["encoder_key"]] = json.dumps(encoder).encode()
        self.event["comparison"] = {"compared": True, "failed": False, "reason": ""}

    def part_from_champion(self, reason: str, failed: bool = False) -> None:
        """Leave the champion without predictions, as the state machine says it."""
        self.event["comparison"] = {"compared": False, "failed": failed, "reason": reason}

    def text(self, name: str) -> str:
        return self.s3.objects[f"{PREFIX}/{name}"].decode()


def encode(table: Table) -> tuple[Any, list[dict[str, Any]]]:
    """One-hot encode the text columns; numbers stay."""
    arrays, features = [], []
    for name, values in table.columns.items():
        if np.asarray(values).dtype.kind == "f":
            arrays.append(np.asarray(values))
            features.append({"name": name, "column": name, "encoding": "numeric", "style": "plain"})
            continue
        for category in sorted(set(values)):
            arrays.append((np.asarray(values) == category).astype(float))
            features.append(
                {
                    "name": f"{name}={category}",
                    "column": name,
                    "encoding": "one_hot",
                    "category": str(category),
                }
            )
    return np.column_stack(arrays), features


def make_run(table: Table, settings: dict[str, Any] | None = None, parts: int = 2) -> MadeRun:
    """Train on 70 % of the rows, predict 15 %, and write all that a run has by then."""
    matrix, features = encode(table)
    count = len(matrix)
    order = np.random.default_rng(7).permutation(count)
    train, validation, test = np.split(order, [int(count * 0.7), int(count * 0.85)])
    booster, history, parameters = _train(table, matrix, train, validation)
    predicted = booster.predict(xgboost.DMatrix(matrix[test]))
    s3 = FakeS3()
    run = MadeRun(
        s3, FakeLogs(log_lines(history)), {}, np.asarray(table.labels)[test], predicted, booster
    )
    _write_rows(run, table, matrix, test, parts)
    rows = {"train": len(train), "validation": len(validation), "test": len(test), "dropped": 0}
    run.put("chunks/encode-00000.json", json.dumps({"index": 0, **rows}))
    run.put("encoder.json", json.dumps(_encoder(table, features)))
    run.put("profile.json", json.dumps(_profile(table)))
    run.put("request.json", json.dumps(_request(settings or {})))
    s3.objects[f"{PREFIX}/model/{RUN}/output/model.tar.gz"] = archive(booster)
    run.event = _event(table, parameters)
    return run


def log_lines(history: dict[str, dict[str, list[float]]]) -> list[str]:
    """Write the training history as SageMaker XGBoost does."""
    name = list(history["train"])[-1]
    pairs = zip(history["train"][name], history["validation"][name], strict=True)
    return ["[2026-11-22:10:15:42:INFO] Imported framework sagemaker_xgboost_container"] + [
        f"[{i}]#011train-{name}:{a:.5f}#011validation-{name}:{b:.5f}"
        for i, (a, b) in enumerate(pairs)
    ]


def archive(booster: xgboost.Booster, fmt: str = "ubj") -> bytes:
    """Pack a model as SageMaker does."""
    model, out = bytes(booster.save_raw(fmt)), io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        member = tarfile.TarInfo("xgboost-model")
        member.size = len(model)
        tar.addfile(member, io.BytesIO(model))
    return out.getvalue()


def prediction_lines(predicted: Any) -> str:
    """Write predictions as batch transform does."""
    if predicted.ndim == 1:
        return "".join(f"{value!s}\n" for value in predicted.tolist())
    return "".join(f"{row}\n" for row in predicted.tolist())


def _train(table: Table, matrix: Any, train: Any, validation: Any) -> Any:
    objective, metric = OBJECTIVES[table.task]
    parameters = {"objective": objective, "eval_metric": metric, "eta": 0.15, "max_depth": 4}
    if table.classes and table.task == "multiclass":
        parameters["num_class"] = len(table.classes)
    labels = np.asarray(table.labels, dtype=float)
    sets = {
        name: xgboost.DMatrix(matrix[rows], label=labels[rows])
        for name, rows in (("train", train), ("validation", validation))
    }
    history: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        booster = xgboost.train(
            parameters | {"nthread": 2},
            sets["train"],
            table.rounds,
            [(v, k) for k, v in sets.items()],
            evals_result=history,
            verbose_eval=False,
        )
    return (
        booster,
        history,
        {k: str(v) for k, v in parameters.items()} | {"num_round": str(table.rounds)},
    )


def _write_rows(run: MadeRun, table: Table, matrix: Any, test: Any, parts: int) -> None:
    labels = np.asarray(table.labels)
    for part, rows in enumerate(np.array_split(np.arange(len(test)), parts)):
        name = f"part-{part:05d}.csv"
        lines = (",".join("" if np.isnan(v) else f"{v:g}" for v in matrix[test[i]]) for i in rows)
        run.put(f"data/test/{name}", "".join(f"{line}\n" for line in lines))
        truth = io.StringIO()
        writer = csv.writer(truth, lineterminator="\n")
        writer.writerow(["row", "label", *table.ids])
        for i in rows:
            ids = [values[test[i]] for values in table.ids.values()]
            writer.writerow([int(test[i]) + 1, labels[test[i]], *ids])
        run.put(f"data/truth/{name}", truth.getvalue())
        run.put(f"predictions/{name}.out", prediction_lines(run.predicted[rows]))


def _encoder(table: Table, features: list[dict[str, Any]]) -> dict[str, Any]:
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


def _profile(table: Table) -> dict[str, Any]:
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
        "dropped_rows": {"no_target": 0},
    }


def _request(settings: dict[str, Any]) -> dict[str, Any]:
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


def _event(table: Table, parameters: dict[str, str]) -> dict[str, Any]:
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
            "training_seconds": 74,
            "billable_seconds": 74,
        },
        "model": {"name": RUN},
        "champion": {"found": False},
        "dataset": "churn",
        "comparisons": {"count": 0, "suffixes": ["c", "d"]},
        "comparison": {"compared": False, "failed": False, "reason": "there is no champion"},
    }


def packed(members: dict[str, bytes]) -> bytes:
    """Pack files into a tar.gz."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, body in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(body)
            tar.addfile(member, io.BytesIO(body))
    return out.getvalue()
