"""The model answers as the container does, digit by digit, and refuses what it cannot load."""

import io
from pathlib import Path

import numpy as np
import pytest
import xgboost

from dropforge.cloud.sagemaker.container.inference import ModelServer
from scoring import booster
from scoring.archive import ModelArchiveError, ModelTooLargeError
from scoring.booster import Ensemble, lines
from tests.unit.evaluate.container_output import packed
from tests.unit.scoring.models import PARAMETERS, csv_of, rows, trained


def of(files: dict[str, bytes]) -> Ensemble:
    return Ensemble.of_archive(io.BytesIO(packed(files)))


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("name", PARAMETERS)
def test_text_of_predictions_is_the_containers(name: str, count: int, tmp_path: Path) -> None:
    files = {
        f"xgboost-model-{seed}": bytes(trained(PARAMETERS[name], seed).save_raw("ubj"))
        for seed in range(count)
    }
    for file, body in files.items():
        (tmp_path / file).write_bytes(body)
    (tmp_path / ".hidden").write_bytes(b"no model")
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "text").write_bytes(b"no model")
    model = of({**files, ".hidden": b"no model", "logs/text": b"no model"})
    matrix = rows(100, 9)
    answer = ModelServer(tmp_path).invoke(csv_of(matrix), "text/csv", "text/csv")
    assert answer.status == 200
    assert lines(model.predict(matrix)) == answer.body
    assert lines(model.predict(matrix.astype(np.float64))) == answer.body
    assert lines(model.predict(np.asfortranarray(matrix))) == answer.body


def test_number_of_threads_changes_no_digit(monkeypatch: pytest.MonkeyPatch) -> None:
    model = of({"xgboost-model": bytes(trained(PARAMETERS["seven classes"]).save_raw("ubj"))})
    matrix = rows(5000, 2)
    many = model.predict(matrix)
    monkeypatch.setattr(booster, "_ONE_THREAD_CELLS", matrix.size)
    assert np.array_equal(model.predict(matrix), many)


def test_model_tells_its_features_objective_and_outputs() -> None:
    files = {"xgboost-model": bytes(trained(PARAMETERS["three classes"]).save_raw("json"))}
    model = of(files)
    assert (model.features, model.objective, model.outputs) == (6, "multi:softprob", 3)
    files["xgboost-model"] = bytes(trained(PARAMETERS["linear"]).save_raw("json"))
    model = of(files)
    assert (model.features, model.objective, model.outputs) == (6, "reg:squarederror", 1)


def test_later_member_of_a_name_counts_as_when_it_is_unpacked() -> None:
    first, second = (bytes(trained(PARAMETERS["Huber"], seed).save_raw("ubj")) for seed in (1, 2))
    model = of({"xgboost-model": first, "./xgboost-model": second})
    assert len(model.boosters) == 1
    matrix = rows(20)
    assert np.array_equal(model.predict(matrix), Ensemble.of_files([second]).predict(matrix))


@pytest.mark.parametrize("shape", [(3, 5), (3, 7), (6,)])
def test_rows_of_other_features_are_refused(shape: tuple[int, ...]) -> None:
    model = of({"xgboost-model": bytes(trained(PARAMETERS["Huber"]).save_raw("ubj"))})
    with pytest.raises(ValueError, match="values for a model of 6 features"):
        model.predict(np.zeros(shape))


@pytest.mark.parametrize(
    ("archive", "reason"),
    [
        (b"", "ends too early"),
        (b"no gzip", "is damaged"),
        (packed({}), "has no model file"),
        (packed({".xgboost-model": b"x"}), "has no model file"),
        (packed({"xgboost-model": b""}), "neither JSON nor UBJSON"),
        (packed({"xgboost-model": b"{}"}), "xgboost cannot load"),
        (packed({"xgboost-model": b"{xx"}), "xgboost cannot load its model .Expecting"),
        (packed({"xgboost-model": b"any text"}), "neither JSON nor UBJSON"),
        (packed({"xgboost-model": bytes(1000)})[:-20], "ends too early"),
    ],
)
def test_damaged_archive_is_refused(archive: bytes, reason: str) -> None:
    with pytest.raises(ModelArchiveError, match=reason) as refused:
        Ensemble.of_archive(io.BytesIO(archive))
    assert "workspace" not in str(refused.value)


def test_models_of_different_features_are_refused() -> None:
    matrix = rows(50)
    small = xgboost.train({}, xgboost.DMatrix(matrix[:, :2], label=np.arange(50)), 2)
    files = [bytes(trained(PARAMETERS["Huber"]).save_raw("ubj")), bytes(small.save_raw("ubj"))]
    with pytest.raises(ModelArchiveError, match="have 2 and 6 features"):
        Ensemble.of_files(files)


def test_model_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scoring.archive.MOST_BYTES", 1000)
    with pytest.raises(ModelTooLargeError, match="1,100 bytes, more than 1,000"):
        of({"a": bytes(600), "b": bytes(500)})
    with pytest.raises(ModelArchiveError):
        of({"a": bytes(600), "./a": bytes(500)})
