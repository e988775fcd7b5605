"""Run by the Python of AutoGluon's own environment: FOLDER TASK; reads and writes in FOLDER."""

import json
import sys
from pathlib import Path

import pandas as pd


def main(folder: Path, task: str) -> None:
    """Train on train.csv, and write the predictions for test.csv."""
    from autogluon.tabular import TabularPredictor  # type: ignore[import-not-found, unused-ignore]

    train = pd.read_csv(folder / "train.csv", low_memory=False)
    test = pd.read_csv(folder / "test.csv", low_memory=False)
    metric = "root_mean_squared_error" if task == "regression" else "log_loss"
    predictor = TabularPredictor(
        "bench_label", problem_type=task, eval_metric=metric, path=str(folder / "ag"), verbosity=1
    ).fit(train, presets="medium_quality", time_limit=600)
    if task == "regression":
        found = predictor.predict(test).tolist()
    else:
        shares = predictor.predict_proba(test)
        shares = shares[sorted(shares.columns, key=float)]
        found = (shares.iloc[:, 1] if task == "binary" else shares).to_numpy().tolist()
    (folder / "predictions.json").write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
