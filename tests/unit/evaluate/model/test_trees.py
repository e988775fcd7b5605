"""What is read from the model file, whatever its format and booster."""

import io
import json
import tarfile

import pytest
import xgboost

from evaluate.model.trees import ModelFormatError, parse_model, read_model
from scoring.archive import ModelArchiveError
from tests.unit.evaluate.container_output import archive
from tests.unit.evaluate.model.boosters import BOOSTERS, trained


@pytest.mark.parametrize("name", BOOSTERS)
@pytest.mark.parametrize("fmt", ["ubj", "json"])
def test_gain_equals_xgboosts_own(name: str, fmt: str) -> None:
    booster = trained(BOOSTERS[name])
    model = read_model(io.BytesIO(archive(booster, fmt)))
    own = {int(k[1:]): v for k, v in booster.get_score(importance_type="gain").items()}
    splits = {int(k[1:]): v for k, v in booster.get_score(importance_type="weight").items()}
    assert model.gain == pytest.approx(own, rel=1e-5)
    assert model.splits == pytest.approx(splits)
    assert model.version == xgboost.__version__


def test_a_linear_model_gives_its_absolute_weights() -> None:
    booster = trained({"booster": "gblinear"})
    own = booster.get_score(importance_type="weight")
    model = parse_model(bytes(booster.save_raw("ubj")))
    assert model.gain == pytest.approx({int(k[1:]): abs(v) for k, v in own.items()}, rel=1e-5)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"{}",
        b"binf",
        b'{"learner": 1}',
        b"{U\x02xxN",
        b"[#L\xff",
    ],
)
def test_a_file_that_is_no_model_is_refused(content: bytes) -> None:
    with pytest.raises(ModelFormatError, match="no xgboost model"):
        parse_model(content)


def test_an_archive_without_a_model_is_refused() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("other"))
    with pytest.raises(ModelArchiveError, match="has no member xgboost-model"):
        read_model(io.BytesIO(out.getvalue()))


def test_model_settings_survive_json() -> None:
    """The reader takes the same model from both formats."""
    booster = trained(BOOSTERS["trees"])
    as_json = parse_model(bytes(booster.save_raw("json")))
    assert as_json.trees == parse_model(bytes(booster.save_raw("ubj"))).trees == 15
    assert json.loads(booster.save_raw("json"))["version"][0] == int(as_json.version.split(".")[0])
