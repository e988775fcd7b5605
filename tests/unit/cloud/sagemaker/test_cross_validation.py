"""_kfold trains what AWS's container trains: its folds, its files, its lines."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost
from sklearn.model_selection import RepeatedKFold, RepeatedStratifiedKFold

from dropforge.cloud.sagemaker.container import boosters, data, train
from dropforge.cloud.sagemaker.container.cross_validation import LeftOut, folds
from dropforge.cloud.sagemaker.container.inference import ModelServer

FOLDS, ROUNDS = 3, 4


# The container's log has the same warning of a rare class.
@pytest.mark.filterwarnings("ignore:The least populated class")
@pytest.mark.parametrize(("rows", "parts", "repeats"), [(13, 3, 2), (100, 5, 1), (41, 2, 3)])
@pytest.mark.parametrize("classes", [None, 2, 4])
def test_folds_are_those_of_scikit_learn(
    rows: int, parts: int, repeats: int, classes: int | None
) -> None:
    labels = np.random.default_rng(rows).integers(0, classes or 9, rows)[::-1]
    kind = RepeatedKFold if classes is None else RepeatedStratifiedKFold
    theirs = kind(n_splits=parts, n_repeats=repeats, random_state=np.random.RandomState(4))
    given = None if classes is None else labels
    ours = folds(rows, given, parts, repeats, np.random.RandomState(4))
    for (kept, held), (own_kept, own_held) in zip(
        theirs.split(range(rows), labels), ours, strict=True
    ):
        assert kept.tolist() == own_kept.tolist()
        assert held.tolist() == own_held.tolist()


@pytest.mark.parametrize("labels", [None, [0, 1, 0]])
def test_more_folds_than_rows_are_refused(labels: Any) -> None:
    with pytest.raises(ValueError, match="n_splits=5 "):
        list(folds(3, labels, 5, 1, np.random.RandomState(0)))


def _rows(count: int, seed: int, *, classes: bool) -> str:
    draw = np.random.default_rng(seed)
    table = draw.normal(size=(count, 5))
    table[:, 0] = (table[:, 1] > 0) if classes else table[:, 1] + draw.normal(size=count) / 9
    return "".join(",".join(f"{value:.4f}" for value in row) + "\n" for row in table)


def job(root: Path, **parameters: str) -> Path:
    values = {"objective": "reg:squarederror", "num_round": str(ROUNDS), "_kfold": str(FOLDS)}
    values |= parameters
    channel = {"TrainingInputMode": "File", "ContentType": "text/csv"}
    config = root / "input" / "config"
    config.mkdir(parents=True)
    (config / "hyperparameters.json").write_text(json.dumps(values))
    (config / "inputdataconfig.json").write_text(
        json.dumps({"train": channel, "validation": channel})
    )
    (config / "resourceconfig.json").write_text('{"hosts": ["algo-1"]}')
    classes = not values["objective"].startswith("reg:")
    for seed, (name, rows) in enumerate((("train", 40), ("validation", 20))):
        folder = root / "input" / "data" / name
        folder.mkdir(parents=True)
        (folder / "part-00000.csv").write_text(_rows(rows, seed, classes=classes))
    return root


@pytest.fixture
def seeded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The container draws without a seed; here its draw is known."""

    def drawn(rows: int, labels: Any, parts: int, repeats: int, _draw: Any) -> Any:
        return folds(rows, labels, parts, repeats, np.random.RandomState(7))

    monkeypatch.setattr(boosters, "folds", drawn)


def test_models_are_those_of_the_folds_of_both_channels(tmp_path: Path, seeded: None) -> None:
    root = job(tmp_path)
    assert train.main(root) == 0
    folder = root / "input" / "data"
    both = data.matrix_of(folder / "train", "csv", 0, folder / "validation")
    assert both is not None
    assert both.num_row() == 60
    theirs = RepeatedKFold(n_splits=FOLDS, n_repeats=1, random_state=np.random.RandomState(7))
    predictions = np.zeros(60)
    for fold, (kept, held) in enumerate(theirs.split(range(60))):
        booster = xgboost.train({"objective": "reg:squarederror"}, both.slice(kept), ROUNDS)
        content = (root / f"model/xgboost-model-{fold}").read_bytes()
        stored = xgboost.Booster(model_file=bytearray(content))
        assert stored.get_dump() == booster.get_dump()
        predictions[held] = booster.predict(both.slice(held))
    assert sorted(path.name for path in (root / "model").iterdir()) == [
        f"xgboost-model-{fold}" for fold in range(FOLDS)
    ]
    written = np.loadtxt(root / "output/data/predictions.csv", delimiter=",")
    assert written == pytest.approx(np.column_stack([both.get_label(), predictions]), abs=1e-6)


def test_server_answers_with_the_mean_of_the_models(tmp_path: Path) -> None:
    root = job(tmp_path, objective="binary:logistic")
    assert train.main(root) == 0
    row = b"0.1,0.2,0.3,0.4"
    answer = ModelServer(root / "model").invoke(row, "text/csv", "text/csv").body
    each = []
    for fold in range(FOLDS):
        alone = root / f"alone-{fold}"
        alone.mkdir()
        (root / f"model/xgboost-model-{fold}").rename(alone / "xgboost-model")
        each.append(float(ModelServer(alone).invoke(row, "text/csv", "text/csv").body))
    assert len(set(each)) > 1
    assert float(answer) == pytest.approx(np.mean(each), abs=1e-7)


def test_log_has_the_rounds_of_each_model_then_the_means(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = job(tmp_path, _num_cv_round="2", eval_metric="rmse")
    assert train.main(root) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if "#011" in line]
    numbers = [int(line[1 : line.index("]")]) for line in lines]
    once = [*range(ROUNDS)] * FOLDS + [ROUNDS]
    assert numbers == [*once, *once, ROUNDS]
    last = [
        float(line.rpartition(":")[2])
        for line, number in zip(lines, numbers, strict=True)
        if number == ROUNDS - 1
    ]
    ends = (len(once) - 1, 2 * len(once) - 1, -1)
    means = [float(lines[at].rpartition(":")[2]) for at in ends]
    expected = [np.mean(last[:FOLDS]), np.mean(last[FOLDS:]), np.mean(last)]
    assert means == pytest.approx(expected, abs=2e-5)
    assert len(list((root / "model").iterdir())) == 2 * FOLDS


def test_early_stopping_watches_the_channel_validation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = job(tmp_path, num_round="200", eta="1", early_stopping_rounds="2", eval_metric="rmse")
    assert train.main(root) == 0
    assert capsys.readouterr().out.count("#011train-rmse") < 3 * 200


def test_folds_that_cannot_be_drawn_fail_the_job_in_the_containers_words(tmp_path: Path) -> None:
    root = job(tmp_path, _kfold="61")
    assert train.main(root) == 1
    failure = (root / "output/failure").read_text()
    assert "AlgorithmError: XGB train call failed with exception:" in failure
    assert "n_splits=61 greater than the number of samples" in failure


def test_of_several_classes_the_likeliest_counts_and_the_most_frequent_of_repeats(
    tmp_path: Path,
) -> None:
    left_out = LeftOut(np.array([2.0, 0.0]), 3, classes=True)
    rows = np.array([0, 1])
    for first in ([0.1, 0.2, 0.7], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]):
        left_out.record(rows, np.array([first, [0.9, 0.05, 0.05]]))
    left_out.save(tmp_path)
    written = np.loadtxt(tmp_path / "predictions.csv", delimiter=",")
    assert written.tolist() == [[2, 0.7, 2], [0, 0.9, 0]]


def test_checkpoints_and_a_kept_model_bear_the_number_of_the_fold(tmp_path: Path) -> None:
    root = job(tmp_path, save_model_on_termination="true")
    config = root / "input/config/checkpointconfig.json"
    config.write_text(json.dumps({"LocalPath": str(root / "checkpoints")}))
    assert train.main(root) == 0
    assert sorted(path.name for path in (root / "checkpoints").iterdir()) == [
        f"model-{fold}" for fold in range(FOLDS)
    ]
    assert sorted(path.name for path in (root / "model").iterdir()) == [
        f"xgboost-model-{fold}" for fold in range(FOLDS)
    ]
