"""What is read from the model file, whatever its format and booster."""

import io
import json
import tarfile

import pytest
import xgboost

from evaluate.model.trees import ModelFormatError, parse_model, read_model
from scoring.archive import ModelArchiveError
from tests.unit.evaluate.container_output import archive, packed
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


def _folded(boosters: list[xgboost.Booster]) -> bytes:
    return packed({f"xgboost-model-{n}": bytes(b.save_raw("ubj")) for n, b in enumerate(boosters)})


def test_models_of_folds_add_up_their_trees() -> None:
    boosters = [trained({"max_depth": depth, "seed": depth}) for depth in (1, 2, 4)]
    model = read_model(io.BytesIO(_folded(boosters)))
    total: dict[int, float] = {}
    splits: dict[int, float] = {}
    for booster in boosters:
        for name, gain in booster.get_score(importance_type="total_gain").items():
            total[int(name[1:])] = total.get(int(name[1:]), 0) + gain
        for name, count in booster.get_score(importance_type="weight").items():
            splits[int(name[1:])] = splits.get(int(name[1:]), 0) + count
    assert model.splits == splits
    assert model.gain == pytest.approx({f: total[f] / splits[f] for f in total}, rel=1e-5)
    assert model.models == 3
    assert model.trees == sum(len(booster.get_dump()) for booster in boosters)


def test_linear_models_of_folds_give_their_mean_weights() -> None:
    boosters = [trained({"booster": "gblinear", "eta": eta}) for eta in (0.1, 0.9)]
    model = read_model(io.BytesIO(_folded(boosters)))
    each = [parse_model(bytes(booster.save_raw("ubj"))).gain for booster in boosters]
    assert model.gain == pytest.approx({f: (each[0][f] + each[1][f]) / 2 for f in each[0]})
    assert (model.models, model.splits) == (2, {})


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
