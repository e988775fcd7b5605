"""The training jobs of a run, as SageMaker lists them."""

import time

from tests.stack.application import Application


def training_jobs(application: Application, run: str) -> list[str]:
    answer = application.client("sagemaker").list_training_jobs(
        NameContains=run, SortBy="CreationTime", SortOrder="Ascending"
    )
    return [job["TrainingJobName"] for job in answer["TrainingJobSummaries"]]


def wait_for_job(application: Application, run: str) -> None:
    for _ in range(200):
        if training_jobs(application, run):
            return
        time.sleep(0.1)
    raise AssertionError(f"no training job of {run}: {application.last(run)}")
