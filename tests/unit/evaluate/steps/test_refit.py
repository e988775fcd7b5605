"""A second training takes train and validation rows and the rounds that the first one kept."""

from typing import Any

import numpy as np
import pytest
import xgboost

from evaluate.model.trees import ModelFormatError
from evaluate.steps import refit
from evaluate.steps.refit import plan_refit, rounds_of
from pipeline.errors import ArtefactError
from tests.unit.evaluate.buckets import FakeLogs, FakeS3
from tests.unit.evaluate.container_output import archive, packed
from tests.unit.evaluate.made_documents import PREFIX, RUN, event_of
from tests.unit.evaluate.made_run import MadeRun
from tests.unit.evaluate.tables import churn

MODEL = f"{PREFIX}/model/{RUN}/output/model.tar.gz"
BINARY = {"objective": "binary:logistic", "num_round": "50", "early_stopping_rounds": "5"}


def trained(rounds: int, classes: int = 0, **parameters: Any) -> xgboost.Booster:
    rng = np.random.default_rng(3)
    objective = {"objective": "binary:logistic"}
    if classes:
        objective = {"objective": "multi:softprob", "num_class": classes}  # type: ignore[dict-item]
    labels = rng.integers(0, classes or 2, 90)
    rows = xgboost.DMatrix(rng.normal(size=(90, 3)), label=labels)
    return xgboost.train(objective | {"nthread": 1} | parameters, rows, rounds)


def made(booster: xgboost.Booster, hyperparameters: dict[str, str]) -> MadeRun:
    run = MadeRun(FakeS3(), FakeLogs([]), {}, None, None, None)  # type: ignore[arg-type]
    run.event = event_of(churn(), hyperparameters)
    run.event["fit"]["stopping_condition"] = {"MaxRuntimeInSeconds": 3600}
    run.s3.objects[MODEL] = archive(booster)
    run.put("data/train/part-00001.csv", "1,0.5\n")
    run.put("data/train/part-00000.csv", "0,0.1\n1,0.2")
    run.put("data/validation/part-00000.csv", "")
    run.put("data/validation/part-00001.csv", "0,0.9\n")
    run.put("data/test/part-00000.csv", "0.7\n")
    return run


def planned(run: MadeRun) -> dict[str, Any]:
    return dict(plan_refit(run.files, run.event))  # type: ignore[arg-type]


def test_second_job_gets_the_rounds_and_all_rows_but_the_test_rows() -> None:
    run = made(trained(7), BINARY)
    found = planned(run)
    assert found["planned"]
    assert found["rounds"] == 7
    assert found["hyperparameters"] == {"objective": "binary:logistic", "num_round": "7"}
    assert run.text("data/refit/part-00000.csv") == "0,0.1\n1,0.2\n1,0.5\n0,0.9\n"


@pytest.mark.parametrize(
    ("classes", "parallel"),
    [(0, 1), (3, 1), (0, 4), (3, 2)],
    ids=["two", "three", "forest", "both"],
)
def test_rounds_are_told_from_trees(classes: int, parallel: int) -> None:
    booster = trained(6, classes, num_parallel_tree=parallel)
    own = {"num_class": str(classes)} if classes else {}
    run = made(booster, BINARY | own | {"num_parallel_tree": str(parallel)})
    assert planned(run)["rounds"] == booster.num_boosted_rounds() == 6


def test_rounds_of_dart_are_told() -> None:
    assert planned(made(trained(5, booster="dart"), BINARY | {"booster": "dart"}))["rounds"] == 5


def test_trees_that_make_no_whole_rounds_leave_the_first_model() -> None:
    run = made(trained(7), BINARY | {"num_class": "3"})
    with pytest.raises(ModelFormatError, match="7 trees in 1 models, where a round has 3"):
        rounds_of(run.files, f"s3://drops/{MODEL}", run.event["fit"]["hyperparameters"])
    found = planned(run)
    assert not found["planned"]
    assert "cannot be told" in found["reason"]
    assert "data/refit/part-00000.csv" not in run.files.sizes()


def test_model_that_is_none_leaves_the_first_model() -> None:
    run = made(trained(2), BINARY)
    run.s3.objects[MODEL] = packed({"xgboost-model": b"{}"})
    assert "no xgboost model" in planned(run)["reason"]


def test_model_that_is_gone_is_told() -> None:
    run = made(trained(2), BINARY)
    del run.s3.objects[MODEL]
    with pytest.raises(ArtefactError, match="is not there any more"):
        planned(run)


@pytest.mark.parametrize(("used", "left"), [(0, 3600), (3540, 60), (None, 3600)])
def test_both_jobs_share_the_time_limit(used: int | None, left: int) -> None:
    run = made(trained(2), BINARY)
    run.event["training"]["described"] = {"TrainingTimeInSeconds": used} if used is not None else {}
    run.event["fit"]["stopping_condition"]["MaxWaitTimeInSeconds"] = 7200
    assert planned(run)["stopping_condition"] == {
        "MaxRuntimeInSeconds": left,
        "MaxWaitTimeInSeconds": 7200,
    }


def test_first_job_that_used_the_time_up_is_the_last() -> None:
    run = made(trained(2), BINARY)
    run.event["training"]["described"] = {"TrainingTimeInSeconds": 3541}
    assert "nearly all the time" in planned(run)["reason"]


def test_rows_that_are_too_large_to_be_put_together_leave_the_first_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = made(trained(2), BINARY)
    rows = len("0,0.1\n1,0.21,0.5\n0,0.9\n")
    monkeypatch.setattr(refit, "MOST_BYTES", rows)
    assert planned(run)["planned"]
    monkeypatch.setattr(refit, "MOST_BYTES", rows - 1)
    assert f"{rows} bytes" in planned(run)["reason"]
