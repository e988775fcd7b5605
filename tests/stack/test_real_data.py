"""Datasets that the project did not make, through the command line, against a plain script."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn import datasets, metrics

from dropforge.cloud import Cloud
from tests.stack.application import Application

ROOT = Path(__file__).parents[2]
RESAMPLES = 400


def export(name: str, folder: Path) -> tuple[Path, pd.DataFrame]:
    """Write a scikit-learn dataset as people have it: a header, class names as text."""
    data = getattr(datasets, f"load_{name}")(as_frame=True)
    frame = data.frame.copy()
    if hasattr(data, "target_names") and name != "diabetes":
        frame["target"] = [f"class {data.target_names[value]}" for value in frame["target"]]
    path = folder / f"{name}.csv"
    frame.to_csv(path, index=False)
    return path, frame


def plain_script(frame: pd.DataFrame, test_rows: np.ndarray, task: str) -> np.ndarray:
    """What a careful person writes: early stopping on a part of the rows that are no test rows."""
    rest = frame.drop(index=test_rows).sample(frac=1, random_state=0)
    held = len(rest) * 15 // 85
    codes = None if task == "regression" else sorted(frame["target"].unique())
    label = (lambda s: s) if codes is None else (lambda s: s.map(codes.index))
    objective = {
        "regression": "reg:squarederror",
        "binary": "binary:logistic",
        "multiclass": "multi:softprob",
    }[task]
    parameters: dict[str, Any] = {"objective": objective, "eta": 0.1, "seed": 0, "nthread": 1}
    if task == "multiclass":
        parameters["num_class"] = len(codes or [])
    parts = [
        xgboost.DMatrix(part.drop(columns="target"), label(part["target"]))
        for part in (rest.iloc[held:], rest.iloc[:held], frame.loc[test_rows])
    ]
    model = xgboost.train(
        parameters,
        parts[0],
        num_boost_round=500,
        evals=[(parts[1], "validation")],
        early_stopping_rounds=20,
        verbose_eval=False,
    )
    return np.asarray(model.predict(parts[2], iteration_range=(0, model.best_iteration + 1)))


def loss(task: str, truth: np.ndarray, predicted: np.ndarray) -> float:
    if task == "regression":
        return float(metrics.root_mean_squared_error(truth, predicted))
    if task == "binary":
        return float(-metrics.roc_auc_score(truth, predicted))
    # Single precision: the probabilities of a row sum to 1 within 1e-6 only.
    shares = predicted / predicted.sum(axis=1, keepdims=True)
    return float(metrics.log_loss(truth, shares, labels=range(shares.shape[1])))


@pytest.mark.parametrize(
    ("name", "task"),
    [
        ("breast_cancer", "binary"),
        ("diabetes", "regression"),
        ("wine", "multiclass"),
        ("digits", "multiclass"),
    ],
)
def test_run_on_a_real_file_is_as_good_as_a_plain_script_on_the_same_rows(
    application: Application, local_cloud: Cloud, tmp_path: Path, name: str, task: str
) -> None:
    path, frame = export(name, tmp_path)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "dropforge",
            "run",
            str(path),
            "--json",
            "--out",
            str(tmp_path / "out"),
        ],
        capture_output=True,
        text=True,
        timeout=240,
        cwd=ROOT,
        env={**os.environ, "DROPFORGE_STATE_DIR": str(local_cloud.state_dir)},
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["status"], result["task"], result["target"]) == ("SUCCEEDED", task, "target")
    predictions = pd.read_csv(result["files"]["predictions"])
    rows = predictions["row"].to_numpy() - 1
    probabilities = [column for column in predictions if column.startswith("probability")]
    actual = frame.loc[rows, "target"]
    if task == "regression":
        assert np.allclose(predictions["actual"], actual)
        truth, ours = actual.to_numpy(), predictions["prediction"].to_numpy()
    else:
        assert list(predictions["actual"]) == list(actual)
        codes = sorted(frame["target"].unique())
        truth = actual.map(codes.index).to_numpy()
        by_class = predictions[[f"probability_{code}" for code in codes]].to_numpy()
        assert len(probabilities) == len(codes)
        ours = by_class[:, 1] if task == "binary" else by_class
    theirs = plain_script(frame, rows, task)
    assert loss(task, truth, ours) == pytest.approx(
        result["metric"]["value"] * (-1 if result["metric"]["goal"] == "max" else 1), abs=1e-4
    )
    draw = np.random.default_rng(0)
    differences = []
    for _ in range(RESAMPLES):
        pick = draw.integers(0, len(rows), len(rows))
        if task == "regression" or len(np.unique(truth[pick])) > 1:
            differences.append(
                loss(task, truth[pick], ours[pick]) - loss(task, truth[pick], theirs[pick])
            )
    # Worse beyond noise means that nearly every resample of the test rows says so.
    assert np.quantile(differences, 0.025) <= 0, (
        loss(task, truth, ours),
        loss(task, truth, theirs),
    )
