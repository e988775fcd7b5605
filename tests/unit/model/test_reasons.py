"""Reasons name the columns that weighed most, with their values as given."""

import json
import re
import tarfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import xgboost

from dropforge.errors import ModelUnusableError
from dropforge.model.files import load_files
from dropforge.model.model import Model, RowsWarning
from tests.unit.model.made import Made, write_model

ROWS = [
    f"{n % 70},{n * 7 % 13},{['gold', 'basic', 'free'][n % 3]},[{n % 5}] < x,{n % 70 + n % 3 * 9}"
    for n in range(400)
]
REASON = re.compile(r"(.+?) (?:= (.+)|is missing) \(([+-][\d.e-]+)\)")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    data = "\n".join(["age,visits,plan,code,spent", *ROWS]).encode()
    return Made(tmp_path_factory.mktemp("model"), data, {"target": "spent", "task": "regression"})


@pytest.fixture(scope="module")
def model(made: Made) -> Model:
    return made.load()


def test_reasons_have_column_value_as_given_and_contribution_the_largest_first(
    model: Model,
) -> None:
    row = {"age": 41, "visits": None, "plan": " gold", "code": "[1] < x"}
    found = model.predict(row, reasons=9)
    reasons = [found[f"reason_{n}"] for n in range(1, 10)]
    matches = [REASON.fullmatch(reason) for reason in reasons if reason]
    assert all(matches)
    parts = {m[1]: m[2] for m in matches if m}
    assert parts["age"] == "41"
    assert parts["plan"] == "gold"
    sizes = [abs(float(m[3])) for m in matches if m]
    assert sizes == sorted(sizes, reverse=True)
    assert reasons[len(matches) :] == [None] * (9 - len(matches))
    # With the base, all of them are the prediction.
    answer = model.answer(row, reasons=9)
    total = sum(reason.contribution for reason in answer.reasons[0])
    booster, matrix = model.booster, xgboost.DMatrix(model.encode(row).to_numpy())
    base = booster.predict(matrix, pred_contribs=True, validate_features=False)[0, -1]
    assert found["prediction"] == pytest.approx(base + total, abs=1e-4)


def test_fewer_reasons_are_the_first_of_more(model: Model, made: Made) -> None:
    every, one = model.predict(made.file, reasons=4), model.predict(made.file, reasons=1)
    assert one["reason_1"].to_list() == every["reason_1"].to_list()
    assert "reason_2" not in one.columns
    assert one.drop("reason_1").equals(model.predict(made.file))


def test_value_is_told_as_it_was_given(model: Model) -> None:
    row = {"age": 41.0, "visits": 3, "plan": "gold", "code": "x"}
    with pytest.warns(RowsWarning):
        found = model.predict(pl.DataFrame([row]), reasons=4).row(0, named=True)
    said = " ".join(str(text) for text in found.values())
    assert "age = 41.0 (" in said


def test_a_model_whose_objective_has_no_parts_predicts_and_says_why_there_are_none(
    made: Made, tmp_path: Path
) -> None:
    width = len(made.load().features)
    booster = xgboost.train(
        {"objective": "rank:pairwise", "nthread": 1},
        xgboost.DMatrix(
            np.random.default_rng(0).random((50, width)), np.arange(50) % 3, qid=[0] * 50
        ),
        2,
    )
    write_model(tmp_path, {"xgboost-model": bytes(booster.save_raw("ubj"))})
    (tmp_path / "encoder.json").write_text((made.folder / "encoder.json").read_text())
    model = load_files(tmp_path)
    with pytest.warns(RowsWarning, match="no reasons: .*rank:pairwise"):
        found = model.predict(made.file, reasons=2)
    assert found["prediction"].null_count() == 0
    assert found["reason_1"].null_count() == found.height


def test_several_boosters_predict_their_mean_and_have_no_single_one(
    made: Made, tmp_path: Path
) -> None:
    body = (made.folder / "xgboost-model.json").read_bytes()
    write_model(tmp_path, {"xgboost-model-0": body, "xgboost-model-1": body})
    (tmp_path / "encoder.json").write_text((made.folder / "encoder.json").read_text())
    model = load_files(tmp_path)
    assert model.predict(made.file).equals(made.load().predict(made.file))
    with pytest.raises(ModelUnusableError, match="mean of 2 boosters"):
        _ = model.booster


def test_booster_has_the_names_that_its_format_allows(model: Model, made: Made) -> None:
    names = model.booster.feature_names
    assert names is not None
    assert names[:2] == ["age", "visits"]
    assert "code=(1) \u2039 x" in names
    encoded = model.encode(made.file)
    assert encoded.columns == names
    matrix = xgboost.DMatrix(encoded.to_numpy(), feature_names=names)
    assert (
        model.booster.predict(matrix).tolist() == model.predict(made.file)["prediction"].to_list()
    )


def test_plain_xgboost_loads_the_archive_and_has_its_names_from_the_encoder(made: Made) -> None:
    # Of a file without a suffix, xgboost says that it guesses the format.
    with tarfile.open(made.folder / "model.tar.gz") as archive:
        member = archive.extractfile("xgboost-model")
        assert member is not None
        booster = xgboost.Booster(model_file=bytearray(member.read()))
    encoder = json.loads((made.folder / "encoder.json").read_text())
    assert len(encoder["features"]) == booster.num_features()
    names = [f["name"].translate(str.maketrans("[]<", "()\u2039")) for f in encoder["features"]]
    booster.feature_names = names
    encoded = made.load().encode(made.file)
    matrix = xgboost.DMatrix(encoded.to_numpy(), feature_names=names)
    assert (
        booster.predict(matrix).tolist() == made.load().predict(made.file)["prediction"].to_list()
    )
    assert set(booster.get_score()) <= set(names)
