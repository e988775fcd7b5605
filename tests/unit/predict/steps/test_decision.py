"""decision.json is chosen by rows that the model did not learn from, however many there are."""

import json
from typing import Any

import numpy as np
import pytest

from pipeline.documents import kinds
from pipeline.errors import ArtefactError
from predict import loading
from predict.decision import held_out as module
from predict.decision.held_out import held_out, read_rows
from predict.steps.decision import choose_decision
from scoring.booster import Ensemble
from scoring.calibrated import calibrated
from scoring.decision import Decision
from tests.unit.predict.chunk_run import (
    MODEL,
    PREFIX,
    TASKS,
    URI,
    ReadS3,
    chunk_run,
    files_of,
    unpacked,
)
from tests.unit.scoring.models import csv_of, rows

EVENT: Any = {"bucket": "bucket", "prefix": PREFIX, "model_data": URI}


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_kept", {})


def validated_run(
    name: str = "two classes",
    count: int = 600,
    parts: int = 3,
    settings: dict[str, Any] | None = None,
) -> tuple[ReadS3, Any]:
    """Return a training run's bucket with validation rows, and these, label first."""
    s3, _ = chunk_run(name, 0, task=TASKS[name])
    matrix = rows(count, 23)
    predicted = Ensemble.of_files(unpacked(s3.objects[MODEL]).values()).predict(matrix)
    draw = np.random.default_rng(1)
    if name == "three classes":
        shares = predicted.astype(float)
        shares /= shares.sum(axis=1, keepdims=True)
        label = [draw.choice(3, p=row) for row in shares]
    else:
        label = draw.random(count) < predicted
    table = np.column_stack([np.asarray(label, np.float32), matrix])
    for number, part in enumerate(np.array_split(table, parts)):
        s3.objects[f"{PREFIX}/data/validation/part-{number:05d}.csv"] = csv_of(part)
        note = {"index": number, "train": 0, "validation": len(part), "test": 0, "dropped": 0}
        s3.objects[f"{PREFIX}/chunks/encode-{number:05d}.json"] = json.dumps(note).encode()
    request = {
        "run": "set-1",
        "dataset": "set",
        "bucket": "bucket",
        "key": "inbox/set/file.csv",
        "settings": settings or {},
    }
    s3.objects[f"{PREFIX}/request.json"] = json.dumps(request).encode()
    return s3, table


def model_of(s3: ReadS3) -> Ensemble:
    return Ensemble.of_files(unpacked(s3.objects[MODEL]).values())


@pytest.mark.parametrize("name", ["two classes", "three classes"])
def test_every_validation_row_is_predicted_by_the_whole_model(name: str) -> None:
    s3, table = validated_run(name)
    files = files_of(s3)
    found = held_out(files, model_of(s3), files.read_document(kinds.ENCODER))
    assert found.truth.tolist() == table[:, 0].tolist()
    assert np.array_equal(found.predicted, model_of(s3).predict(table[:, 1:]).astype(float))


def test_of_many_rows_an_even_share_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    s3, table = validated_run(parts=7)
    monkeypatch.setattr(module, "MOST_ROWS", 100)
    found = read_rows(files_of(s3), 6, 1)
    assert np.array_equal(found, table[::6], equal_nan=True)
    monkeypatch.setattr(module, "MOST_CELLS", 7 * 3 * 20)
    assert len(read_rows(files_of(s3), 6, 3)) == 20
    # Of very many parts some are read, from the first to the last.
    monkeypatch.setattr(module, "LEAST_PARTS", 3)
    monkeypatch.setattr(module, "MOST_CELLS", 7 * 50)
    s3.read.clear()
    found = read_rows(files_of(s3), 6, 1)
    assert 40 <= len(found) <= 50
    parts = [key for key in s3.read if "/data/validation/" in key]
    assert [key[-9:-4] for key in parts] == ["00000", "00002", "00004"]


def test_rows_are_read_over_blocks_and_without_a_last_line_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_READ", 11)
    monkeypatch.setattr(module, "_BATCH_CELLS", 14)
    s3, table = validated_run(count=40)
    last = f"{PREFIX}/data/validation/part-00002.csv"
    s3.objects[last] = s3.objects[last].rstrip(b"\n")
    assert np.array_equal(read_rows(files_of(s3), 6, 1), table, equal_nan=True)


def test_time_that_is_over_ends_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUDGET_SECONDS", -1.0)
    s3, _ = validated_run()
    assert len(read_rows(files_of(s3), 6, 1)) == 200


@pytest.mark.parametrize(
    ("metric", "chosen_for"), [("f1", "f1"), ("accuracy", "accuracy"), ("auc", "default")]
)
def test_threshold_is_for_the_metric(metric: str, chosen_for: str) -> None:
    s3, _ = validated_run(settings={"metric": metric})
    assert choose_decision(files_of(s3), EVENT) == {"decided": True, "note": ""}
    found = files_of(s3).read_document(kinds.DECISION)
    assert (found["metric"], found["chosen_for"]) == (metric, chosen_for)
    validation = found["validation"]
    assert validation is not None
    assert validation["rows"] == 600
    assert (validation["value"] is None) == (metric == "auc")
    # The truth was drawn by the model's own probabilities.
    assert found["calibration"] is None
    if metric != "f1":
        assert found["threshold"] == 0.5


def test_threshold_is_of_corrected_probabilities() -> None:
    s3, table = validated_run(count=3_000, settings={"metric": "accuracy"})
    predicted = model_of(s3).predict(table[:, 1:]).astype(float)
    # Odds a fifth of what the model says.
    right = predicted / (predicted + 5 * (1 - predicted))
    table[:, 0] = np.random.default_rng(2).random(len(table)) < right
    for number, part in enumerate(np.array_split(table, 3)):
        s3.objects[f"{PREFIX}/data/validation/part-{number:05d}.csv"] = csv_of(part)
    assert choose_decision(files_of(s3), EVENT)["decided"]
    found = files_of(s3).read_document(kinds.DECISION)
    calibration, validation = found["calibration"], found["validation"]
    assert calibration is not None
    assert validation is not None
    applied = Decision(slope=calibration["slope"], intercept=calibration["intercept"])
    corrected = calibrated(applied, predicted)
    assert found["threshold"] == pytest.approx(0.5, abs=0.02)
    truth = table[:, 0] == 1
    assert validation["value"] == np.mean((corrected >= found["threshold"]) == truth)
    assert validation["value"] > np.mean((predicted >= 0.5) == truth)


def test_regression_has_no_decision() -> None:
    s3, _ = chunk_run("squared error", 0, task="regression")
    assert choose_decision(files_of(s3), EVENT)["decided"] is False
    assert f"{PREFIX}/decision.json" not in s3.objects


def test_without_validation_rows_costs_still_decide() -> None:
    s3, _ = validated_run(settings={"costs": {"false_alarm": 1, "miss": 3}})
    for key in [key for key in s3.objects if "/data/validation/" in key]:
        del s3.objects[key]
    told = choose_decision(files_of(s3), EVENT)
    assert told == {"decided": True, "note": "there are no validation rows"}
    found = files_of(s3).read_document(kinds.DECISION)
    assert (found["threshold"], found["chosen_for"], found["validation"]) == (0.25, "cost", None)


@pytest.mark.parametrize("body", [b"1,2\n", b"0,1,2,3,4,5,x\n", b"\xff\n", b"2,1,1,1,1,1,1\n"])
def test_damaged_validation_rows_are_named(body: bytes) -> None:
    s3, _ = validated_run()
    s3.objects[f"{PREFIX}/data/validation/part-00001.csv"] = body
    with pytest.raises(ArtefactError, match="data/validation"):
        choose_decision(files_of(s3), EVENT)
