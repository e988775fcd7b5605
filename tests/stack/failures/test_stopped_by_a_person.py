"""A job or a run that a person stops is told as stopped."""

import time
from collections.abc import Callable

from seed.sample import SampleSize, sample_csv
from tests.stack.application import Application
from tests.stack.failures.training_jobs import wait_for_job

SAMPLE = sample_csv(SampleSize(rows=400))
Faults = Callable[..., None]


def test_training_job_that_a_person_stops_is_told_as_such(
    application: Application, faults: Faults
) -> None:
    faults("CreateTrainingJob", "slow_job", seconds=30)
    run = application.drop("inbox/slow.csv", SAMPLE)
    wait_for_job(application, run)
    application.client("sagemaker").stop_training_job(TrainingJobName=run)
    message = application.message(run)
    assert message["error"] == "JobStopped"
    assert "stopped before it ended" in message["text"]


def test_execution_that_a_person_stops_stops_its_job_and_is_told(
    application: Application, faults: Faults
) -> None:
    faults("CreateTrainingJob", "slow_job", seconds=30)
    run = application.drop("inbox/aborted.csv", SAMPLE)
    wait_for_job(application, run)
    application.client("stepfunctions").stop_execution(executionArn=application.execution(run))
    message = application.message(run)
    assert message["status"] == "ABORTED"
    assert message["subject"] == "aborted: run stopped"
    # Step Functions tells the job by itself, which may be a moment later than the message.
    end = time.monotonic() + 15
    status = "InProgress"
    while status == "InProgress" and time.monotonic() < end:
        time.sleep(0.1)
        job = application.client("sagemaker").describe_training_job(TrainingJobName=run)
        status = job["TrainingJobStatus"]
    assert status in ("Stopping", "Stopped")
