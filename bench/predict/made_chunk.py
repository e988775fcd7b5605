"""Writes a run whose one chunk, or part of test rows, has so many rows, and a model for it."""

import io
import json
import sys
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import xgboost

from bench.predict.made_encoder import encoder
from pipeline import layout
from table.encoding.text import to_csv

PREFIX, FEATURES, TREES = "runs/bench", 20, 200
MODEL = f"{PREFIX}/model/model.tar.gz"
_OBJECTIVES: dict[str, dict[str, Any]] = {
    "binary": {"objective": "binary:logistic"},
    "multiclass": {"objective": "multi:softprob", "num_class": 5},
    "hundred": {"objective": "multi:softprob", "num_class": 100},
}


def main(folder: Path, what: str, task: str, rows: int) -> None:
    """Write encoder, note, features and model."""
    draw = np.random.default_rng(0)
    matrix = draw.normal(size=(rows, FEATURES)).astype(np.float32)
    matrix[draw.random(matrix.shape) < 0.05] = np.nan
    classes = _OBJECTIVES[task].get("num_class", 2)
    names = [f"column {number}" for number in range(FEATURES)]
    kind = task if task == "binary" else "multiclass"
    _write(folder, layout.ENCODER, json.dumps(encoder(names, kind, classes)).encode())
    scoring = {"champion": {"found": True}, "settings": {}, "size": 0}
    scoring |= {"written": "utf-8", "mark": False, "packed": False}
    _write(folder, layout.SCORING, json.dumps(scoring).encode())
    note = {"index": 0, "rows": rows, "plain": True, "unseen": {}}
    name = layout.join("chunks", layout.note_name(layout.SCORE_NOTE, 0))
    _write(folder, name, json.dumps(note).encode())
    if what == "holdout":
        table = pl.from_numpy(matrix.astype(float).round(5), orient="row").fill_nan(None)
        _write(folder, layout.join(layout.TEST_ROWS, layout.part_name(0)), to_csv(table))
    else:
        name = layout.join(layout.FEATURES, layout.feature_part(0))
        _write(folder, name, np.ascontiguousarray(matrix.T).astype("<f4").tobytes())
    few = np.nan_to_num(matrix[:20_000])
    signal = few[:, 0] * few[:, 1] + few[:, 2] + draw.normal(size=len(few)) / 4
    label = np.digitize(signal, np.quantile(signal, np.linspace(0, 1, classes + 1)[1:-1]))
    parameters = {**_OBJECTIVES[task], "max_depth": 6, "eta": 0.1, "tree_method": "hist"}
    # A tree a class and round: 200 in all, whatever the task.
    rounds = TREES // _OBJECTIVES[task].get("num_class", 1)
    booster = xgboost.train(parameters, xgboost.DMatrix(few, label=label), rounds)
    body, out = bytes(booster.save_raw("ubj")), io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        member = tarfile.TarInfo("xgboost-model")
        member.size = len(body)
        archive.addfile(member, io.BytesIO(body))
    _write(folder, MODEL.removeprefix(f"{PREFIX}/"), out.getvalue())


def _write(folder: Path, name: str, body: bytes) -> None:
    path = folder / PREFIX / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))
