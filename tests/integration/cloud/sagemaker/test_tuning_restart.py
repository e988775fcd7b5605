"""What the next cloud knows of a tuning job that ran when the cloud was killed."""

import json
from pathlib import Path
from typing import Any

from dropforge import cloud as clouds
from tests.integration.cloud.conftest import PROJECT
from tests.integration.cloud.sagemaker.tuning import jobs_of, tuning_request
from tests.integration.cloud.test_killed_cloud import kill
from tests.rows import rows_of
from tests.waiting import wait_until


def prepared(cloud: clouds.Cloud, name: str) -> tuple[Any, dict[str, Any]]:
    """Deploy a bucket with data and a role; return a client, and a request for a tuning job."""
    sagemaker, s3 = (clouds.session(cloud).client(service) for service in ("sagemaker", "s3"))
    outputs = clouds.deploy(cloud, PROJECT, "killed", {})
    for split, rows in (("train", 300), ("validation", 50)):
        body = rows_of(rows)
        s3.put_object(Bucket=outputs["BucketName"], Key=f"data/{split}/a.csv", Body=body)
    return sagemaker, tuning_request(name, outputs["BucketName"], outputs["TrainingRoleArn"])


def test_killed_tuning_job_has_failed_and_keeps_its_best(tmp_path: Path) -> None:
    first = clouds.up(tmp_path)
    sagemaker, request = prepared(first, "cut")
    slow = {"operation": "CreateTrainingJob", "name": "cut-00[23]-*", "fault": "slow_job"}
    faults = json.dumps([slow | {"seconds": 60, "count": 2}])
    (first.state_dir / "faults.json").write_text(faults)
    sagemaker.create_hyper_parameter_tuning_job(**request)
    wait_until(lambda: jobs_of(sagemaker, "cut", StatusEquals="Completed"))
    wait_until(lambda: len(jobs_of(sagemaker, "cut")) == 3)
    kill(first)

    second = clouds.up(tmp_path)
    try:
        sagemaker = clouds.session(second).client("sagemaker")
        job = sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName="cut")
        assert job["HyperParameterTuningJobStatus"] == "Failed"
        assert "The local cloud ended" in job["FailureReason"]
        counters = job["TrainingJobStatusCounters"]
        assert (counters["Completed"], counters["RetryableError"]) == (1, 2)
        assert counters["InProgress"] == 0
        [best] = jobs_of(sagemaker, "cut", StatusEquals="Completed")
        assert job["BestTrainingJob"] == best
        assert best["TunedHyperParameters"]["eta"]
    finally:
        clouds.down(second)


def test_search_that_a_clean_end_of_the_cloud_cuts_off_says_so(tmp_path: Path) -> None:
    first = clouds.up(tmp_path)
    sagemaker, request = prepared(first, "ended")
    request["TrainingJobDefinition"]["StaticHyperParameters"]["num_round"] = "200000"
    sagemaker.create_hyper_parameter_tuning_job(**request)
    in_training = {"SortBy": "CreationTime", "StatusEquals": "InProgress"}

    def trained() -> list[str]:
        listed = sagemaker.list_training_jobs(**in_training)["TrainingJobSummaries"]
        return [each for each in listed if each["SecondaryStatus"] == "Training"]

    wait_until(lambda: len(trained()) == 2)
    clouds.down(first)

    second = clouds.up(tmp_path)
    try:
        sagemaker = clouds.session(second).client("sagemaker")
        job = sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName="ended")
        assert "The local cloud ended" in job["FailureReason"]
        reasons = [each["FailureReason"] for each in jobs_of(sagemaker, "ended")]
        assert len(reasons) == 2, "no job was started while the cloud ended"
        assert all("The local cloud ended" in each for each in reasons)
    finally:
        clouds.down(second)
