"""The whole model is explained on test rows, as far as time and memory allow."""

import json
from typing import Any

import numpy as np
import pytest
import xgboost

from pipeline.documents import kinds
from pipeline.errors import ArtefactError
from predict import loading
from predict.steps import model
from predict.steps.model import explain_model, read_rows
from scoring.booster import Ensemble
from scoring.contributions import by_class, contributions
from tests.unit.evaluate.container_output import packed
from tests.unit.predict.chunk_run import (
    MODEL,
    PREFIX,
    TASKS,
    URI,
    files_of,
    trained_run,
    unpacked,
)

EVENT: Any = {"bucket": "bucket", "prefix": PREFIX, "model_data": URI}


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_kept", {})


@pytest.mark.parametrize("name", TASKS)
def test_sizes_are_those_of_the_contributions(name: str) -> None:
    s3, matrix = trained_run(name)
    assert explain_model(files_of(s3), EVENT) == {"explained": True, "reason": ""}
    found = files_of(s3).read_document(kinds.EXPLANATION)
    encoder = json.loads(s3.objects[f"{PREFIX}/encoder.json"])
    ensemble = Ensemble.of_files(unpacked(s3.objects[MODEL]).values())
    assert found["rows"] == 90
    if name == "three classes":
        assert found["base"] is None
        assert all(column["direction"] is None for column in found["columns"])
        (outputs,) = by_class(ensemble, matrix, encoder["features"])
        means = np.mean([np.abs(output.values).mean(axis=0) for output in outputs], axis=0)
        sizes = dict(zip(outputs[0].columns, means, strict=True))
        assert {c["column"]: c["size"] for c in found["columns"]} == pytest.approx(sizes)
        return
    # Of the second class; reasons speak for the class that was predicted.
    own = contributions(ensemble, matrix, encoder["features"], "regression")
    sizes = dict(zip(own.columns, np.abs(own.values).mean(axis=0), strict=True))
    assert {c["column"]: c["size"] for c in found["columns"]} == pytest.approx(sizes)
    assert found["base"] == pytest.approx(own.base.mean())
    for column in found["columns"]:
        at = own.columns.index(column["column"])
        assert [point[1] for point in column["points"]] == pytest.approx(
            own.values[:, at].tolist(), rel=1e-3
        )
    assert found["of"] == ("class 1" if name == "two classes" else None)


def test_first_rows_are_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "MOST_ROWS", 50)
    s3, matrix = trained_run()
    assert np.array_equal(read_rows(files_of(s3), 6, 1), matrix[:50], equal_nan=True)
    explain_model(files_of(s3), EVENT)
    assert files_of(s3).read_document(kinds.EXPLANATION)["rows"] == 50
    assert f"{PREFIX}/data/test/part-00002.csv" not in s3.read


def test_fewer_rows_of_many_features_and_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "MOST_CELLS", 360)
    s3, _ = trained_run()
    assert len(read_rows(files_of(s3), 6, 1)) == 60
    assert len(read_rows(files_of(s3), 6, 3)) == 20
    assert len(read_rows(files_of(s3), 6, 500)) == 1


def test_rows_that_would_take_too_long_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "BUDGET_SECONDS", 0.0)
    monkeypatch.setattr(model, "_BLOCK_ROWS", 40)
    s3, _ = trained_run()
    assert explain_model(files_of(s3), EVENT)["explained"]
    assert files_of(s3).read_document(kinds.EXPLANATION)["rows"] == 40


def test_parts_are_read_over_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "_READ", 7)
    s3, matrix = trained_run()
    assert np.array_equal(read_rows(files_of(s3), 6, 1), matrix, equal_nan=True)


def test_no_test_rows_are_no_failure() -> None:
    s3, _ = trained_run()
    for key in [key for key in s3.objects if "/data/test/" in key]:
        del s3.objects[key]
    assert explain_model(files_of(s3), EVENT) == {
        "explained": False,
        "reason": "there are no test rows",
    }
    assert f"{PREFIX}/explanation.json" not in s3.objects


def test_objective_that_cannot_be_explained_is_no_failure() -> None:
    s3, matrix = trained_run("two classes")
    data = xgboost.DMatrix(matrix, label=np.arange(90) % 2)
    hinge = xgboost.train({"objective": "binary:hinge"}, data, 2)
    s3.objects[MODEL] = packed({"xgboost-model": bytes(hinge.save_raw("ubj"))})
    told = explain_model(files_of(s3), EVENT)
    assert not told["explained"]
    assert "binary:hinge" in told["reason"]


@pytest.mark.parametrize("body", [b"1,2,3\n", b"1,2,3,4,5,x\n", b"\xff\n"])
def test_damaged_test_rows_are_named(body: bytes) -> None:
    s3, _ = trained_run()
    s3.objects[f"{PREFIX}/data/test/part-00001.csv"] = body
    with pytest.raises(
        ArtefactError, match=r"data/test/part-00001\.csv, which Encode chunks wrote"
    ):
        explain_model(files_of(s3), EVENT)


def test_line_over_the_limit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "LINE_LIMIT", 100)
    s3, _ = trained_run()
    s3.objects[f"{PREFIX}/data/test/part-00001.csv"] = b"1" * 200
    with pytest.raises(ArtefactError, match="a line of more than 100 bytes"):
        explain_model(files_of(s3), EVENT)
