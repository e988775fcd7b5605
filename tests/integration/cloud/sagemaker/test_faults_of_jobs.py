"""Faults on purpose, of jobs; and what the event bus hears of a job."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.cloud.conftest import (
    train,
    training_request,
    wait_for_training,
)
from tests.waiting import wait_until

Client = Callable[[str], Any]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"fault": "capacity"}, "CapacityError: Unable to provision"),
        ({"fault": "fail_job", "message": "AlgorithmError: broken"}, "AlgorithmError: broken"),
    ],
)
def test_job_fails_on_purpose(
    sagemaker: Any,
    bucket: str,
    outputs: dict[str, str],
    inject: Callable[..., None],
    fault: dict[str, Any],
    reason: str,
) -> None:
    inject(**fault)
    name = f"purpose-{fault['fault'].replace('_', '-')}"
    job = train(sagemaker, training_request(name, bucket, outputs["TrainingRoleArn"]))
    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith(reason)


def test_slow_job_can_be_stopped(
    sagemaker: Any, bucket: str, outputs: dict[str, str], inject: Callable[..., None]
) -> None:
    inject(fault="slow_job", seconds=60)
    request = training_request("slow", bucket, outputs["TrainingRoleArn"])
    sagemaker.create_training_job(**request)
    job = sagemaker.describe_training_job(TrainingJobName="slow")
    assert job["SecondaryStatus"] == "Starting"
    sagemaker.stop_training_job(TrainingJobName="slow")
    assert wait_for_training(sagemaker, "slow")["TrainingJobStatus"] == "Stopped"


def test_state_changes_are_on_the_event_bus(
    sagemaker: Any, client: Client, bucket: str, outputs: dict[str, str]
) -> None:
    url = client("sqs").create_queue(QueueName="state-changes")["QueueUrl"]
    answer = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    pattern = {
        "detail-type": ["SageMaker Training Job State Change"],
        "detail": {"TrainingJobName": ["told"]},
    }
    client("events").put_rule(Name="state-changes", EventPattern=json.dumps(pattern))
    target = {"Id": "queue", "Arn": answer["Attributes"]["QueueArn"]}
    client("events").put_targets(Rule="state-changes", Targets=[target])
    train(sagemaker, training_request("told", bucket, outputs["TrainingRoleArn"]))
    seen: list[Any] = []

    def all_told() -> bool:
        found = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        for message in found.get("Messages", []):
            seen.append(json.loads(message["Body"])["detail"])
            client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return any(each["TrainingJobStatus"] == "Completed" for each in seen)

    wait_until(all_told)
    states = {each["SecondaryStatus"] for each in seen}
    assert states == {"Starting", "Downloading", "Training", "Uploading", "Completed"}
    assert all(isinstance(each["CreationTime"], int) for each in seen)


def test_fault_of_a_job_does_not_touch_the_call_that_asks_for_it(
    sagemaker: Any, bucket: str, outputs: dict[str, str], inject: Callable[..., None]
) -> None:
    inject(name="asked-for", fault="fail_job")
    job = train(sagemaker, training_request("asked-for", bucket, outputs["TrainingRoleArn"]))
    assert job["TrainingJobStatus"] == "Failed"
