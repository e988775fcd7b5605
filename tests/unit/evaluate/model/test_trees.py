"""What is read from the model file, the training log and the encoded rows."""

import io
import json
import tarfile
import warnings
from typing import Any

import numpy as np
import pytest
import xgboost

from evaluate.model.importance import importance_of
from evaluate.model.learning_curve import (
    NoLearningCurveError,
    parse_learning_curve,
    read_learning_curve,
)
from evaluate.model.trees import ModelArchiveError, ModelFormatError, parse_model, read_model
from evaluate.rows.worst import pick_lines
from table.encoding.decode import decode
from tests.unit.evaluate.buckets import FakeLogs
from tests.unit.evaluate.container_output import archive

BOOSTERS: dict[str, dict[str, Any]] = {
    "trees": {"objective": "binary:logistic"},
    "dart": {"booster": "dart", "rate_drop": 0.2},
    "forest": {"num_parallel_tree": 3},
    "classes": {"objective": "multi:softprob", "num_class": 3},
}


def trained(parameters: dict[str, Any]) -> xgboost.Booster:
    draw = np.random.default_rng(0)
    matrix, labels = draw.random((400, 6)), draw.integers(0, parameters.get("num_class", 2), 400)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return xgboost.train(parameters, xgboost.DMatrix(matrix, label=labels), 15)


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


def test_one_hot_features_add_up_to_their_column() -> None:
    booster = trained(BOOSTERS["trees"])
    features = [{"name": f"plan={i}", "column": "plan"} for i in range(4)]
    features += [{"name": "age", "column": "age"}, {"name": "pay", "column": "pay"}]
    found = importance_of(parse_model(bytes(booster.save_raw("ubj"))), features)
    total = booster.get_score(importance_type="total_gain")
    shares = {row["column"]: row["share"] for row in found["columns"]}
    plan = sum(total[f"f{i}"] for i in range(4)) / sum(total.values())
    assert shares["plan"] == pytest.approx(plan, rel=1e-5)
    assert sum(shares.values()) == pytest.approx(1)
    assert found["of"] == 6


@pytest.mark.parametrize("separator", ["#011", "\t", " "])
def test_learning_curve_reads_what_xgboost_prints(separator: str) -> None:
    lines = [
        "[2026-11-22:10:15:42:INFO] No GPUs detected",
        separator.join(["[0]", "train-rmse:0.5", "validation-rmse:0.75"]),
        separator.join(["[1]", "train-rmse:4e-05", "validation-rmse:0.5"]),
        separator.join(["[1]", "train-rmse:9", "validation-rmse:9"]),
        "[09:41:53] WARNING: train-ish text",
    ]
    curve = parse_learning_curve(lines)
    assert (curve["metric"], curve["rounds"]) == ("rmse", [0, 1])
    assert (curve["train"], curve["validation"]) == ([0.5, 4e-05], [0.75, 0.5])


def test_of_several_metrics_the_last_is_shown_and_validation_may_lack() -> None:
    curve = parse_learning_curve(["[0]\ttrain-error:0.2\ttrain-auc:0.9"])
    assert (curve["metric"], curve["train"], curve["validation"]) == ("auc", [0.9], [])


def test_a_long_learning_curve_is_thinned_with_its_last_round() -> None:
    curve = parse_learning_curve([f"[{i}]\ttrain-rmse:{1 / (i + 1)}" for i in range(5_000)])
    assert len(curve["rounds"]) <= 202
    assert curve["rounds"][-1] == 4_999


def test_all_pages_of_the_log_are_read() -> None:
    lines = [f"[{i}]#011train-rmse:1.0" for i in range(150)]
    assert len(read_learning_curve(FakeLogs(lines), "job")["rounds"]) == 150


def test_another_jobs_rounds_are_not_taken_for_the_jobs_own() -> None:
    theirs = [
        (f"{job}/algo-1-1", f"[{i}]#011train-rmse:9.0#011validation-rmse:9.0")
        for job in ("other", "job-r1", "jo")
        for i in range(3)
    ]
    ours = ["[0]#011train-rmse:0.5#011validation-rmse:0.6"]
    curve = read_learning_curve(FakeLogs(ours, theirs), "job")
    assert (curve["rounds"], curve["train"], curve["validation"]) == ([0], [0.5], [0.6])
    with pytest.raises(NoLearningCurveError, match="no stream of the job"):
        read_learning_curve(FakeLogs([], theirs), "job")


@pytest.mark.parametrize(
    ("lines", "reason"),
    [(None, "ResourceNotFoundException"), ([], "no stream of the job"), (["x"], "no boosting")],
)
def test_without_rounds_the_reason_is_said(lines: list[str] | None, reason: str) -> None:
    with pytest.raises(NoLearningCurveError, match=reason):
        read_learning_curve(FakeLogs(lines), "job")


def test_decode_undoes_each_encoding() -> None:
    plan = {"column": "plan", "encoding": "one_hot"}
    cities = ["Rom", "Ulm"]
    features = [
        {"name": "age", "column": "age", "encoding": "numeric", "style": "plain"},
        {**plan, "name": "plan=gold", "category": "gold"},
        {**plan, "name": "plan=basic", "category": "basic"},
        {"name": "vip", "column": "vip", "encoding": "boolean", "true": ["yes"], "false": ["no"]},
        {
            "name": "city",
            "column": "city",
            "encoding": "frequency_rank",
            "categories": cities,
        },
        {"name": "since.days", "column": "since", "encoding": "date", "part": "days"},
        {"name": "since.year", "column": "since", "encoding": "date", "part": "year"},
        {"name": "note#hash0", "column": "note", "encoding": "hash", "slot": 0},
        {"name": "age is missing", "column": "age", "encoding": "missing"},
    ]
    known = decode(["41.5", "0", "1", "1", "1", "20000", "2024", "77", "0"], features)
    assert known == {
        "age": 41.5,
        "plan": "basic",
        "vip": "yes",
        "city": "Ulm",
        "since": "2024-10-04",
    }
    missing = decode(["", "0", "0", "", "", "", "", "", "1"], features)
    assert missing == dict.fromkeys(["age", "plan", "vip", "city", "since"])
    assert decode(["1", "0", "0", "0", "2"], features)["city"] is None


@pytest.mark.parametrize("size", [1, 3, 1_000])
@pytest.mark.parametrize("end", ["", "\n"])
def test_lines_are_picked_across_blocks(size: int, end: str) -> None:
    text = ("\n".join(f"line {i}" for i in range(20)) + end).encode()
    blocks = (text[i : i + size] for i in range(0, len(text), size))
    picked = dict(pick_lines(blocks, [19, 0, 7]))
    assert picked == {0: b"line 0", 7: b"line 7", 19: b"line 19"}


def test_model_settings_survive_json() -> None:
    """The reader takes the same model from both formats."""
    booster = trained(BOOSTERS["trees"])
    as_json = parse_model(bytes(booster.save_raw("json")))
    assert as_json.trees == parse_model(bytes(booster.save_raw("ubj"))).trees == 15
    assert json.loads(booster.save_raw("json"))["version"][0] == int(as_json.version.split(".")[0])
