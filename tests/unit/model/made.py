"""Models as a run leaves them, trained on what Prepare makes of a file."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import xgboost

from dropforge.cloud.sagemaker.container.inference import ModelServer
from dropforge.model.files import load_files
from dropforge.model.model import Model
from tests.unit.evaluate.container_output import packed
from tests.unit.prepare.pipeline_run import Prepared, prepare

ROUNDS = 12


class Made:
    """A run's model on this machine, and what the container answers for its test rows."""

    def __init__(self, folder: Path, data: bytes, settings: dict[str, Any] | None = None) -> None:
        self.folder = folder
        self.file = folder / "rows.csv"
        self.file.write_bytes(data)
        self.prepared = prepare(data, settings)
        booster = trained(self.prepared)
        booster.save_model(folder / "xgboost-model.json")
        write_model(folder, {"xgboost-model": (folder / "xgboost-model.json").read_bytes()})
        (folder / "encoder.json").write_text(json.dumps(self.encoder))

    @property
    def encoder(self) -> dict[str, Any]:
        found: dict[str, Any] = self.prepared.json("encoder.json")
        return found

    def load(self) -> Model:
        return load_files(self.folder)

    def container(self) -> Iterator[tuple[int, str]]:
        """Yield the number of each test row, from 0, and the line that is answered for it."""
        models = self.folder / "models"
        models.mkdir(exist_ok=True)
        (models / "xgboost-model").write_bytes((self.folder / "xgboost-model.json").read_bytes())
        server = ModelServer(models)
        for name, body in self.prepared.files("test").items():
            truth = self.prepared.files("truth")[name].decode().splitlines()[1:]
            answer = server.invoke(body, "text/csv", "text/csv")
            assert answer.status == 200, answer.body
            for record, line in zip(truth, answer.body.decode().splitlines(), strict=True):
                yield int(record.split(",")[0]) - 1, line


def trained(prepared: Prepared, rounds: int = ROUNDS) -> Any:
    """Train a booster on the training channel, as plain xgboost does."""
    lines = b"".join(prepared.files("train").values()).decode().splitlines()
    rows = np.array([[cell or "nan" for cell in line.split(",")] for line in lines]).astype(float)
    target = prepared.json("encoder.json")["target"]
    parameters: dict[str, Any] = {"nthread": 1, "seed": 0, "min_child_weight": 0}
    parameters["objective"] = {
        "regression": "reg:squarederror",
        "binary": "binary:logistic",
        "multiclass": "multi:softprob",
    }[target["task"]]
    if target["task"] == "multiclass":
        parameters["num_class"] = len(target["classes"])
    return xgboost.train(parameters, xgboost.DMatrix(rows[:, 1:], rows[:, 0]), rounds)


def write_model(folder: Path, files: dict[str, bytes]) -> None:
    (folder / "model.tar.gz").write_bytes(packed(files))
