"""Faults on purpose, of jobs that a state machine waits for."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.cloud.conftest import (
    TRUST,
    run_machine,
    training_request,
    wait_for_training,
)
from tests.integration.cloud.one_state import JOBS, run, task

Client = Callable[[str], Any]


def train_by_task(
    client: Client, name: str, request: dict[str, Any], **more: Any
) -> dict[str, Any]:
    """Run a training job by a state machine that waits for it."""
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
        "Parameters": request,
        "End": True,
        **more,
    }
    iam, states = client("iam"), client("stepfunctions")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=policy)
    machine = states.create_state_machine(
        name=name,
        definition=json.dumps({"StartAt": "Train", "States": {"Train": task}}),
        roleArn=role["Arn"],
    )["stateMachineArn"]
    return run_machine(states, machine, name)


def test_job_slower_than_its_time_is_stopped_and_fails_the_task(
    client: Client,
    bucket: str,
    outputs: dict[str, str],
    inject: Callable[..., None],
) -> None:
    inject(name="too-slow", fault="slow_job", seconds=60)
    request = training_request("too-slow", bucket, outputs["TrainingRoleArn"])
    request["StoppingCondition"]["MaxRuntimeInSeconds"] = 1
    ended = train_by_task(client, "too-slow", request)
    assert ended["error"] == "States.TaskFailed"
    job = json.loads(ended["cause"])
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")
    assert "FailureReason" not in job
    assert "ModelArtifacts" not in job
    assert job["TrainingTimeInSeconds"] >= 1


def test_job_stopped_on_purpose_has_a_model_and_lets_the_task_succeed(
    client: Client,
    bucket: str,
    outputs: dict[str, str],
    inject: Callable[..., None],
) -> None:
    inject(operation="CreateTrainingJob", fault="stopped_job")
    request = training_request("passed", bucket, outputs["TrainingRoleArn"])
    ended = train_by_task(client, "passed", request)
    assert ended["status"] == "SUCCEEDED"
    job = json.loads(ended["output"])
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")
    assert job["ModelArtifacts"]["S3ModelArtifacts"].endswith("passed/output/model.tar.gz")


@pytest.mark.parametrize("fault", ["throttling", "server_error", "lost_answer"])
def test_task_that_waits_for_a_job_asks_again_what_passes(
    client: Client, bucket: str, outputs: dict[str, str], inject: Callable[..., None], fault: str
) -> None:
    name = f"asked-again-{fault.replace('_', '-')}"
    inject(operation="DescribeTrainingJob", name=name, fault=fault, count=3)
    request = training_request(name, bucket, outputs["TrainingRoleArn"])
    assert train_by_task(client, name, request)["status"] == "SUCCEEDED"


def test_task_that_may_not_look_at_its_job_ends_by_its_event(
    client: Client, bucket: str, outputs: dict[str, str], inject: Callable[..., None]
) -> None:
    inject(operation="DescribeTrainingJob", name="unseen", fault="access_denied", count=9)
    request = training_request("unseen", bucket, outputs["TrainingRoleArn"])
    assert train_by_task(client, "unseen", request)["status"] == "SUCCEEDED"


def test_task_whose_answer_is_lost_fails_as_its_client_does(
    client: Client, bucket: str, outputs: dict[str, str], inject: Callable[..., None]
) -> None:
    inject(operation="CreateTrainingJob", name="unanswered", fault="lost_answer")
    request = training_request("unanswered", bucket, outputs["TrainingRoleArn"])
    ended = train_by_task(client, "unanswered", request)
    assert ended["error"] == "SageMaker.SdkClientException"
    assert client("sagemaker").describe_training_job(TrainingJobName="unanswered")


@pytest.mark.parametrize("fault", ["throttling", "lost_answer"])
def test_job_whose_task_gave_up_is_stopped_unless_that_is_refused(
    client: Client, bucket: str, outputs: dict[str, str], inject: Callable[..., None], fault: str
) -> None:
    name = f"given-up-{fault.replace('_', '-')}"
    request = training_request(name, bucket, outputs["TrainingRoleArn"])
    inject(
        {"operation": "StopTrainingJob", "name": name, "fault": fault},
        {"operation": "CreateTrainingJob", "name": name, "fault": "slow_job", "seconds": 3},
    )
    ended = train_by_task(client, name, request, TimeoutSeconds=1)
    assert ended["error"] == "States.Timeout"
    job = wait_for_training(client("sagemaker"), name)
    assert job["TrainingJobStatus"] == ("Completed" if fault == "throttling" else "Stopped")


def test_job_of_a_branch_is_stopped_when_another_fails_and_not_begun_again(
    client: Client,
    bucket: str,
    outputs: dict[str, str],
    one_state: Callable[..., str],
    inject: Callable[..., None],
) -> None:
    name = "beside-a-failure"
    inject(name=f"{name}-*", fault="slow_job", seconds=60)
    request = training_request(name, bucket, outputs["TrainingRoleArn"])
    del request["TrainingJobName"]
    request["TrainingJobName.$"] = f"States.Format('{name}-{{}}', $$.State.RetryCount)"
    train = task(
        "arn:aws:states:::sagemaker:createTrainingJob.sync",
        request,
        TimeoutSeconds=300,
        Retry=[{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 1, "MaxAttempts": 3}],
    )
    wait = {"Type": "Wait", "Seconds": 1, "Next": "Fails"}
    fails = {"Wait": wait, "Fails": {"Type": "Fail", "Error": "Own"}}
    branches = [
        {"StartAt": "Train", "States": {"Train": train}},
        {"StartAt": "Wait", "States": fails},
    ]
    both = {"Type": "Parallel", "Branches": branches, "End": True}
    ended = run(client, one_state(both, JOBS))
    assert ended["error"] == "Own"
    sagemaker = client("sagemaker")
    assert wait_for_training(sagemaker, f"{name}-0")["TrainingJobStatus"] == "Stopped"
    # Longer than the pause before a retry.
    time.sleep(2)
    jobs = sagemaker.list_training_jobs(NameContains=name)["TrainingJobSummaries"]
    assert len(jobs) == 1
