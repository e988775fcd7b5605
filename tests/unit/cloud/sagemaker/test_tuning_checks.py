"""What CreateHyperParameterTuningJob refuses, and what it takes."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from dropforge.cloud.api_errors import ApiError
from dropforge.cloud.sagemaker import schema, store
from dropforge.cloud.sagemaker.jobs.tuning.calls import TuningCalls
from tests.integration.cloud.sagemaker.tuning import tuning_request

ROLE = "arn:aws:iam::000000000000:role/train"
CONFIG = "HyperParameterTuningJobConfig"


def request_of(**config: Any) -> dict[str, Any]:
    return tuning_request("tuned", "bucket", ROLE, **config)


def changed(where: str, value: Any) -> dict[str, Any]:
    """Change or add one member of a request; the path has dots."""
    request = request_of()
    *path, last = where.split(".")
    target = request
    for name in path:
        target = target.setdefault(name, {})
    if value is None:
        del target[last]
    else:
        target[last] = value
    return request


def check(request: dict[str, Any]) -> None:
    schema.check("CreateHyperParameterTuningJob", request)
    TuningCalls().check(request)


def numbers(name: str, low: str, high: str, **more: str) -> dict[str, Any]:
    return {"Name": name, "MinValue": low, "MaxValue": high} | more


def integers(*ranges: dict[str, Any]) -> dict[str, Any]:
    return {"IntegerParameterRanges": list(ranges)}


def reals(*ranges: dict[str, Any]) -> dict[str, Any]:
    return {"ContinuousParameterRanges": list(ranges)}


def choices(name: str, *values: str) -> dict[str, Any]:
    return {"CategoricalParameterRanges": [{"Name": name, "Values": list(values)}]}


def limits(**given: int) -> dict[str, Any]:
    return {"ResourceLimits": {"MaxParallelTrainingJobs": 2} | given}


@pytest.mark.parametrize(
    ("ranges", "message"),
    [
        ({}, "has no range"),
        (integers(numbers("max_depth", "6", "6")), "must be less than MaxValue"),
        (integers(numbers("max_depth", "7", "6")), "must be less than MaxValue"),
        (integers(numbers("max_depth", "two", "6")), r"\[two\] .* is not in the range"),
        (integers(numbers("max_depth", "2.5", "6")), r"\[2.5\] .* is not in the range"),
        (reals(numbers("max_depth", "2", "6")), "takes integers"),
        (reals(numbers("eta", "0.1", "1.5")), r"\[1.5\] .* takes, \[0, 1\]"),
        (reals(numbers("subsample", "0", "1")), r"\[0\] .* takes, \(0, 1\]"),
        (reals(numbers("eta", "nan", "1")), r"\[nan\] .* is not in the range"),
        (reals(numbers("booster", "0", "1")), r"\[booster\] of XGBoost is not tunable"),
        (reals(numbers("leaves", "0", "1")), r"\[leaves\] of XGBoost is not tunable"),
        (reals(numbers("eta", "0", "1"), numbers("eta", "0", "0.5")), "more than one range"),
        (reals(numbers("eta", "0", "1"), numbers("learning_rate", "0", "0.5")), "more than one"),
        (integers(numbers("num_round", "5", "10")), "both in ParameterRanges and in Static"),
        (reals(numbers("eta", "0", "1", ScalingType="Logarithmic")), "greater than 0"),
        (reals(numbers("eta", "0.1", "1", ScalingType="ReverseLogarithmic")), "within 0 <= x < 1"),
        (
            integers(numbers("max_depth", "1", "9", ScalingType="ReverseLogarithmic")),
            "needs a continuous range",
        ),
        (choices("max_depth", "3", "3"), "not distinct"),
        (choices("max_depth", "3", "deep"), r"\[deep\] .* is not in the range"),
        (integers(numbers("max_depth", "2", "4")), r"enough combinations .* \[3.0\] .* \[4\]"),
        ({"AutoParameters": [{"Name": "eta", "ValueHint": "1"}]}, "not support AutoParameters"),
    ],
)
def test_range_that_cannot_be_is_refused(ranges: dict[str, Any], message: str) -> None:
    with pytest.raises(ApiError, match=message) as refused:
        check(request_of(ParameterRanges=ranges))
    assert refused.value.code == "ValidationException"


@pytest.mark.parametrize(
    ("objective", "message"),
    [
        ({"Type": "Minimize", "MetricName": "validation:gain"}, r"objective metric, \[validation"),
        ({"Type": "Minimize", "MetricName": "train:rmse"}, r"objective metric, \[train:rmse\]"),
        ({"Type": "Maximize", "MetricName": "validation:rmse"}, r"valid .* type, \[Minimize\]"),
        ({"Type": "Minimize", "MetricName": "validation:auc"}, r"valid .* type, \[Maximize\]"),
        (None, "HyperParameterTuningJobObjective is missing"),
    ],
)
def test_objective_that_xgboost_does_not_tell_is_refused(objective: Any, message: str) -> None:
    with pytest.raises(ApiError, match=message):
        check(changed(f"{CONFIG}.HyperParameterTuningJobObjective", objective))


@pytest.mark.parametrize(
    ("config", "code", "message"),
    [
        (limits(MaxNumberOfTrainingJobs=1), "ValidationException", r"\[2\] must not be greater"),
        (limits(MaxNumberOfTrainingJobs=751), "ResourceLimitExceeded", "is 750, .* of 751"),
        (
            limits(MaxNumberOfTrainingJobs=50, MaxParallelTrainingJobs=11),
            "ResourceLimitExceeded",
            "is 10, with a request of 11",
        ),
        (limits(), "ValidationException", "Nothing would end the tuning job"),
        (limits(MaxRuntimeInSeconds=60), "ValidationException", "greater than or equal to 120"),
        ({"Strategy": "Grid"}, "ValidationException", "takes categorical ranges only"),
        (
            {"Strategy": "Grid", "ParameterRanges": choices("max_depth", "1", "2", "3", "4", "5")},
            "ValidationException",
            r"\[4\] must be the number of combinations of the grid, \[5\]",
        ),
        ({"Strategy": "Hyperband"}, "ValidationException", "MaxResource .* is missing"),
        (
            {"StrategyConfig": {"HyperbandStrategyConfig": {"MaxResource": 9}}},
            "ValidationException",
            "is for the strategy Hyperband, not Random",
        ),
        (
            {
                "Strategy": "Hyperband",
                "StrategyConfig": {"HyperbandStrategyConfig": {"MinResource": 9, "MaxResource": 9}},
            },
            "ValidationException",
            r"\[9\] must be greater than MinResource \[9\]",
        ),
        (
            {
                "Strategy": "Hyperband",
                "StrategyConfig": {"HyperbandStrategyConfig": {"MaxResource": 9}},
                "TrainingJobEarlyStoppingType": "Auto",
            },
            "ValidationException",
            "stops jobs by itself",
        ),
        (
            {
                "TuningJobCompletionCriteria": {
                    "ConvergenceDetected": {"CompleteOnConvergence": "Enabled"}
                }
            },
            "ValidationException",
            "does not support ConvergenceDetected",
        ),
        ({"RandomSeed": -1}, "ValidationException", "greater than or equal to 0"),
    ],
)
def test_limits_and_strategies_that_cannot_be_are_refused(
    config: dict[str, Any], code: str, message: str
) -> None:
    with pytest.raises(ApiError, match=message) as refused:
        check(request_of(**config))
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("where", "value", "message"),
    [
        ("HyperParameterTuningJobName", "a" * 33, "length less than or equal to 32"),
        ("TrainingJobDefinition", None, "Exactly one of TrainingJobDefinition"),
        ("Autotune", {"Mode": "Enabled"}, "not support Autotune"),
        ("TrainingJobDefinition.ResourceConfig", None, "needs ResourceConfig"),
        ("TrainingJobDefinition.InputDataConfig", None, "needs InputDataConfig"),
        (
            "TrainingJobDefinition.AlgorithmSpecification.TrainingImage",
            "000000000000.dkr.ecr.us-east-1.amazonaws.com/forest:1",
            "forest:1",
        ),
        ("TrainingJobDefinition.EnableManagedSpotTraining", True, "MaxWaitTimeInSeconds"),
        ("TrainingJobDefinition.HyperParameterRanges", {}, "not support HyperParameterRanges"),
        (
            "TrainingJobDefinition.TuningObjective",
            {"Type": "Minimize", "MetricName": "validation:mae"},
            "not support TuningObjective",
        ),
    ],
)
def test_definition_that_cannot_be_is_refused(where: str, value: Any, message: str) -> None:
    with pytest.raises(ApiError, match=message):
        check(changed(where, value))


@pytest.mark.parametrize(
    "config",
    [
        {},
        limits(MaxRuntimeInSeconds=120),
        limits() | {"TuningJobCompletionCriteria": {"TargetObjectiveMetricValue": 0.1}},
        {"ParameterRanges": reals(numbers("lambda", "0", "1000"))},
        {"ParameterRanges": reals(numbers("eta", "0", "0.9", ScalingType="ReverseLogarithmic"))},
        limits() | {"Strategy": "Grid", "ParameterRanges": choices("eta", "0.1", "0.2", "0.3")},
        {
            "Strategy": "Hyperband",
            "StrategyConfig": {"HyperbandStrategyConfig": {"MaxResource": 20_000}},
            "TrainingJobEarlyStoppingType": "Off",
        },
        {"ParameterRanges": integers(numbers("max_depth", "2", "5"))},
    ],
)
def test_request_that_can_be_is_taken(config: dict[str, Any]) -> None:
    check(request_of(**config))


@pytest.fixture
def parent() -> Iterator[dict[str, Any]]:
    record = {
        **copy.deepcopy(request_of()),
        "HyperParameterTuningJobName": "parent",
        "HyperParameterTuningJobStatus": "Completed",
        "_jobs": [],
    }
    store.tuning_jobs["parent"] = record
    yield record
    store.tuning_jobs._data.clear()


def child(kind: str, **config: Any) -> dict[str, Any]:
    parents = [{"HyperParameterTuningJobName": "parent"}]
    start = {"ParentHyperParameterTuningJobs": parents, "WarmStartType": kind}
    return request_of(**config) | {"WarmStartConfig": start}


def test_warm_start_takes_what_was_static_and_other_ranges(parent: dict[str, Any]) -> None:
    request = child("IdenticalDataAndAlgorithm")
    del request["TrainingJobDefinition"]["StaticHyperParameters"]["num_round"]
    request[CONFIG]["ParameterRanges"]["IntegerParameterRanges"] = [numbers("num_round", "5", "9")]
    request["TrainingJobDefinition"]["StaticHyperParameters"]["max_depth"] = "3"
    check(request)


def test_warm_start_from_nothing_is_refused() -> None:
    with pytest.raises(ApiError, match="does not exist"):
        check(child("TransferLearning"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"HyperParameterTuningJobStatus": "InProgress"}, "in status InProgress; wait"),
        (
            {
                CONFIG: request_of(
                    HyperParameterTuningJobObjective={
                        "Type": "Minimize",
                        "MetricName": "validation:mae",
                    }
                )[CONFIG]
            },
            "objective metric is not the same",
        ),
        (
            {CONFIG: request_of(ParameterRanges=reals(numbers("eta", "0", "1")))[CONFIG]},
            "tunable plus static HyperParameter names is not the same",
        ),
    ],
)
def test_warm_start_from_another_search_is_refused(
    parent: dict[str, Any], change: dict[str, Any], message: str
) -> None:
    parent |= change
    with pytest.raises(ApiError, match=message):
        check(child("TransferLearning"))


def test_warm_start_on_the_same_data_needs_the_same_data(parent: dict[str, Any]) -> None:
    request = child("IdenticalDataAndAlgorithm")
    channels = request["TrainingJobDefinition"]["InputDataConfig"]
    channels[0]["DataSource"]["S3DataSource"]["S3Uri"] = "s3://bucket/other/"
    with pytest.raises(ApiError, match="or use TransferLearning"):
        check(request)
    request["WarmStartConfig"]["WarmStartType"] = "TransferLearning"
    check(request)


def test_warm_start_of_a_grid_is_refused(parent: dict[str, Any]) -> None:
    grid = limits() | {"Strategy": "Grid", "ParameterRanges": choices("eta", "0.1", "0.2")}
    with pytest.raises(ApiError, match="Bayesian and Random"):
        check(child("TransferLearning", **grid))
