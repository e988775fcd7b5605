import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.parsers import ResponseParserError

from dropforge import cloud as clouds
from dropforge.cloud import Cloud
from dropforge.cloud.api_errors import ApiError
from dropforge.cloud.sagemaker.fault_injection import Faults
from tests.integration.cloud.conftest import (
    TRUST,
    run_machine,
    train,
    training_request,
    wait_for_training,
)
from tests.waiting import wait_until

Client = Callable[[str], Any]


@pytest.fixture
def inject(cloud: Cloud) -> Iterator[Callable[..., None]]:
    file = cloud.state_dir / "faults.json"

    def write(*faults: dict[str, Any], **fault: Any) -> None:
        file.write_text(json.dumps(list(faults) or [fault]))

    yield write
    file.unlink(missing_ok=True)


@pytest.fixture
def sagemaker(cloud: Cloud) -> Any:
    """A client that does not retry by itself."""
    once = Config(retries={"total_max_attempts": 1})
    return clouds.session(cloud).client("sagemaker", config=once)


def test_throttling_refuses_as_many_calls_as_it_says(
    sagemaker: Any, bucket: str, outputs: dict[str, str], inject: Callable[..., None]
) -> None:
    inject(operation="CreateTrainingJob", name="throttled-*", fault="throttling", count=2)
    request = training_request("throttled-1", bucket, outputs["TrainingRoleArn"])
    for _ in range(2):
        with pytest.raises(ClientError, match=r"ThrottlingException.*Rate exceeded"):
            sagemaker.create_training_job(**request)
    assert train(sagemaker, request)["TrainingJobStatus"] == "Completed"


def test_quota_refuses_the_call_by_its_class(
    sagemaker: Any, bucket: str, outputs: dict[str, str], inject: Callable[..., None]
) -> None:
    inject(fault="resource_limit")
    with pytest.raises(sagemaker.exceptions.ResourceLimitExceeded, match="service limit"):
        sagemaker.create_training_job(
            **training_request("over-quota", bucket, outputs["TrainingRoleArn"])
        )


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


def test_file_of_another_form_is_refused_with_its_name(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    for text in ("{", '[{"fault": "earthquake"}]'):
        file.write_text(text)
        with pytest.raises(ApiError, match=str(file)):
            Faults(file).meet("CreateModel", "m")


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


@pytest.mark.parametrize(
    ("fault", "code", "status"),
    [
        ("throttling", "ThrottlingException", 400),
        ("server_error", "InternalFailure", 500),
        ("access_denied", "AccessDeniedException", 400),
        ("validation", "ValidationException", 400),
        ("resource_limit", "ResourceLimitExceeded", 400),
    ],
)
@pytest.mark.parametrize(
    ("call", "request_of"),
    [
        ("describe_training_job", {"TrainingJobName": "refused"}),
        ("list_training_jobs", {"NameContains": "refused"}),
        ("describe_model_package", {"ModelPackageName": "refused"}),
        ("list_tags", {"ResourceArn": "arn:aws:sagemaker:us-east-1:000000000000:model/refused"}),
    ],
)
def test_any_call_can_be_refused(
    sagemaker: Any,
    inject: Callable[..., None],
    fault: str,
    code: str,
    status: int,
    call: str,
    request_of: dict[str, Any],
) -> None:
    inject(name="refused", fault=fault)
    with pytest.raises(ClientError) as refusal:
        getattr(sagemaker, call)(**request_of)
    assert refusal.value.response["Error"]["Code"] == code
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_refusal_by_access_names_the_action(sagemaker: Any, inject: Callable[..., None]) -> None:
    inject(operation="ListModels", fault="access_denied")
    with pytest.raises(ClientError, match="sagemaker:ListModels"):
        sagemaker.list_models()


def test_fault_of_a_job_does_not_touch_the_call_that_asks_for_it(
    sagemaker: Any, bucket: str, outputs: dict[str, str], inject: Callable[..., None]
) -> None:
    inject(name="asked-for", fault="fail_job")
    job = train(sagemaker, training_request("asked-for", bucket, outputs["TrainingRoleArn"]))
    assert job["TrainingJobStatus"] == "Failed"


def test_lost_answer_breaks_the_connection_off_after_the_call_was_carried_out(
    sagemaker: Any, inject: Callable[..., None]
) -> None:
    inject(operation="CreateModelPackageGroup", fault="lost_answer")
    with pytest.raises((HTTPClientError, ResponseParserError)):
        sagemaker.create_model_package_group(ModelPackageGroupName="unheard")
    group = sagemaker.describe_model_package_group(ModelPackageGroupName="unheard")
    assert group["ModelPackageGroupStatus"] == "Completed"


def test_slow_answer_takes_its_time(sagemaker: Any, inject: Callable[..., None]) -> None:
    inject(operation="ListModels", fault="slow_answer", seconds=0.5)
    began = time.monotonic()
    sagemaker.list_models()
    assert time.monotonic() - began >= 0.5
    assert sagemaker.list_models()


def test_faults_that_were_met_are_written_down(
    cloud: Cloud, sagemaker: Any, inject: Callable[..., None]
) -> None:
    inject(operation="ListModels", fault="slow_answer", count=1, seconds=0)
    for _ in range(2):
        sagemaker.list_models(NameContains="written-down")
    lines = (cloud.state_dir / "faults_met.jsonl").read_text().splitlines()
    met = [each for each in map(json.loads, lines) if each["name"] == "written-down"]
    assert met == [{"operation": "ListModels", "name": "written-down", "fault": "slow_answer"}]


@pytest.mark.parametrize("fault", ["throttling", "server_error", "lost_answer"])
def test_task_that_waits_for_a_job_asks_again_what_passes(
    client: Client, bucket: str, outputs: dict[str, str], inject: Callable[..., None], fault: str
) -> None:
    name = f"asked-again-{fault.replace('_', '-')}"
    inject(operation="DescribeTrainingJob", name=name, fault=fault, count=3)
    request = training_request(name, bucket, outputs["TrainingRoleArn"])
    assert train_by_task(client, name, request)["status"] == "SUCCEEDED"


def test_task_that_may_not_look_at_its_job_fails_with_the_reason(
    client: Client, bucket: str, outputs: dict[str, str], inject: Callable[..., None]
) -> None:
    inject(operation="DescribeTrainingJob", name="unseen", fault="access_denied", count=9)
    request = training_request("unseen", bucket, outputs["TrainingRoleArn"])
    ended = train_by_task(client, "unseen", request)
    assert ended["error"] == "SageMaker.AmazonSageMakerException"
    assert "sagemaker:DescribeTrainingJob" in ended["cause"]


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


def test_package_whose_answer_was_lost_is_made_once(
    sagemaker: Any, inject: Callable[..., None]
) -> None:
    sagemaker.create_model_package_group(ModelPackageGroupName="repeated")
    container = {"Image": "sagemaker-xgboost:3.2-0", "ModelDataUrl": "s3://b/model.tar.gz"}
    request = {
        "ModelPackageGroupName": "repeated",
        "ClientToken": "once",
        "InferenceSpecification": {
            "Containers": [container],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    }
    inject(operation="CreateModelPackage", fault="lost_answer")
    with pytest.raises((HTTPClientError, ResponseParserError)):
        sagemaker.create_model_package(**request)
    arn = sagemaker.create_model_package(**request)["ModelPackageArn"]
    other = sagemaker.create_model_package(**{**request, "ClientToken": "again"})
    listed = sagemaker.list_model_packages(ModelPackageGroupName="repeated")
    assert [arn.rpartition("/")[2], other["ModelPackageArn"].rpartition("/")[2]] == ["1", "2"]
    assert len(listed["ModelPackageSummaryList"]) == 2


def test_answer_that_is_awaited_comes_once_the_fault_is_taken_back(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    file.write_text('[{"fault": "slow_answer", "seconds": 60}]')
    threading.Timer(0.3, lambda: file.write_text("[]")).start()
    began = time.monotonic()
    assert Faults(file).meet("ListModels", "") is False
    assert 0.2 < time.monotonic() - began < 10
