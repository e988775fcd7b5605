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
