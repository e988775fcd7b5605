"""What the next cloud knows of a tuning job that ran when the cloud was killed."""

import json
from pathlib import Path

from dropforge import cloud as clouds
from tests.integration.cloud.conftest import PROJECT
from tests.integration.cloud.sagemaker.tuning import jobs_of, tuning_request
from tests.integration.cloud.test_killed_cloud import kill
from tests.rows import rows_of
from tests.waiting import wait_until


def test_killed_tuning_job_has_failed_and_keeps_its_best(tmp_path: Path) -> None:
    first = clouds.up(tmp_path)
    sagemaker, s3 = (clouds.session(first).client(name) for name in ("sagemaker", "s3"))
    outputs = clouds.deploy(first, PROJECT, "killed", {})
    for split, rows in (("train", 300), ("validation", 50)):
        body = rows_of(rows)
        s3.put_object(Bucket=outputs["BucketName"], Key=f"data/{split}/a.csv", Body=body)
    slow = {"operation": "CreateTrainingJob", "name": "cut-00[23]-*", "fault": "slow_job"}
    faults = json.dumps([slow | {"seconds": 60, "count": 2}])
    (first.state_dir / "faults.json").write_text(faults)
    request = tuning_request("cut", outputs["BucketName"], outputs["TrainingRoleArn"])
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
