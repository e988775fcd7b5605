"""Tuning jobs that really search, by real training jobs."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.cloud.one_state import JOBS, run, sync, task
from tests.integration.cloud.sagemaker.tuning import jobs_of, tune, tuning_request

Client = Callable[[str], Any]


def value_of(summary: dict[str, Any]) -> float:
    return float(summary["FinalHyperParameterTuningJobObjectiveMetric"]["Value"])


@pytest.mark.parametrize("strategy", ["Random", "Bayesian"])
def test_tuning_job_trains_with_hyperparameters_of_its_ranges_and_names_the_best(
    client: Client, bucket: str, outputs: dict[str, str], strategy: str
) -> None:
    sagemaker, name = client("sagemaker"), f"search-{strategy.lower()}"
    request = tuning_request(name, bucket, outputs["TrainingRoleArn"], Strategy=strategy)
    job = tune(sagemaker, request)
    assert job["HyperParameterTuningJobStatus"] == "Completed", job.get("FailureReason")
    assert job["TrainingJobStatusCounters"]["Completed"] == 4
    assert job["ObjectiveStatusCounters"] == {"Succeeded": 4, "Pending": 0, "Failed": 0}
    assert job["HyperParameterTuningEndTime"] > job["CreationTime"]
    summaries = jobs_of(sagemaker, name)
    assert len(summaries) == 4
    for number, summary in enumerate(summaries, 1):
        assert re.fullmatch(rf"{name}-00{number}-[0-9a-f]{{8}}", summary["TrainingJobName"])
        tuned = summary["TunedHyperParameters"]
        assert 2 <= int(tuned["max_depth"]) <= 6
        assert 0.05 <= float(tuned["eta"]) <= 0.5
        training = sagemaker.describe_training_job(TrainingJobName=summary["TrainingJobName"])
        assert training["TuningJobArn"] == job["HyperParameterTuningJobArn"]
        assert training["HyperParameters"] == {
            "objective": "reg:squarederror",
            "num_round": "10",
            "_tuning_objective_metric": "validation:rmse",
            **tuned,
        }
        metrics = {each["MetricName"]: each["Value"] for each in training["FinalMetricDataList"]}
        assert value_of(summary) == pytest.approx(metrics["validation:rmse"])
        assert training["ModelArtifacts"]["S3ModelArtifacts"].endswith("/output/model.tar.gz")
    assert len({json.dumps(each["TunedHyperParameters"]) for each in summaries}) == 4
    best = job["BestTrainingJob"]
    assert value_of(best) == min(value_of(each) for each in summaries)
    assert best in summaries
    assert "OverallBestTrainingJob" not in job


def test_state_machine_waits_for_a_tuning_job_and_gets_its_description(
    client: Client, bucket: str, outputs: dict[str, str], one_state: Callable[..., str]
) -> None:
    request = tuning_request("by-machine", bucket, outputs["TrainingRoleArn"])
    resource = "arn:aws:states:::sagemaker:createHyperParameterTuningJob.sync"
    ended = run(client, one_state(task(resource, request), sync(JOBS)))
    assert ended["status"] == "SUCCEEDED", ended.get("cause")
    output = json.loads(ended["output"])
    assert output["HyperParameterTuningJobStatus"] == "Completed"
    assert output["BestTrainingJob"]["TunedHyperParameters"]["eta"]
    assert output["BestTrainingJob"]["TrainingEndTime"] > 10**12
    assert output["HyperParameterTuningEndTime"] > 10**12
    tags = client("sagemaker").list_tags(ResourceArn=output["HyperParameterTuningJobArn"])["Tags"]
    assert {"Key": "MANAGED_BY_AWS", "Value": "STARTED_BY_STEP_FUNCTIONS"} in tags


def test_more_jobs_at_a_time_than_the_cloud_has_places_for_all_end(
    client: Client, bucket: str, outputs: dict[str, str]
) -> None:
    request = tuning_request(
        "crowded",
        bucket,
        outputs["TrainingRoleArn"],
        ResourceLimits={"MaxNumberOfTrainingJobs": 10, "MaxParallelTrainingJobs": 10},
        ParameterRanges={
            "ContinuousParameterRanges": [{"Name": "eta", "MinValue": "0.1", "MaxValue": "0.2"}]
        },
    )
    assert tune(client("sagemaker"), request)["TrainingJobStatusCounters"]["Completed"] == 10


def test_grid_trains_each_combination_once(
    client: Client, bucket: str, outputs: dict[str, str]
) -> None:
    ranges = [{"Name": "max_depth", "Values": ["2", "4"]}, {"Name": "eta", "Values": ["0.1", "1"]}]
    request = tuning_request(
        "grid",
        bucket,
        outputs["TrainingRoleArn"],
        Strategy="Grid",
        ParameterRanges={"CategoricalParameterRanges": ranges},
        ResourceLimits={"MaxParallelTrainingJobs": 2},
    )
    job = tune(client("sagemaker"), request)
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    tuned = [each["TunedHyperParameters"] for each in jobs_of(client("sagemaker"), "grid")]
    assert [(each["max_depth"], each["eta"]) for each in tuned] == [
        ("2", "0.1"),
        ("2", "1"),
        ("4", "0.1"),
        ("4", "1"),
    ]


def test_seed_gives_the_same_search_again(
    client: Client, bucket: str, outputs: dict[str, str]
) -> None:
    found = []
    for name in ("seeded-a", "seeded-b"):
        request = tuning_request(
            name,
            bucket,
            outputs["TrainingRoleArn"],
            Strategy="Bayesian",
            RandomSeed=11,
            ResourceLimits={"MaxNumberOfTrainingJobs": 10, "MaxParallelTrainingJobs": 2},
        )
        tune(client("sagemaker"), request)
        found.append(
            [
                (each["TunedHyperParameters"], value_of(each))
                for each in jobs_of(client("sagemaker"), name)
            ]
        )
    assert found[0] == found[1]


def test_warm_start_names_the_best_of_all_and_begins_with_a_parents_best(
    client: Client, bucket: str, outputs: dict[str, str]
) -> None:
    sagemaker, role = client("sagemaker"), outputs["TrainingRoleArn"]
    parent = tune(sagemaker, tuning_request("parent", bucket, role, Strategy="Bayesian"))
    best = parent["BestTrainingJob"]
    start = {"ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "parent"}]}
    one = {"MaxNumberOfTrainingJobs": 1, "MaxParallelTrainingJobs": 1}
    for kind in ("IdenticalDataAndAlgorithm", "TransferLearning"):
        name = f"child-{kind[:5].lower()}"
        request = tuning_request(name, bucket, role, Strategy="Bayesian", ResourceLimits=one)
        child = tune(sagemaker, request | {"WarmStartConfig": start | {"WarmStartType": kind}})
        assert child["HyperParameterTuningJobStatus"] == "Completed"
        if kind == "TransferLearning":
            tuned = child["BestTrainingJob"]["TunedHyperParameters"]
            assert tuned == best["TunedHyperParameters"]
            assert "OverallBestTrainingJob" not in child
        else:
            values = [value_of(each) for each in (best, child["BestTrainingJob"])]
            assert value_of(child["OverallBestTrainingJob"]) == min(values)
            assert child["OverallBestTrainingJob"]["TuningJobName"] in ("parent", name)


def test_training_job_that_is_stopped_keeps_what_it_told(
    client: Client, bucket: str, outputs: dict[str, str]
) -> None:
    resources = {"HyperbandStrategyConfig": {"MinResource": 10, "MaxResource": 30}}
    request = tuning_request(
        "bands",
        bucket,
        outputs["TrainingRoleArn"],
        Strategy="Hyperband",
        StrategyConfig=resources,
        ResourceLimits={"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 2},
    )
    request["TrainingJobDefinition"]["StaticHyperParameters"]["num_round"] = "20000"
    job = tune(client("sagemaker"), request)
    assert job["TrainingJobStatusCounters"]["Stopped"] == 2
    assert job["ObjectiveStatusCounters"]["Succeeded"] == 2
    assert "BestTrainingJob" not in job


def test_checkpoints_of_the_jobs_keep_apart(
    client: Client, bucket: str, outputs: dict[str, str]
) -> None:
    request = tuning_request("kept", bucket, outputs["TrainingRoleArn"])
    request["TrainingJobDefinition"]["CheckpointConfig"] = {"S3Uri": f"s3://{bucket}/kept/"}
    tune(client("sagemaker"), request)
    for each in jobs_of(client("sagemaker"), "kept"):
        name = each["TrainingJobName"]
        training = client("sagemaker").describe_training_job(TrainingJobName=name)
        assert training["CheckpointConfig"]["S3Uri"] == f"s3://{bucket}/kept/{name}"
