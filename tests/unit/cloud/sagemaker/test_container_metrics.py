"""The container's own metrics, beside AWS's code and scikit-learn.

container_metrics.json holds what the code of github.com/aws/sagemaker-xgboost-container
(train_utils.py, callback.py, custom_metrics.py) did with these tables and XGBoost 3.2:
how many rounds it ran and kept, and the last value that it told of each metric.
"""

import json
import random
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost
from sklearn import metrics as reference

from dropforge.cloud.sagemaker.container import boosters, train
from dropforge.cloud.sagemaker.container.metrics import custom_metrics

CASES = json.loads(Path(__file__).with_name("container_metrics.json").read_text())
LINE = re.compile(r"#011((?:train|validation)-[^:#]+):([^\s#]+)")
REFERENCES: dict[str, Any] = {
    "accuracy": reference.accuracy_score,
    "balanced_accuracy": reference.balanced_accuracy_score,
    "f1": lambda a, b: reference.f1_score(a, b, average="macro"),
    "f1_binary": reference.f1_score,
    "f1_macro": lambda a, b: reference.f1_score(a, b, average="macro"),
    "precision": reference.precision_score,
    "precision_macro": lambda a, b: reference.precision_score(a, b, average="macro"),
    "precision_micro": lambda a, b: reference.precision_score(a, b, average="micro"),
    "recall": reference.recall_score,
    "recall_macro": lambda a, b: reference.recall_score(a, b, average="macro"),
    "recall_micro": lambda a, b: reference.recall_score(a, b, average="micro"),
}
VALUES: dict[str, Any] = {
    "mse": reference.mean_squared_error,
    "rmse": reference.root_mean_squared_error,
    "mae": reference.mean_absolute_error,
    "r2": reference.r2_score,
}


def lines_of(count: int, labels: str, seed: int, *, weights: bool) -> str:
    chance = random.Random(seed)
    lines = []
    for _ in range(count):
        features = [chance.random() for _ in range(4)]
        value = 3 * features[0] + features[1] ** 2 + chance.gauss(0, 0.7)
        by_kind = {"reg": value, "bin": int(value > 1.8), "multi": min(2, max(0, int(value)))}
        cells: list[Any] = [by_kind[labels]]
        if weights:
            cells.append(chance.choice([0.1, 1, 9.0]))
        cells += features
        lines.append(",".join(f"{x:.5f}" if isinstance(x, float) else str(x) for x in cells))
    return "\n".join(lines) + "\n"


def train_in(root: Path, labels: str, hyperparameters: dict[str, str]) -> int:
    weights = hyperparameters.get("csv_weights") == "1"
    channels = {}
    for name, rows, seed in (("train", 300, 1), ("validation", 120, 2)):
        folder = root / "input" / "data" / name
        folder.mkdir(parents=True)
        (folder / "a.csv").write_text(lines_of(rows, labels, seed, weights=weights))
        channels[name] = {"TrainingInputMode": "File", "ContentType": "text/csv"}
    config = root / "input" / "config"
    config.mkdir()
    for name, value in (
        ("hyperparameters", hyperparameters),
        ("inputdataconfig", channels),
        ("resourceconfig", {"hosts": ["algo-1"], "current_host": "algo-1"}),
    ):
        (config / f"{name}.json").write_text(json.dumps(value))
    return train.main(root)


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{each['labels']}-{number}" for number, each in enumerate(CASES)]
)
def test_training_goes_as_in_the_container(
    case: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = train_in(tmp_path, case["labels"], case["hyperparameters"])
    expected = case["container"]
    if "error" in expected:
        assert code == 1
        assert expected["error"] in (tmp_path / "output" / "failure").read_text()
        return
    assert code == 0
    printed = [line for line in capsys.readouterr().out.splitlines() if LINE.search(line)]
    assert len(printed) == expected["rounds"]
    last = {name: float(value) for name, value in LINE.findall(printed[-1])}
    assert {name: last[name] for name in expected["last"]} == pytest.approx(
        expected["last"], abs=2e-5
    )
    booster = xgboost.Booster()
    booster.load_model(bytearray((tmp_path / "model" / boosters.MODEL_NAME).read_bytes()))
    assert booster.num_boosted_rounds() == expected["kept"]


def measured(name: str, labels: Any, predictions: Any) -> float:
    function, _last = custom_metrics.chosen({"eval_metric": [name]})
    table = xgboost.DMatrix(np.zeros((len(labels), 1)), label=labels)
    [(told, value)] = function(predictions, table)
    assert told == name
    return float(value)


@pytest.mark.parametrize("name", REFERENCES)
@pytest.mark.parametrize("classes", [1, 2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_metric_of_classes_is_scikit_learns(name: str, classes: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    labels = chance.integers(0, classes, 30).astype(np.float32)
    # Half of the time one class is never predicted.
    predicted = chance.integers(0, max(1, classes - seed % 2), 30)
    predictions = np.eye(max(classes, 2), dtype=np.float32)[predicted]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            expected = REFERENCES[name](labels, np.argmax(predictions, axis=-1))
        except ValueError as error:
            with pytest.raises(ValueError, match=re.escape(str(error)[:30])):
                measured(name, labels, predictions)
            return
    assert measured(name, labels, predictions) == pytest.approx(expected)


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e6])
def test_metric_of_values_is_scikit_learns(name: str, scale: float) -> None:
    chance = np.random.default_rng(3)
    labels = (chance.normal(size=500) * scale).astype(np.float32)
    predictions = (labels + chance.normal(size=500) * scale / 3).astype(np.float32)
    assert measured(name, labels, predictions) == pytest.approx(
        VALUES[name](labels, predictions), rel=1e-6
    )


def test_r2_of_a_target_that_does_not_vary_is_scikit_learns() -> None:
    same = np.ones(5, dtype=np.float32)
    assert measured("r2", same, same) == 1.0
    assert measured("r2", same, same * 2) == 0.0


def test_own_metrics_leave_xgboosts_in_the_order_given() -> None:
    values: dict[str, Any] = {"eval_metric": ["logloss", "f1", "auc"]}
    function, last = custom_metrics.chosen(values)
    assert function is not None
    assert (values, last) == ({"eval_metric": ["logloss", "auc"]}, "auc")


def test_objective_and_metrics_are_told_in_one_order_and_the_objective_decides() -> None:
    values = {"eval_metric": ["rmse", "mape"], "_tuning_objective_metric": "validation:mae"}
    function, last = custom_metrics.chosen(values)
    assert function is not None
    table = xgboost.DMatrix(np.zeros((2, 1)), label=[0.0, 1.0])
    assert [name for name, _value in function(np.zeros(2), table)] == ["mae", "rmse"]
    assert (values, last) == ({"eval_metric": ["mape"]}, "mae")


def test_labels_between_classes_are_refused_as_by_scikit_learn() -> None:
    labels = np.array([0.0, 0.5, 1.0], dtype=np.float32)
    with pytest.raises(ValueError, match="mix of continuous and binary targets"):
        measured("accuracy", labels, np.array([0.1, -1, 0.2], dtype=np.float32))
