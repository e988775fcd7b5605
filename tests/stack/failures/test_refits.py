"""A second training that fails, is refused, stopped or lost leaves the first one's model."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from seed.sample import SampleSize, sample_csv
from tests.stack.application import Application
from tests.stack.failures.training_jobs import training_jobs

SAMPLE = sample_csv(SampleSize(rows=400))
SETTINGS: dict[str, Any] = {"target": "cancelled", "hyperparameters": {"num_round": 30}}
Faults = Callable[..., None]


def evaluation_of(application: Application, run: str) -> dict[str, Any]:
    message = application.message(run)
    assert message["status"] == "SUCCEEDED", message["cause"]
    found: dict[str, Any] = json.loads(application.read(f"runs/{run}/evaluation.json") or b"{}")
    return found


def dropped(application: Application, dataset: str, **settings: Any) -> str:
    application.settings(dataset, SETTINGS | settings)
    return application.drop(f"inbox/{dataset}/a.csv", SAMPLE)


def lines(body: bytes | None) -> list[bytes]:
    return sorted((body or b"").splitlines())


def test_model_is_trained_again_on_all_rows_but_the_test_rows(application: Application) -> None:
    run = dropped(application, "refit")
    told = evaluation_of(application, run)
    training, refit = told["training"], told["training"]["refit"]
    assert (training["job"], refit["early_job"]) == (f"{run}-r1", run)
    assert f"{run}-r1/" in told["files"]["model"]
    assert training["hyperparameters"]["num_round"] == str(refit["rounds"])
    assert "early_stopping_rounds" not in training["hyperparameters"]
    folders = ("train", "validation", "refit")
    train, validation, both = (
        lines(application.read(f"runs/{run}/data/{folder}/part-00000.csv")) for folder in folders
    )
    assert sorted(train + validation) == both
    assert training_jobs(application, run) == [run, f"{run}-r1"]
    assert refit["sentence"] in application.message(run)["text"]
    # Nobody watched the second training; the curve is the first one's.
    assert told["learning_curve"]["validation"]
    package = application.client("sagemaker").describe_training_job(TrainingJobName=f"{run}-r1")
    assert [c["ChannelName"] for c in package["InputDataConfig"]] == ["train"]


def test_settings_forbid_the_second_training(application: Application) -> None:
    run = dropped(application, "no-refit", refit=False)
    told = evaluation_of(application, run)
    assert told["training"]["job"] == run
    assert told["training"]["refit"] is None
    assert "not_refitted" not in [warning["code"] for warning in told["warnings"]]
    assert training_jobs(application, run) == [run]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("fail_job", "AlgorithmError"),
        ("capacity", "CapacityError"),
        ("access_denied", "not authorized"),
        ("stopped_job", "MaxRuntimeExceeded"),
        ("resource_limit", "ResourceLimitExceeded"),
    ],
)
def test_second_training_that_fails_leaves_the_first_model(
    application: Application, faults: Faults, fault: str, said: str
) -> None:
    faults("CreateTrainingJob", fault, 99, name="*-r1")
    run = dropped(application, f"refit-{fault.replace('_', '-')}")
    told = evaluation_of(application, run)
    assert told["training"]["job"] == run
    assert told["training"]["refit"] is None
    [warning] = [w for w in told["warnings"] if w["code"] == "not_refitted"]
    assert said in warning["message"]


@pytest.mark.parametrize("fault", ["throttling", "server_error", "lost_answer", "quota_held"])
def test_second_training_whose_call_fails_in_passing_is_made(
    application: Application, faults: Faults, fault: str
) -> None:
    faults("CreateTrainingJob", fault, 1, name="*-r1")
    run = dropped(application, f"refit-{fault.replace('_', '-')}")
    told = evaluation_of(application, run)
    assert told["training"]["refit"]["early_job"] == run
