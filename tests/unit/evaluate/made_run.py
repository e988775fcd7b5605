"""Runs as the earlier states leave them: a model that xgboost trained, and its test rows."""

import csv
import io
import json
import warnings
from array import array
from dataclasses import dataclass
from typing import Any

import numpy as np
import xgboost

from evaluate.steps.evaluate import evaluate_run
from pipeline.documents.run_files import RunFiles
from pipeline.storage.bucket import Bucket
from predict.steps.decision import DecisionEvent, choose_decision
from predict.steps.model import ModelEvent, explain_model
from tests.unit.evaluate.buckets import FakeLogs, FakeS3
from tests.unit.evaluate.container_output import archive, log_lines, prediction_lines
from tests.unit.evaluate.made_documents import (
    PREFIX,
    RUN,
    decision_of,
    encoder_of,
    event_of,
    profile_of,
    request_of,
)
from tests.unit.evaluate.tables import Table

PACKAGE = "arn:aws:sagemaker:eu-central-1:123456789012:model-package/dropforge--churn"
SEEN = "data/seen/part-00000.u64"
OBJECTIVES = {
    "regression": ("reg:squarederror", "rmse"),
    "binary": ("binary:logistic", "auc"),
    "multiclass": ("multi:softprob", "mlogloss"),
}


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
        self.record([], [])

    def record(
        self, champion: list[int], challenger: list[int], scheme: str = "s", every: int = 1
    ) -> None:
        """Write what Prepare writes of rows that trained; test row n has the digest n + 1."""
        at = 0
        for name in self.files.names("data/truth"):
            rows = self.text(f"data/truth/{name}").count("\n") - 1
            digests = array("Q", range(at + 1, at + 1 + rows)).tobytes()
            part = name.removesuffix(".csv")
            self.s3.objects[f"{PREFIX}/data/tested/{part}.u64"] = 2 * digests
            at += rows
        self.put("fit.json", json.dumps({"digests": {"scheme": "s", "every": every}}))
        self.s3.objects[f"{PREFIX}/{SEEN}"] = array("Q", challenger).tobytes()
        self.change("chunks/encode-00000.json", seen=len(challenger))
        beside = self.event["champion"]["encoder_key"].rpartition("/")[0]
        rule = {"digests": {"scheme": scheme, "every": 1}}
        self.s3.objects[f"{beside}/fit.json"] = json.dumps(rule).encode()
        self.s3.objects[f"{beside}/{SEEN}"] = array("Q", champion).tobytes()
        counts = {"train": len(champion), "validation": 0, "test": 0, "dropped": 0}
        self.s3.objects[f"{beside}/chunks/encode-00000.json"] = json.dumps(counts).encode()

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
    run.put("encoder.json", json.dumps(encoder_of(table, features)))
    run.put("profile.json", json.dumps(profile_of(table)))
    run.put("request.json", json.dumps(request_of(settings or {})))
    s3.objects[f"{PREFIX}/model/{RUN}/output/model.tar.gz"] = archive(booster)
    run.event = event_of(table, parameters)
    _write_validation(run, table, matrix, validation)
    if table.task != "regression":
        # That of a model whose probabilities are right; `decide` chooses one.
        run.put("decision.json", json.dumps(decision_of(table.task)))
    explain(run)
    return run


def decide(run: MadeRun) -> dict[str, Any]:
    """Do the step that chooses the decision, and return decision.json."""
    model = run.event["training"]["model_data"]
    event: DecisionEvent = {"bucket": "drops", "prefix": PREFIX, "model_data": model}
    choose_decision(run.files, event)
    found: dict[str, Any] = run.json("decision.json")
    return found


def explain(run: MadeRun) -> None:
    """Do the step that explains the model, as the state machine does beside batch transform."""
    model = run.event["training"]["model_data"]
    event: ModelEvent = {"bucket": "drops", "prefix": PREFIX, "model_data": model}
    run.event["explanation"] = explain_model(run.files, event)


def evaluated(run: MadeRun) -> dict[str, Any]:
    """Do the evaluate step and return what the state machine gets."""
    return evaluate_run(run.files, run.logs, run.event, "dropforge", "0.1.0")


def judged(run: MadeRun) -> tuple[dict[str, Any], dict[str, Any]]:
    """Do the evaluate step and return its result with what it says of the comparison."""
    return evaluated(run), run.json("evaluation.json")["comparison"]


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


def _write_validation(run: MadeRun, table: Table, matrix: Any, rows: Any) -> None:
    labels = np.asarray(table.labels)
    lines = (
        ",".join([f"{labels[i]}", *("" if np.isnan(v) else f"{v:g}" for v in matrix[i])])
        for i in rows
    )
    run.put("data/validation/part-00000.csv", "".join(f"{line}\n" for line in lines))


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
