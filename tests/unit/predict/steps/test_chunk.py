"""A chunk's predictions are the container's text, its reasons are those that count most."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost

from dropforge.cloud.sagemaker.container.inference import ModelServer
from join.rows import parsed_reasons
from pipeline.errors import ArtefactError
from predict import loading
from predict.steps import chunk
from predict.steps.chunk import predict_chunk
from scoring.booster import Ensemble
from scoring.contributions import contributions
from tests.unit.evaluate.container_output import packed
from tests.unit.predict.chunk_run import (
    MODEL,
    PREFIX,
    chunk_run,
    event,
    features_key,
    files_of,
    unpacked,
    written,
)
from tests.unit.scoring.models import PARAMETERS, csv_of, trained

CASES = {
    "squared error": "regression",
    "Poisson": "regression",
    "two classes": "binary",
    "three classes": "multiclass",
    "linear": "regression",
}
PREDICTIONS, REASONS = "predictions/part-00000.csv.out", "reasons/part-00000.csv"


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_kept", {})


@pytest.mark.parametrize("boosters", [1, 2])
@pytest.mark.parametrize("name", CASES)
def test_predictions_are_the_bytes_of_the_container(
    name: str, boosters: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunk, "BLOCK_CELLS", 60)
    s3, matrix = chunk_run(name, task=CASES[name], boosters=boosters)
    for file, body in unpacked(s3.objects[MODEL]).items():
        (tmp_path / file).write_bytes(body)
    assert predict_chunk(files_of(s3), event()) is None
    answer = ModelServer(tmp_path).invoke(csv_of(matrix), "text/csv", "text/csv")
    assert s3.objects[f"{PREFIX}/{PREDICTIONS}"] == answer.body


@pytest.mark.parametrize("most", [1, 3, 20])
@pytest.mark.parametrize("name", CASES)
def test_reasons_are_the_columns_that_count_most(name: str, most: int) -> None:
    s3, matrix = chunk_run(name, task=CASES[name])
    predict_chunk(files_of(s3), event(most))
    encoder = json.loads(s3.objects[f"{PREFIX}/encoder.json"])
    model = Ensemble.of_files(unpacked(s3.objects[MODEL]).values())
    found = contributions(model, matrix, encoder["features"], encoder["target"]["task"])
    written_down = parsed_reasons(s3.objects[f"{PREFIX}/{REASONS}"].decode())
    assert len(written_down) == len(matrix)
    for row, reasons in zip(found.values, written_down, strict=True):
        own = {encoder["columns"].index(n): v for n, v in zip(found.columns, row, strict=True)}
        best = sorted((-abs(value), position) for position, value in own.items() if value)
        assert [position for position, _ in reasons] == [position for _, position in best[:most]]
        assert all(own[position] == value for position, value in reasons)


def test_row_without_contributions_is_an_empty_line() -> None:
    s3, matrix = chunk_run("squared error", 4, task="regression")
    constant = xgboost.train({}, xgboost.DMatrix(matrix, label=np.ones(4)), 1)
    s3.objects[MODEL] = packed({"xgboost-model": bytes(constant.save_raw("ubj"))})
    predict_chunk(files_of(s3), event())
    assert s3.objects[f"{PREFIX}/{REASONS}"] == b"\n\n\n\n"


def test_two_classes_of_another_objective_are_explained_by_the_predicted_one() -> None:
    s3, matrix = chunk_run("a share", task="binary")
    predict_chunk(files_of(s3), event(1))
    encoder = json.loads(s3.objects[f"{PREFIX}/encoder.json"])
    model = Ensemble.of_files(unpacked(s3.objects[MODEL]).values())
    against = model.predict(matrix) < 0.5
    share = contributions(model, matrix, encoder["features"], "regression").values
    [first] = zip(*parsed_reasons(s3.objects[f"{PREFIX}/{REASONS}"].decode()), strict=True)
    strongest = share[np.arange(len(share)), np.abs(share).argmax(axis=1)]
    assert against.any()
    assert np.allclose([value for _, value in first], np.where(against, -strongest, strongest))


def test_batch_transforms_predictions_are_left_alone() -> None:
    s3, _ = chunk_run()
    predict_chunk(files_of(s3), event(predict=False))
    assert written(s3) == {REASONS}


def test_no_reasons_are_written_if_none_are_asked_for() -> None:
    s3, _ = chunk_run()
    predict_chunk(files_of(s3), event(0))
    assert written(s3) == {PREDICTIONS}


def test_objective_that_cannot_be_explained_is_predicted_and_told() -> None:
    s3, matrix = chunk_run()
    data = xgboost.DMatrix(matrix, label=np.arange(50) % 2)
    hinge = xgboost.train({"objective": "binary:hinge"}, data, 2)
    s3.objects[MODEL] = packed({"xgboost-model": bytes(hinge.save_raw("ubj"))})
    told = predict_chunk(files_of(s3), event())
    assert told is not None
    assert "binary:hinge" in told
    assert written(s3) == {PREDICTIONS}


def test_chunk_without_rows_writes_nothing_and_loads_nothing() -> None:
    s3, _ = chunk_run(count=0)
    assert predict_chunk(files_of(s3), event()) is None
    assert written(s3) == set()
    assert MODEL not in s3.read


def test_model_is_loaded_once_until_it_is_another() -> None:
    s3, _ = chunk_run()
    for _ in range(3):
        predict_chunk(files_of(s3), event())
    assert s3.read.count(MODEL) == 1
    first = s3.objects[f"{PREFIX}/{PREDICTIONS}"]
    s3.objects[MODEL] = chunk_run("forest")[0].objects[MODEL]
    predict_chunk(files_of(s3), event())
    assert s3.read.count(MODEL) == 2
    assert s3.objects[f"{PREFIX}/{PREDICTIONS}"] != first
    assert len(loading._kept) == 1


def test_rows_that_would_take_too_long_have_no_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunk, "BUDGET_SECONDS", 0.0)
    monkeypatch.setattr(chunk, "BLOCK_CELLS", 120)
    s3, _ = chunk_run()
    told = predict_chunk(files_of(s3), event())
    assert told == "30 of 50 rows would have taken too long"
    reasons = parsed_reasons(s3.objects[f"{PREFIX}/{REASONS}"].decode())
    assert [bool(row) for row in reasons] == [True] * 20 + [False] * 30
    assert s3.objects[f"{PREFIX}/{PREDICTIONS}"].count(b"\n") == 50


def _shorter(s3: Any) -> None:
    # As long as rows of other features would be.
    s3.objects[features_key()] = s3.objects[features_key()][: 6 * 4 * 49]


def _longer(s3: Any) -> None:
    s3.objects[features_key()] += bytes(4)


def _without(key: str) -> Any:
    return lambda s3: s3.objects.pop(key)


def _model(body: bytes) -> Any:
    return lambda s3: s3.objects.__setitem__(MODEL, body)


def _narrow() -> bytes:
    booster = xgboost.train({}, xgboost.DMatrix(np.eye(9)[:, :5], label=np.arange(9)), 1)
    return packed({"xgboost-model": bytes(booster.save_raw("ubj"))})


FEATURES = r"data/features/part-00000\.f32"
ARCHIVE = r"runs/set-0/model/model\.tar\.gz, which Train model \(XGBoost\) wrote,"
DAMAGES = {
    "fewer rows": (_shorter, f"{FEATURES}.* has 1,176 bytes, and 50 rows of 6 features"),
    "more bytes": (_longer, f"{FEATURES}.* has 1,204 bytes, and 50 rows of 6 features"),
    "no features": (_without(features_key()), f"{FEATURES}.*is not there any more"),
    "no note": (_without(f"{PREFIX}/chunks/score-00000.json"), "score-00000.*is not there"),
    "no encoder": (_without(f"{PREFIX}/encoder.json"), "encoder.json.*is not there any more"),
    "no model": (_without(MODEL), f"{ARCHIVE} is not there any more"),
    "no archive": (_model(b"text"), f"{ARCHIVE} is no archive of a model"),
    "an archive cut off": (
        _model(chunk_run()[0].objects[MODEL][:-9]),
        f"{ARCHIVE} is no archive of a model: it ends too early",
    ),
    "an archive of another model": (
        _model(packed({"model": b"\x80\x04K\x01."})),
        f"{ARCHIVE} is no archive of a model: its model is neither",
    ),
    "a model of other features": (
        _model(_narrow()),
        f"{ARCHIVE} has 5 features, and the encoder makes 6",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_file_is_named_and_nothing_is_written(damage: str) -> None:
    s3, _ = chunk_run()
    change, said = DAMAGES[damage]
    change(s3)
    with pytest.raises(ArtefactError, match=said):
        predict_chunk(files_of(s3), event())
    assert written(s3) == set()


def test_model_over_the_limit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    s3, _ = chunk_run()
    monkeypatch.setattr("scoring.archive.MOST_BYTES", 10)
    with pytest.raises(ArtefactError, match=f"{ARCHIVE} cannot be loaded: the model has"):
        predict_chunk(files_of(s3), event())


def test_event_that_is_no_chunk_is_refused() -> None:
    s3, _ = chunk_run()
    wrong = event()
    wrong["chunk"] = {"index": -1}  # type: ignore[typeddict-item]
    with pytest.raises(ArtefactError, match=r"chunks\.json"):
        predict_chunk(files_of(s3), wrong)


def test_mean_of_boosters_is_what_is_explained() -> None:
    s3, matrix = chunk_run("squared error", task="regression", boosters=2)
    predict_chunk(files_of(s3), event(20))
    each = [trained(PARAMETERS["squared error"], seed) for seed in (0, 1)]
    encoder = json.loads(s3.objects[f"{PREFIX}/encoder.json"])
    mean = np.mean(
        [
            contributions(Ensemble([booster]), matrix, encoder["features"]).values
            for booster in each
        ],
        axis=0,
    )
    reasons = parsed_reasons(s3.objects[f"{PREFIX}/{REASONS}"].decode())
    found = [[dict(row).get(position, 0.0) for position in (5, 4, 2, 1)] for row in reasons]
    assert np.allclose(found, mean, rtol=1e-5, atol=1e-2)
