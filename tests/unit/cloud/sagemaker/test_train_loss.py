"""The loss of train rows, which a job does not leave to XGBoost where they are many."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost

from dropforge.cloud.sagemaker.container import train
from dropforge.cloud.sagemaker.container.metrics import train_loss

LOGISTIC = {"objective": "binary:logistic", "eval_metric": ["logloss"]}


def table_of(rows: int = 400, wrong: float = 0.02, **more: Any) -> xgboost.DMatrix:
    """Make a table that a tree tells apart with great certainty, but for a few rows."""
    draw = np.random.default_rng(3)
    cells = draw.normal(size=(rows, 2)).astype(np.float32)
    labels = (cells[:, 0] > 0) ^ (draw.random(rows) < wrong)
    return xgboost.DMatrix(cells, labels.astype(np.float32), **more)


@pytest.mark.parametrize("rounds", [1, 200])
@pytest.mark.parametrize("rows", [1, 400, 3 * train_loss._BLOCK + 1])
def test_loss_is_xgboosts(rows: int, rounds: int) -> None:
    # So sure of itself after many rounds that a wrong row's chance is none in float32.
    given = {"objective": "binary:logistic", "eta": 1, "lambda": 0, "max_depth": 1, "nthread": 1}
    booster = xgboost.train(given | {"min_child_weight": 0}, table_of(rows, 0.0), rounds)
    other = table_of(rows, 0.02)
    theirs = float(booster.eval(other).rpartition(":")[2])
    margins = booster.predict(other, output_margin=True)
    assert train_loss.log_loss(margins, 1 - other.get_label()) == pytest.approx(theirs, abs=1e-6)


@pytest.mark.parametrize("margin", [0, 1, -1, 15, -15, 17, -17, 40, -40, 90, -90, 1e30, -1e30])
@pytest.mark.parametrize("label", [0, 1])
def test_loss_of_any_margin_is_xgboosts(margin: float, label: int) -> None:
    table = xgboost.DMatrix(np.zeros((1, 1)), np.array([label]))
    table.set_base_margin(np.array([margin], np.float32))
    booster = xgboost.train({**LOGISTIC, "eta": 0.0}, xgboost.DMatrix(np.zeros((1, 1)), [label]), 1)
    theirs = float(booster.eval(table).rpartition(":")[2])
    margins = np.array([margin], np.float32)
    found = train_loss.log_loss(margins, np.float32([1 - label]))
    assert found == pytest.approx(theirs, rel=1e-6, abs=1e-6)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the numbers of rows that were measured, to be filled."""
    found: list[int] = []
    log_loss = train_loss.log_loss

    def counted(margins: Any, negative: Any) -> float:
        found.append(len(margins))
        return log_loss(margins, negative)

    monkeypatch.setattr(train_loss, "log_loss", counted)
    return found


def trained(
    root: Path, capsys: pytest.CaptureFixture[str], text: str, *channels: str, **more: str
) -> tuple[list[str], list[bytes]]:
    """Run a job; return the lines of its rounds, and its models."""
    config = root / "input/config"
    config.mkdir(parents=True)
    values = {"num_round": "12", "objective": "binary:logistic", "eval_metric": "logloss", **more}
    channel = {"TrainingInputMode": "File", "ContentType": "text/csv"}
    for name, content in (
        ("hyperparameters", values),
        ("inputdataconfig", dict.fromkeys(channels, channel)),
        ("resourceconfig", {"hosts": ["algo-1"], "current_host": "algo-1"}),
    ):
        (config / f"{name}.json").write_text(json.dumps(content))
    for name in channels:
        (root / f"input/data/{name}").mkdir(parents=True)
        (root / f"input/data/{name}/a.csv").write_text(text)
    assert train.main(root) == 0
    lines = capsys.readouterr().out.splitlines()
    return lines, [path.read_bytes() for path in sorted((root / "model").iterdir())]


def text_of(table: xgboost.DMatrix, labels: tuple[float, float] = (0, 1)) -> str:
    cells = table.get_data().toarray()
    return "".join(
        f"{labels[int(label)]},{a},{b}\n"
        for label, (a, b) in zip(table.get_label(), cells, strict=True)
    )


@pytest.mark.parametrize("channels", [("train",), ("train", "validation")])
@pytest.mark.parametrize("more", [{}, {"early_stopping_rounds": "3"}])
def test_job_tells_the_same_and_leaves_the_same_model(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    measured: list[int],
    channels: tuple[str, ...],
    more: dict[str, str],
) -> None:
    text = text_of(table_of(3000, 0.2))
    left_to_xgboost: list[list[str]] = []
    training = xgboost.train

    def told(*given: Any, **named: Any) -> Any:
        left_to_xgboost.append([name for _, name in named["evals"]])
        return training(*given, **named)

    monkeypatch.setattr(xgboost, "train", told)
    theirs = trained(tmp_path / "theirs", capsys, text, *channels, **more)
    assert not measured
    monkeypatch.setattr(train_loss, "ROWS", 3000)
    ours = trained(tmp_path / "ours", capsys, text, *channels, **more)
    assert ours == theirs
    assert ours[0][0].startswith("[0]#011train-logloss:")
    assert measured == [3000] * len(ours[0])
    assert left_to_xgboost == [list(channels), list(channels)[1:]]


def test_folds_are_left_to_xgboost(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    measured: list[int],
) -> None:
    monkeypatch.setattr(train_loss, "ROWS", 1)
    text = text_of(table_of(300, 0.2))
    lines, models = trained(tmp_path, capsys, text, "train", "validation", _kfold="3")
    assert "train-logloss" in lines[0]
    assert len(models) == 3
    assert not measured


@pytest.mark.parametrize(
    ("given", "more", "rows"),
    [
        ({}, {}, 399),
        ({"objective": "reg:logistic"}, {}, 400),
        ({"eval_metric": ["logloss", "auc"]}, {}, 400),
        ({"eval_metric": ["auc"]}, {}, 400),
        ({"booster": "dart"}, {}, 400),
        ({}, {"weight": np.ones(400)}, 400),
        ({}, {"label": np.full(400, 0.5)}, 400),
    ],
)
def test_what_is_measured_otherwise_is_left_to_xgboost(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], more: dict[str, Any], rows: int
) -> None:
    monkeypatch.setattr(train_loss, "ROWS", 400)
    table = table_of(rows)
    table.set_info(**more)
    assert train_loss.measures(LOGISTIC, None, table_of(400))
    assert not train_loss.measures(LOGISTIC, object(), table_of(400))
    assert not train_loss.measures(LOGISTIC | given, None, table)


def test_what_several_hosts_measure_together_is_left_to_xgboost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(train_loss, "ROWS", 400)
    monkeypatch.setattr(xgboost.collective, "get_world_size", lambda: 2)
    assert not train_loss.measures(LOGISTIC, None, table_of(400))
