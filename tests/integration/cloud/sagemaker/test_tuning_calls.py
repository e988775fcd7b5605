"""The calls of tuning jobs: lists, stop, delete, tags, faults, permissions, events."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.cloud.one_state import JOBS, run, sync, task
from tests.integration.cloud.sagemaker.tuning import (
    jobs_of,
    tune,
    tuning_request,
    wait_for_tuning,
)
from tests.waiting import wait_until

Client = Callable[[str], Any]
CREATE = "arn:aws:states:::sagemaker:createHyperParameterTuningJob.sync"


def describe(sagemaker: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = sagemaker.describe_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name
    )
    return found


def code_of(call: Callable[..., Any], **request: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(**request)
    return str(refused.value.response["Error"]["Code"])


def test_tuning_jobs_are_listed_with_their_counters(
    client: Client, bucket: str, outputs: dict[str, str]
) -> None:
    sagemaker = client("sagemaker")
    for name in ("listed-a", "listed-b"):
        tune(sagemaker, tuning_request(name, bucket, outputs["TrainingRoleArn"]))
    answer = sagemaker.list_hyper_parameter_tuning_jobs(NameContains="listed-")
    listed = answer["HyperParameterTuningJobSummaries"]
    assert [each["HyperParameterTuningJobName"] for each in listed] == ["listed-a", "listed-b"]
    assert listed[0]["Strategy"] == "Random"
    assert listed[0]["TrainingJobStatusCounters"]["Completed"] == 4
    assert listed[0]["ObjectiveStatusCounters"]["Succeeded"] == 4
    assert listed[0]["ResourceLimits"]["MaxNumberOfTrainingJobs"] == 4
    failed = sagemaker.list_hyper_parameter_tuning_jobs(StatusEquals="Failed", NameContains="list")
    assert failed["HyperParameterTuningJobSummaries"] == []


def test_training_jobs_are_listed_by_objective_and_page(
    client: Client, bucket: str, outputs: dict[str, str], inject: Callable[..., None]
) -> None:
    sagemaker = client("sagemaker")
    inject(operation="CreateTrainingJob", name="paged-002-*", fault="fail_job", message="no")
    tune(sagemaker, tuning_request("paged", bucket, outputs["TrainingRoleArn"]))
    by_value = jobs_of(
        sagemaker, "paged", SortBy="FinalObjectiveMetricValue", SortOrder="Descending"
    )
    values = [each["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for each in by_value]
    assert values == sorted(values, reverse=True)
    assert len(values) == 3, "the failed job has no value"
    first = sagemaker.list_training_jobs_for_hyper_parameter_tuning_job(
        HyperParameterTuningJobName="paged", MaxResults=3
    )
    rest = sagemaker.list_training_jobs_for_hyper_parameter_tuning_job(
        HyperParameterTuningJobName="paged", MaxResults=3, NextToken=first["NextToken"]
    )
    names = [
        each["TrainingJobName"]
        for each in first["TrainingJobSummaries"] + rest["TrainingJobSummaries"]
    ]
    assert names == sorted(names)
    assert len(names) == 4
    [failed] = jobs_of(sagemaker, "paged", StatusEquals="Failed")
    assert failed["FailureReason"].endswith("no")
    assert failed["ObjectiveStatus"] == "Failed"


@pytest.mark.parametrize(
    ("fault", "counter"), [("capacity", "RetryableError"), ("fail_job", "NonRetryableError")]
)
def test_fault_of_a_training_job_is_counted(
    client: Client,
    bucket: str,
    outputs: dict[str, str],
    inject: Callable[..., None],
    fault: str,
    counter: str,
) -> None:
    name = f"broken-{fault.replace('_', '-')}"
    inject(operation="CreateTrainingJob", name=f"{name}-001-*", fault=fault)
    job = tune(client("sagemaker"), tuning_request(name, bucket, outputs["TrainingRoleArn"]))
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert job["TrainingJobStatusCounters"][counter] == 1
    assert job["TrainingJobStatusCounters"]["Completed"] == 3


def test_fault_of_the_tuning_job_itself_fails_it(
    client: Client, bucket: str, outputs: dict[str, str], inject: Callable[..., None]
) -> None:
    inject(operation="CreateHyperParameterTuningJob", fault="fail_job", message="on purpose")
    job = tune(client("sagemaker"), tuning_request("unlucky", bucket, outputs["TrainingRoleArn"]))
    assert (job["HyperParameterTuningJobStatus"], job["FailureReason"]) == ("Failed", "on purpose")
    assert jobs_of(client("sagemaker"), "unlucky") == []


def test_search_whose_hyperparameters_are_wrong_fails_the_state_machine(
    client: Client, bucket: str, outputs: dict[str, str], one_state: Callable[..., str]
) -> None:
    request = tuning_request(f"wrong-{uuid.uuid4().hex[:8]}", bucket, outputs["TrainingRoleArn"])
    request["TrainingJobDefinition"]["StaticHyperParameters"]["objective"] = "reg:tweedy"
    ended = run(client, one_state(task(CREATE, request), sync(JOBS)))
    assert ended["error"] == "States.TaskFailed"
    cause = json.loads(ended["cause"])
    assert cause["FailureReason"].startswith("No training job succeeded after 4 attempts.")
    assert cause["TrainingJobStatusCounters"]["NonRetryableError"] == 4


def test_stop_and_delete_leave_the_training_jobs(
    client: Client, bucket: str, outputs: dict[str, str], inject: Callable[..., None]
) -> None:
    sagemaker = client("sagemaker")
    named = {"HyperParameterTuningJobName": "stopped"}
    inject(operation="CreateTrainingJob", name="stopped-*", fault="slow_job", seconds=60, count=9)
    sagemaker.create_hyper_parameter_tuning_job(
        **tuning_request("stopped", bucket, outputs["TrainingRoleArn"])
    )
    wait_until(lambda: len(jobs_of(sagemaker, "stopped")) == 2)
    assert code_of(sagemaker.delete_hyper_parameter_tuning_job, **named) == "ValidationException"
    sagemaker.stop_hyper_parameter_tuning_job(**named)
    job = wait_for_tuning(sagemaker, "stopped")
    assert job["HyperParameterTuningJobStatus"] == "Stopped"
    assert job["TrainingJobStatusCounters"]["Stopped"] == 2
    assert code_of(sagemaker.stop_hyper_parameter_tuning_job, **named) == "ValidationException"
    name = jobs_of(sagemaker, "stopped")[0]["TrainingJobName"]
    sagemaker.delete_hyper_parameter_tuning_job(**named)
    for call in (
        sagemaker.describe_hyper_parameter_tuning_job,
        sagemaker.stop_hyper_parameter_tuning_job,
        sagemaker.delete_hyper_parameter_tuning_job,
        sagemaker.list_training_jobs_for_hyper_parameter_tuning_job,
    ):
        assert code_of(call, **named) == "ResourceNotFound"
    assert sagemaker.describe_training_job(TrainingJobName=name)["TrainingJobStatus"] == "Stopped"


def test_tags_are_kept_with_the_job_and_go_with_it(
    client: Client, bucket: str, outputs: dict[str, str]
) -> None:
    sagemaker, tags = client("sagemaker"), [{"Key": "team", "Value": "a"}]
    request = tuning_request("tagged", bucket, outputs["TrainingRoleArn"]) | {"Tags": tags}
    arn = tune(sagemaker, request)["HyperParameterTuningJobArn"]
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == tags
    sagemaker.delete_hyper_parameter_tuning_job(HyperParameterTuningJobName="tagged")
    assert code_of(sagemaker.list_tags, ResourceArn=arn) == "ValidationException"
    tune(sagemaker, tuning_request("tagged", bucket, outputs["TrainingRoleArn"]))
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == []


def test_name_and_role_that_cannot_be_are_refused(
    client: Client, sagemaker: Any, bucket: str, outputs: dict[str, str]
) -> None:
    request = tuning_request("once", bucket, outputs["TrainingRoleArn"])
    tune(client("sagemaker"), request)
    create = sagemaker.create_hyper_parameter_tuning_job
    assert code_of(create, **request) == "ResourceInUse"
    nobody = tuning_request("nobody", bucket, "arn:aws:iam::000000000000:role/nobody")
    assert code_of(create, **nobody) == "ValidationException"


@pytest.mark.parametrize("missing", ["sagemaker:CreateHyperParameterTuningJob", "iam:PassRole"])
def test_task_needs_each_permission_that_it_needs_on_aws(
    client: Client,
    bucket: str,
    outputs: dict[str, str],
    one_state: Callable[..., str],
    missing: str,
) -> None:
    request = tuning_request(f"lacks-{uuid.uuid4().hex[:8]}", bucket, outputs["TrainingRoleArn"])
    deny = {"Effect": "Deny", "Action": missing, "Resource": "*"}
    ended = run(client, one_state(task(CREATE, request), [*sync(JOBS), deny]))
    assert ended["status"] == "FAILED"
    assert missing in ended["cause"]
    assert "explicit deny" in ended["cause"]


def test_permission_may_be_limited_to_names(
    client: Client, bucket: str, outputs: dict[str, str], one_state: Callable[..., str]
) -> None:
    arn = "arn:aws:sagemaker:us-east-1:000000000000:hyper-parameter-tuning-job/ours-*"
    allowed = [
        {"Effect": "Allow", "Action": "sagemaker:*HyperParameterTuningJob", "Resource": arn},
        {"Effect": "Allow", "Action": ["sagemaker:*Tags", "iam:PassRole"], "Resource": "*"},
    ]
    endings = {}
    for prefix in ("ours", "theirs"):
        name = f"{prefix}-{uuid.uuid4().hex[:8]}"
        request = tuning_request(name, bucket, outputs["TrainingRoleArn"])
        endings[prefix] = run(client, one_state(task(CREATE, request), sync(allowed)))
    assert endings["ours"]["status"] == "SUCCEEDED", endings["ours"].get("cause")
    assert endings["theirs"]["status"] == "FAILED"
    assert "hyper-parameter-tuning-job/theirs-" in endings["theirs"]["cause"]


def test_aborted_execution_stops_the_tuning_job(
    client: Client,
    bucket: str,
    outputs: dict[str, str],
    one_state: Callable[..., str],
    inject: Callable[..., None],
) -> None:
    inject(operation="CreateTrainingJob", name="gone-*", fault="slow_job", seconds=60, count=9)
    machine = one_state(
        task(CREATE, tuning_request("gone", bucket, outputs["TrainingRoleArn"])), sync(JOBS)
    )
    states, sagemaker = client("stepfunctions"), client("sagemaker")
    execution = states.start_execution(stateMachineArn=machine, name=uuid.uuid4().hex)
    wait_until(
        lambda: sagemaker.list_hyper_parameter_tuning_jobs(NameContains="gone")[
            "HyperParameterTuningJobSummaries"
        ]
    )
    states.stop_execution(executionArn=execution["executionArn"])
    assert wait_for_tuning(sagemaker, "gone")["HyperParameterTuningJobStatus"] == "Stopped"


def test_changes_of_status_are_told_on_the_bus(
    client: Client, bucket: str, outputs: dict[str, str]
) -> None:
    events, sqs, name = client("events"), client("sqs"), "told"
    queue = sqs.create_queue(QueueName="told-tuning")["QueueUrl"]
    arn = "arn:aws:sqs:us-east-1:000000000000:told-tuning"
    pattern = {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker HyperParameter Tuning Job State Change"],
        "detail": {"HyperParameterTuningJobName": [name]},
    }
    events.put_rule(Name="told-tuning", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="told-tuning", Targets=[{"Id": "queue", "Arn": arn}])
    tune(client("sagemaker"), tuning_request(name, bucket, outputs["TrainingRoleArn"]))
    told: list[dict[str, Any]] = []

    def all_told() -> bool:
        answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        told.extend(json.loads(each["Body"]) for each in answer.get("Messages", []))
        return len(told) == 2

    wait_until(all_told)
    by_status = {each["detail"]["HyperParameterTuningJobStatus"]: each for each in told}
    assert set(by_status) == {"InProgress", "Completed"}
    detail = by_status["Completed"]["detail"]
    assert detail["TrainingJobStatusCounters"]["Completed"] == 4
    assert detail["HyperParameterTuningEndTime"] > 10**12
    assert detail["BestTrainingJob"]["TrainingEndTime"] > 10**12
    assert not [key for key in detail if key.startswith("_")]
    assert by_status["Completed"]["resources"] == [detail["HyperParameterTuningJobArn"]]
    assert describe(client("sagemaker"), name)["BestTrainingJob"]
