"""The request of a search: what is tried, and for how long."""

import json
from typing import Any

import boto3
import pytest
from botocore.validate import ParamValidator

from dropforge.cloud.sagemaker.jobs.tuning.checks import check
from pipeline import run_names
from pipeline.errors import SettingsError
from prepare.training.job import PRICES_FILE
from tests.unit.prepare.pipeline_run import INSTANCE, prepare
from tests.unit.prepare.steps.test_fit import labelled

PRICE = json.loads(PRICES_FILE.read_text())["usd_per_hour"][INSTANCE]
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0"
BINARY, CLASSES, NUMBERS = labelled("no", "yes"), labelled("a", "b", "c"), labelled("1", "2.5", "3")


def searching(data: bytes = BINARY, tuning: Any = True, **settings: Any) -> dict[str, Any]:
    found: dict[str, Any] = prepare(data, {"tuning": tuning, **settings}).fit
    return found


def ranges_of(fit: dict[str, Any]) -> dict[str, tuple[float, float]]:
    ranges = fit["tuning"]["config"]["ParameterRanges"]
    return {
        one["Name"]: (float(one["MinValue"]), float(one["MaxValue"]))
        for kind in ranges.values()
        for one in kind
    }


def request_of(fit: dict[str, Any]) -> dict[str, Any]:
    """Put the parts together as the state machine does."""
    tuning = fit["tuning"]
    channel = {
        "ContentType": "text/csv",
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://b/train/"}},
    }
    warm = {"WarmStartConfig": tuning["warm_start"]} if "warm_start" in tuning else {}
    return {
        "HyperParameterTuningJobName": tuning["attempts"][0],
        "HyperParameterTuningJobConfig": tuning["config"],
        "TrainingJobDefinition": {
            "StaticHyperParameters": tuning["static"],
            "AlgorithmSpecification": {
                "TrainingImage": IMAGE,
                "TrainingInputMode": "File",
            },
            "RoleArn": "arn:aws:iam::123456789012:role/sagemaker",
            "InputDataConfig": [{**channel, "ChannelName": n} for n in ("train", "validation")],
            "OutputDataConfig": {"S3OutputPath": "s3://b/model"},
            "ResourceConfig": fit["resource_config"],
            "StoppingCondition": tuning["stopping_condition"],
            "EnableManagedSpotTraining": fit["use_spot"],
        },
        **warm,
    }


def test_run_without_a_search_has_no_part_of_one() -> None:
    plain = prepare(BINARY).fit
    assert "tuning" not in plain
    assert "start" not in plain
    assert searching()["hyperparameters"] == plain["hyperparameters"] | {
        "early_stopping_rounds": "50"
    }


@pytest.mark.parametrize(("data", "patience"), [(BINARY, "50"), (NUMBERS, "50"), (CLASSES, "30")])
def test_low_rates_of_a_search_have_patience(data: bytes, patience: str) -> None:
    assert searching(data)["hyperparameters"]["early_stopping_rounds"] == patience
    assert prepare(data).fit["hyperparameters"]["early_stopping_rounds"] == "30"


@pytest.mark.parametrize("data", [BINARY, CLASSES, NUMBERS], ids=["binary", "classes", "numbers"])
@pytest.mark.parametrize("strategy", ["Bayesian", "Random", "Hyperband"])
def test_request_is_one_that_sagemaker_takes(data: bytes, strategy: str) -> None:
    request = request_of(searching(data, {"strategy": strategy}))
    model = boto3.client("sagemaker", region_name="us-east-1").meta.service_model
    shape = model.operation_model("CreateHyperParameterTuningJob").input_shape
    report = ParamValidator().validate(request, shape)
    assert not report.has_errors(), report.generate_report()
    check(request)


def test_each_hyperparameter_is_searched_for_or_the_same_in_all_jobs() -> None:
    fit = searching()
    static, searched = fit["tuning"]["static"], ranges_of(fit)
    assert not static.keys() & searched.keys()
    assert static.keys() | searched.keys() >= fit["hyperparameters"].keys()
    assert {n: fit["hyperparameters"][n] for n in static} == static
    assert fit["tuning"]["found"]["names"] == sorted(static.keys() | searched.keys())


@pytest.mark.parametrize(
    ("data", "settings", "metric", "type_"),
    [
        (BINARY, {}, "validation:logloss", "Minimize"),
        (CLASSES, {}, "validation:mlogloss", "Minimize"),
        (NUMBERS, {}, "validation:rmse", "Minimize"),
        # The container stops early by the last of several, and so does the search go by it.
        (BINARY, {"eval_metric": "logloss,auc"}, "validation:auc", "Maximize"),
    ],
)
def test_search_goes_by_what_stops_the_training(
    data: bytes, settings: dict[str, Any], metric: str, type_: str
) -> None:
    config = searching(data, hyperparameters=settings)["tuning"]["config"]
    assert config["HyperParameterTuningJobObjective"] == {"MetricName": metric, "Type": type_}


def test_jobs_are_counted_with_the_first_and_names_fit_the_service() -> None:
    tuning = searching(tuning={"jobs": 9, "parallel": 3})["tuning"]
    limits = tuning["config"]["ResourceLimits"]
    assert (limits["MaxNumberOfTrainingJobs"], limits["MaxParallelTrainingJobs"]) == (8, 3)
    assert tuning["asked"] == 9
    assert tuning["attempts"] == run_names.searches_of("set-1")


def test_settings_own_hyperparameters_and_ranges_win() -> None:
    found = ranges_of(
        searching(
            hyperparameters={"learning_rate": 0.1, "max_depth": 3},
            tuning={"ranges": {"alpha": [0.5, 2], "subsample": [0.6, 0.7]}},
        )
    )
    assert not {"eta", "max_depth"} & found.keys()
    assert (found["alpha"], found["subsample"]) == ((0.5, 2), (0.6, 0.7))
    assert {"min_child_weight", "colsample_bynode", "lambda"} <= found.keys()


@pytest.mark.parametrize(
    ("data", "settings", "searched"),
    [
        (BINARY, {}, {"colsample_bynode"}),
        (NUMBERS, {}, {"colsample_bytree"}),
        (BINARY, {"colsample_bynode": 0.5}, {"colsample_bytree"}),
    ],
)
def test_share_of_columns_is_searched_for_as_the_defaults_have_it(
    data: bytes, settings: dict[str, Any], searched: set[str]
) -> None:
    found = ranges_of(searching(data, hyperparameters=settings)).keys()
    assert found & {"colsample_bynode", "colsample_bytree"} == searched


def test_ends_of_ranges_are_written_out() -> None:
    fit = searching(tuning={"ranges": {"max_delta_step": [1, 1048576], "eta": [0.00001, 0.1]}})
    ranges = fit["tuning"]["config"]["ParameterRanges"]
    ends = {
        one["Name"]: (one["MinValue"], one["MaxValue"]) for each in ranges.values() for one in each
    }
    assert ends["max_delta_step"] == ("1", "1048576")
    assert ends["eta"] == ("0.00001", "0.1")
    assert ends["max_depth"] == ("2", "8")


def test_deeper_trees_are_tried_on_more_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    small = ranges_of(searching())["max_depth"]
    monkeypatch.setattr("prepare.training.ranges.SMALL_ROWS", 10)
    large = ranges_of(searching())["max_depth"]
    assert large[0] > small[0]
    assert large[1] > small[1]


def test_linear_model_is_searched_without_what_trees_have() -> None:
    fit = searching(hyperparameters={"booster": "gblinear", "num_round": 20})
    assert set(ranges_of(fit)) == {"eta", "lambda", "alpha"}


@pytest.mark.parametrize(
    ("tuning", "stopping"),
    [
        ({}, "Off"),
        ({"strategy": "Hyperband"}, "Off"),
    ],
)
def test_slow_learners_are_not_stopped_for_being_slow(tuning: Any, stopping: str) -> None:
    assert searching(tuning=tuning)["tuning"]["config"]["TrainingJobEarlyStoppingType"] == stopping


def test_jobs_of_one_learning_rate_may_be_stopped_early() -> None:
    config = searching(hyperparameters={"eta": 0.1})["tuning"]["config"]
    assert config["TrainingJobEarlyStoppingType"] == "Auto"


def test_hyperband_knows_how_many_rounds_there_are() -> None:
    settings: Any = {"tuning": {"strategy": "Hyperband"}, "hyperparameters": {"num_round": 270}}
    bands = searching(**settings)["tuning"]["config"]["StrategyConfig"]["HyperbandStrategyConfig"]
    assert bands == {"MinResource": 10, "MaxResource": 270}


def test_cost_limit_ends_the_search_before_its_instances_could_cost_more() -> None:
    fit = searching(tuning={"max_cost_usd": 0.2, "parallel": 3}, instance_count=2)
    tuning = fit["tuning"]
    seconds = tuning["config"]["ResourceLimits"]["MaxRuntimeInSeconds"]
    assert tuning["usd_per_hour"] == pytest.approx(2 * PRICE)
    assert 0.19 < seconds / 3600 * 3 * 2 * PRICE <= 0.2
    assert tuning["timeout_seconds"] > seconds


@pytest.mark.parametrize(
    ("asked", "run", "wait"), [(600, 600, 1200), (2400, 2400, 3600), (20_000, 3600, 3600)]
)
def test_jobs_of_a_search_on_spot_instances_keep_to_what_jobs_without_checkpoints_may(
    asked: int, run: int, wait: int
) -> None:
    fit = searching(use_spot=True, max_runtime_seconds=asked, tuning={"jobs": 3, "parallel": 1})
    each = {"MaxRuntimeInSeconds": run, "MaxWaitTimeInSeconds": wait}
    assert fit["tuning"]["stopping_condition"] == each
    limit = fit["tuning"]["config"]["ResourceLimits"]["MaxRuntimeInSeconds"]
    assert 2 * wait < limit < 2 * wait + 3600
    # The first job has checkpoints.
    assert fit["stopping_condition"]["MaxWaitTimeInSeconds"] == 2 * asked


def test_jobs_of_a_search_on_demand_may_take_as_long_as_the_first() -> None:
    fit = searching(max_runtime_seconds=20_000)
    assert fit["tuning"]["stopping_condition"] == {"MaxRuntimeInSeconds": 20_000}


def test_search_without_a_cost_limit_ends_when_all_its_jobs_may_have(
) -> None:  # fmt: skip
    fit = searching(tuning={"jobs": 21, "parallel": 4}, max_runtime_seconds=600)
    limits = fit["tuning"]["config"]["ResourceLimits"]
    assert limits["MaxRuntimeInSeconds"] >= 5 * 600
    assert fit["tuning"]["timeout_seconds"] > limits["MaxRuntimeInSeconds"]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (
            {"tuning": {"max_cost_usd": 0.001}},
            "buys 3 seconds of 4 x 1 x ml.m5.xlarge; a search needs 120: set at least 0.04",
        ),
        (
            {"tuning": {"max_cost_usd": 1}, "instance_type": "ml.x99.huge"},
            "the price of ml.x99.huge is not known; delete it",
        ),
        (
            {"tuning": {"ranges": {"eta": [0.1, 0.2]}}, "hyperparameters": {"learning_rate": 0.1}},
            "tuning.ranges.eta and the hyperparameter eta, which exclude each other",
        ),
        (
            {"tuning": True, "hyperparameters": {"eval_metric": "rmsle"}},
            "eval_metric rmsle, by which SageMaker cannot search; set one of accuracy",
        ),
    ],
)
def test_search_that_contradicts_other_settings_is_refused(
    settings: dict[str, Any], says: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        prepare(BINARY, settings)
    assert says in str(caught.value)


def test_seed_of_any_split_is_one_that_the_service_takes() -> None:
    config = searching(split={"seed": 4294967295})["tuning"]["config"]
    assert config["RandomSeed"] == 2147483647
    assert searching(split={"seed": 7})["tuning"]["config"]["RandomSeed"] == 7
