"""Test rows that a function predicts: the files of a batch transform job, byte for byte."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost

from dropforge.cloud.sagemaker.container import transform
from pipeline import layout
from pipeline.errors import ArtefactError, PredictionTimeError
from predict import loading, parts
from predict.steps.holdout import HoldoutEvent, predict_holdout
from scoring.booster import Ensemble
from tests.contract.states import all_states
from tests.unit.evaluate.container_output import packed
from tests.unit.predict.chunk_run import (
    MODEL,
    PREFIX,
    TASKS,
    URI,
    ReadS3,
    encoder,
    files_of,
    unpacked,
)
from tests.unit.scoring.models import PARAMETERS, csv_of, rows, trained

OWN, RIVAL = ("data/test", "predictions"), ("data/champion", "champion")
DEFINITION = Path(__file__).parents[4] / "statemachine" / "train_and_batch_transform.asl.json"
JOBS = {OWN: "Batch transform", RIVAL: "Champion batch transform"}


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_kept", {})


def event(folders: tuple[str, str] = OWN) -> HoldoutEvent:
    return {
        "bucket": "bucket",
        "prefix": PREFIX,
        "champion": folders == RIVAL,
        "model_data": URI,
    }


def holdout(
    boosters: list[xgboost.Booster], matrices: list[Any], folders: tuple[str, str] = OWN
) -> ReadS3:
    """Return a bucket with a model, its encoder, and a part of test rows for each matrix."""
    s3, [features] = ReadS3(), {matrix.shape[1] for matrix in matrices}
    known = encoder("binary", 2)
    known["features"] = known["features"][:features]
    name = layout.CHAMPION_ENCODER if folders == RIVAL else layout.ENCODER
    s3.objects[f"{PREFIX}/{name}"] = json.dumps(known).encode()
    models = {f"model-{n}": bytes(each.save_raw("ubj")) for n, each in enumerate(boosters)}
    s3.objects[MODEL] = packed({**models, ".hidden": b"none", "logs/text": b"none"})
    for number, matrix in enumerate(matrices):
        s3.objects[f"{PREFIX}/{folders[0]}/{layout.part_name(number)}"] = csv_of(matrix)
    return s3


def as_by_job(s3: ReadS3, folders: tuple[str, str], root: Path) -> dict[str, bytes]:
    """Return what the container of the state's batch transform job writes, by its keys."""
    folder = f"{PREFIX}/{folders[0]}/"
    state = all_states(json.loads(DEFINITION.read_text()))[JOBS[folders]]
    for name, body in {
        "input/config/transform.json": json.dumps(state["Parameters"]).encode(),
        **{f"model/{name}": body for name, body in unpacked(s3.objects[MODEL]).items()},
        **{f"input/data/{k.removeprefix(folder)}": b for k, b in s3.objects.items() if folder in k},
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(body)
    (root / "output").mkdir()
    assert transform.main(root) == 0
    written = (root / "output" / "data").iterdir()
    return {f"{PREFIX}/{folders[1]}/{path.name}": path.read_bytes() for path in written}


def as_by_function(s3: ReadS3, folders: tuple[str, str]) -> dict[str, bytes]:
    before = set(s3.objects)
    predict_holdout(files_of(s3), event(folders))
    return {key: body for key, body in s3.objects.items() if key not in before}


@pytest.mark.parametrize(
    ("name", "count", "folders"),
    [
        *((name, 1, OWN) for name in PARAMETERS),
        *((name, 2, folders) for name in TASKS for folders in (OWN, RIVAL)),
    ],
)
def test_files_are_those_of_the_job(
    name: str, count: int, folders: tuple[str, str], tmp_path: Path
) -> None:
    boosters = [trained(PARAMETERS[name], seed) for seed in range(count)]
    s3 = holdout(boosters, [rows(60, 5), rows(1, 6), rows(33, 7)], folders)
    found = as_by_function(s3, folders)
    assert found == as_by_job(s3, folders, tmp_path)
    assert len(found) == 3


def test_parts_that_a_job_cuts_into_requests_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "BLOCK_CELLS", 7_000)
    s3 = holdout([trained(PARAMETERS["seven classes"])], [rows(18_000, 5)])
    assert len(s3.objects[f"{PREFIX}/data/test/part-00000.csv"]) > 1 << 20
    assert as_by_function(s3, OWN) == as_by_job(s3, OWN, tmp_path)


def test_column_that_is_alone_and_missing_is_the_same(tmp_path: Path) -> None:
    draw = np.random.default_rng(3)
    matrix = draw.normal(size=(200, 1))
    table = xgboost.DMatrix(matrix, label=np.sin(matrix[:, 0]))
    s3 = holdout([xgboost.train({}, table, 5)], [matrix[:4]])
    # As Encode writes a column that is alone.
    s3.objects[f"{PREFIX}/data/test/part-00000.csv"] = b"nan\n0.5\nnan\n-1e-3\nnan\n"
    [found] = (expected := as_by_function(s3, OWN)).values()
    assert found.count(b"\n") == 5
    assert expected == as_by_job(s3, OWN, tmp_path)


def test_archive_whose_names_begin_with_a_dot_is_the_jobs_as_well(tmp_path: Path) -> None:
    s3 = holdout([trained(PARAMETERS["Poisson"])], [rows(20, 5)])
    [model] = [body for name, body in unpacked(s3.objects[MODEL]).items() if name == "model-0"]
    s3.objects[MODEL] = packed({"./xgboost-model": model})
    assert as_by_function(s3, OWN) == as_by_job(s3, OWN, tmp_path)


def test_last_line_that_has_no_end_is_predicted_as_well(tmp_path: Path) -> None:
    s3 = holdout([trained(PARAMETERS["Poisson"])], [rows(20, 5)])
    key = f"{PREFIX}/data/test/part-00000.csv"
    s3.objects[key] = s3.objects[key].rstrip(b"\n")
    [found] = as_by_function(s3, OWN).values()
    assert found.count(b"\n") == 20
    assert [found] == list(as_by_job(s3, OWN, tmp_path).values())


def test_model_that_the_function_cannot_load_leaves_nothing() -> None:
    s3 = holdout([trained(PARAMETERS["Poisson"])], [rows(20, 5)])
    s3.objects[MODEL] = packed({"xgboost-model": b"binf, as xgboost wrote before JSON"})
    before = set(s3.objects)
    with pytest.raises(ArtefactError, match=r"model\.tar\.gz"):
        predict_holdout(files_of(s3), event())
    assert set(s3.objects) == before


def test_run_without_test_rows_writes_nothing() -> None:
    s3 = holdout([trained(PARAMETERS["Poisson"])], [rows(20, 5)])
    del s3.objects[f"{PREFIX}/data/test/part-00000.csv"]
    assert as_by_function(s3, OWN) == {}


def test_few_rows_of_many_classes_are_predicted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "BLOCK_CELLS", 42)
    sizes: list[int] = []
    predict = Ensemble.predict

    def counted(self: Ensemble, matrix: Any) -> Any:
        sizes.append(len(matrix))
        return predict(self, matrix)

    monkeypatch.setattr(Ensemble, "predict", counted)
    as_by_function(holdout([trained(PARAMETERS["seven classes"])], [rows(10, 5)]), OWN)
    assert sizes == [6, 4]


def test_rows_that_take_too_long_are_left_to_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    s3 = holdout([trained(PARAMETERS["two classes"])], [rows(20, 5), rows(20, 6)])
    times = iter([0.0, 599.0, 601.0])
    with pytest.raises(PredictionTimeError, match=r"data/test/ take longer than 600 seconds"):
        predict_holdout(files_of(s3), event(), lambda: next(times))
    assert files_of(s3).names("predictions") == ["part-00000.csv.out"]


@pytest.mark.parametrize("folders", [OWN, RIVAL], ids=["model", "champion"])
@pytest.mark.parametrize("line", [b"1,2\n", b"a,b,c,d,e,f\n"])
def test_test_rows_that_are_damaged_are_named(line: bytes, folders: tuple[str, str]) -> None:
    s3 = holdout([trained(PARAMETERS["Huber"])], [rows(20, 5)], folders)
    s3.objects[f"{PREFIX}/{folders[0]}/part-00000.csv"] = line
    with pytest.raises(ArtefactError, match=f"{folders[0]}/part-00000.csv"):
        predict_holdout(files_of(s3), event(folders))
