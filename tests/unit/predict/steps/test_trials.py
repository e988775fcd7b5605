"""The test rows as the models of a search predict them: in the container's words."""

from typing import Any

import numpy as np
import pytest

from pipeline.errors import ArtefactError
from predict import loading, parts
from predict.steps.trials import predict_trials
from scoring.booster import Ensemble, lines
from tests.unit.predict.chunk_run import MODEL, PREFIX, TASKS, URI, files_of, trained_run, unpacked

EVENT: Any = {
    "bucket": "bucket",
    "prefix": PREFIX,
    "models": [
        {"folder": "trials/first", "model_data": URI},
        {"folder": "trials/best", "model_data": URI},
    ],
}


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_kept", {})


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("cells", [1, 60, 1_000_000])
def test_predictions_are_those_of_the_container_in_blocks_of_any_size(
    name: str, cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "BLOCK_CELLS", cells)
    s3, matrix = trained_run(name)
    files = files_of(s3)
    assert predict_trials(files, EVENT) == {"predicted": True, "reason": ""}
    model = Ensemble.of_files(unpacked(s3.objects[MODEL]).values())
    for folder in ("trials/first", "trials/best"):
        found = b"".join(s3.objects[f"{PREFIX}/{folder}/{n}"] for n in files.names(folder))
        assert found == lines(model.predict(np.asarray(matrix)))
        assert files.names(folder) == [f"{part}.out" for part in files.names("data/test")]


def test_nothing_is_predicted_where_the_first_is_the_best() -> None:
    s3, _ = trained_run("two classes")
    assert predict_trials(files_of(s3), EVENT | {"models": []}) == {
        "predicted": False,
        "reason": "",
    }
    assert files_of(s3).names("trials/first") == []


def test_rows_that_would_take_too_long_are_left_and_it_is_said() -> None:
    s3, _ = trained_run("two classes")
    times = iter(range(0, 10_000, 601))
    answer = predict_trials(files_of(s3), EVENT, lambda: float(next(times)))
    assert answer["predicted"] is False
    assert "longer than 600 seconds" in answer["reason"]


@pytest.mark.parametrize("line", [b"1,2\n", b"a,b,c,d,e,f\n"])
def test_test_rows_that_are_damaged_are_named(line: bytes) -> None:
    s3, _ = trained_run("two classes")
    [name, *_] = files_of(s3).names("data/test")
    s3.objects[f"{PREFIX}/data/test/{name}"] = line
    with pytest.raises(ArtefactError, match=name):
        predict_trials(files_of(s3), EVENT)
