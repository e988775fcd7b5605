"""SageMaker in state machines, and whose permissions their tasks have."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.cloud.conftest import TRUST, run_machine, training_request
from tests.waiting import wait_until

Client = Callable[[str], Any]
JOBS = [
    {"Effect": "Allow", "Action": ["sagemaker:*", "iam:PassRole"], "Resource": "*"},
]


@pytest.fixture
def machine(client: Client) -> Callable[..., str]:
    """Make a state machine of one state, with a role that allows the statements."""

    def make(state: dict[str, Any], statements: list[Any], **definition: Any) -> str:
        name = f"one-{uuid.uuid4().hex[:12]}"
        arn = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))[
            "Role"
        ]["Arn"]
        policy = {"Version": "2012-10-17", "Statement": statements}
        if statements:
            client("iam").put_role_policy(
                RoleName=name, PolicyName="all", PolicyDocument=json.dumps(policy)
            )
        states = definition.pop("States", {})
        asl = {"StartAt": "One", "States": {"One": state, **states}} | definition
        made = client("stepfunctions").create_state_machine(
            name=name, definition=json.dumps(asl), roleArn=arn
        )
        return str(made["stateMachineArn"])

    return make


def task(resource: str, parameters: Any, **fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True} | fields


def run(client: Client, machine: str, data: str = "{}") -> dict[str, Any]:
    return run_machine(client("stepfunctions"), machine, uuid.uuid4().hex, data)


def test_deployed_machine_trains_and_predicts(
    client: Client, bucket: str, outputs: dict[str, str]
) -> None:
    ended = run_machine(client("stepfunctions"), outputs["MachineArn"], "whole-run")
    assert ended["status"] == "SUCCEEDED", ended.get("cause")
    output = json.loads(ended["output"])
    assert output["training"]["TrainingJobStatus"] == "Completed"
    # Times are milliseconds in the optimized integrations' output.
    assert isinstance(output["training"]["CreationTime"], int)
    assert output["training"]["CreationTime"] > 10**12
    assert output["transform"]["TransformJobStatus"] == "Completed"
    tags = client("sagemaker").list_tags(ResourceArn=output["training"]["TrainingJobArn"])["Tags"]
    assert {"Key": "MANAGED_BY_AWS", "Value": "STARTED_BY_STEP_FUNCTIONS"} in tags


def test_failed_job_is_task_failed_with_the_job_as_cause(
    client: Client, bucket: str, outputs: dict[str, str], machine: Callable[..., str]
) -> None:
    request = training_request("sync-failed", bucket, outputs["TrainingRoleArn"])
    request["HyperParameters"] = {"num_round": "none"}
    arn = machine(task("arn:aws:states:::sagemaker:createTrainingJob.sync", request), sync(JOBS))
    ended = run(client, arn)
    assert ended["error"] == "States.TaskFailed"
    assert "could not parse value" in json.loads(ended["cause"])["FailureReason"]


def sync(statements: list[Any]) -> list[Any]:
    """Add what .sync needs in order to wait."""
    rules = "arn:aws:events:us-east-1:000000000000:rule/StepFunctionsGetEventsForSageMaker*"
    actions = ["events:PutTargets", "events:PutRule", "events:DescribeRule"]
    return [*statements, {"Effect": "Allow", "Action": actions, "Resource": rules}]


@pytest.mark.parametrize(
    ("resource", "error"),
    [
        ("arn:aws:states:::sagemaker:createModel", "SageMaker.AmazonSageMakerException"),
        ("arn:aws:states:::aws-sdk:sagemaker:createModel", "SageMaker.SageMakerException"),
    ],
)
def test_refused_call_is_named_as_on_aws(
    client: Client,
    outputs: dict[str, str],
    machine: Callable[..., str],
    resource: str,
    error: str,
) -> None:
    request = {
        "ModelName": "under_score",
        "ExecutionRoleArn": outputs["TrainingRoleArn"],
        "PrimaryContainer": {"Image": "xgboost", "ModelDataUrl": "s3://bucket/key"},
    }
    ended = run(client, machine(task(resource, request), JOBS))
    assert ended["error"] == error
    assert "modelName" in ended["cause"]


def test_name_in_use_is_named_by_its_class(
    client: Client, bucket: str, outputs: dict[str, str], machine: Callable[..., str]
) -> None:
    request = training_request("twice", bucket, outputs["TrainingRoleArn"])
    arn = machine(task("arn:aws:states:::sagemaker:createTrainingJob.sync", request), sync(JOBS))
    assert run(client, arn)["status"] == "SUCCEEDED"
    assert run(client, arn)["error"] == "SageMaker.ResourceInUseException"


def test_sdk_integration_answers_with_times_as_text(
    client: Client, machine: Callable[..., str]
) -> None:
    client("sagemaker").create_model_package_group(ModelPackageGroupName="by-sdk")
    resource = "arn:aws:states:::aws-sdk:sagemaker:describeModelPackageGroup"
    ended = run(client, machine(task(resource, {"ModelPackageGroupName": "by-sdk"}), JOBS))
    assert json.loads(ended["output"])["CreationTime"].endswith("Z")


def test_unknown_parameter_fails_the_task(client: Client, machine: Callable[..., str]) -> None:
    resource = "arn:aws:states:::aws-sdk:sagemaker:describeModel"
    ended = run(client, machine(task(resource, {"ModelNane": "x"}), JOBS))
    assert ended["error"] == "States.Runtime"
    assert "ModelNane" in ended["cause"]


def test_stop_execution_stops_the_job(
    client: Client, bucket: str, outputs: dict[str, str], machine: Callable[..., str]
) -> None:
    request = training_request("abandoned", bucket, outputs["TrainingRoleArn"])
    request["HyperParameters"] = {"objective": "reg:squarederror", "num_round": "1000000"}
    arn = machine(task("arn:aws:states:::sagemaker:createTrainingJob.sync", request), sync(JOBS))
    states = client("stepfunctions")
    execution = states.start_execution(stateMachineArn=arn)["executionArn"]
    sagemaker = client("sagemaker")

    def jobs(status: str) -> Any:
        return sagemaker.list_training_jobs(NameContains="abandoned", StatusEquals=status)[
            "TrainingJobSummaries"
        ]

    wait_until(lambda: jobs("InProgress"))
    states.stop_execution(executionArn=execution)
    wait_until(lambda: jobs("Stopped"))
    assert states.describe_execution(executionArn=execution)["status"] == "ABORTED"


def test_task_out_of_time_stops_the_job(
    client: Client, bucket: str, outputs: dict[str, str], machine: Callable[..., str]
) -> None:
    request = training_request("out-of-time", bucket, outputs["TrainingRoleArn"])
    request["HyperParameters"] = {"objective": "reg:squarederror", "num_round": "1000000"}
    resource = "arn:aws:states:::sagemaker:createTrainingJob.sync"
    arn = machine(task(resource, request, TimeoutSecondsPath="$.seconds"), sync(JOBS))
    ended = run(client, arn, '{"seconds": 1}')
    assert ended["error"] == "States.Timeout"
    sagemaker = client("sagemaker")
    wait_until(
        lambda: (
            sagemaker.describe_training_job(TrainingJobName="out-of-time")["TrainingJobStatus"]
            == "Stopped"
        )
    )


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("sagemaker:CreateTrainingJob", "sagemaker:CreateTrainingJob"),
        ("iam:PassRole", "iam:PassRole"),
        ("sagemaker:AddTags", "sagemaker:AddTags"),
        ("sagemaker:ListTags", "sagemaker:ListTags"),
        ("sagemaker:StopTrainingJob", "sagemaker:StopTrainingJob"),
        ("events:PutRule", "events:PutRule"),
    ],
)
def test_job_needs_each_permission_that_it_needs_on_aws(
    client: Client,
    bucket: str,
    outputs: dict[str, str],
    machine: Callable[..., str],
    missing: str,
    message: str,
) -> None:
    request = training_request(f"lacks-{uuid.uuid4().hex}", bucket, outputs["TrainingRoleArn"])
    deny = {"Effect": "Deny", "Action": missing, "Resource": "*"}
    resource = "arn:aws:states:::sagemaker:createTrainingJob.sync"
    ended = run(client, machine(task(resource, request), [*sync(JOBS), deny]))
    assert ended["status"] == "FAILED"
    assert message in ended["cause"]
    assert "explicit deny" in ended["cause"]


@pytest.mark.parametrize(
    ("resource", "parameters", "error"),
    [
        ("function", {"a": 1}, "Lambda.AWSLambdaException"),
        ("arn:aws:states:::lambda:invoke", "invoke", "Lambda.AWSLambdaException"),
        (
            "arn:aws:states:::sns:publish",
            {"TopicArn": "arn:aws:sns:us-east-1:000000000000:t", "Message": "m"},
            "SNS.AmazonSNSException",
        ),
        (
            "arn:aws:states:::aws-sdk:s3:getObject",
            {"Bucket": "b", "Key": "k"},
            "S3.S3Exception",
        ),
        (
            "arn:aws:states:::aws-sdk:sagemaker:listModels",
            {},
            "SageMaker.SageMakerException",
        ),
    ],
)
def test_task_may_do_only_what_the_machines_role_allows(
    client: Client,
    outputs: dict[str, str],
    machine: Callable[..., str],
    resource: str,
    parameters: Any,
    error: str,
) -> None:
    function = outputs["EchoFunctionArn"]
    if parameters == "invoke":
        parameters = {"FunctionName": function, "Payload": {}}
    resource = function if resource == "function" else resource
    ended = run(client, machine(task(resource, parameters), []))
    assert ended["error"] == error
    assert "is not authorized to perform" in ended["cause"]


def distributed(bucket: str, key: str, item: dict[str, Any]) -> dict[str, Any]:
    return {
        "Type": "Map",
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "JSON"},
            "Parameters": {"Bucket": bucket, "Key": key},
        },
        "MaxConcurrency": 8,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Item",
            "States": {"Item": item},
        },
        "End": True,
    }


def test_distributed_map_reads_items_and_runs_a_child_each(
    client: Client, bucket: str, machine: Callable[..., str], outputs: dict[str, str]
) -> None:
    items = [{"n": number} for number in range(40)]
    client("s3").put_object(Bucket=bucket, Key="maps/items.json", Body=json.dumps(items))
    state = distributed(bucket, "maps/items.json", {"Type": "Pass", "End": True})
    own = {"Effect": "Allow", "Action": "states:StartExecution", "Resource": "*"}
    read = {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/maps/*",
    }
    ended = run(client, machine(state, [own, read]))
    assert json.loads(ended["output"]) == items
    unread = run(client, machine(state, [own]))
    assert unread["error"] == "States.ItemReaderFailed"
    assert "s3:GetObject" in unread["cause"]
    unstarted = run(client, machine(state, [read]))
    assert "states:StartExecution" in unstarted["cause"]


def test_failing_child_fails_the_map_by_the_threshold(
    client: Client, bucket: str, machine: Callable[..., str]
) -> None:
    client("s3").put_object(Bucket=bucket, Key="maps/two.json", Body="[1, 2]")
    state = distributed(bucket, "maps/two.json", {"Type": "Fail", "Error": "Own", "Cause": "why"})
    everything = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
    ended = run(client, machine(state, everything))
    assert ended["error"] == "States.ExceedToleratedFailureThreshold"


def test_event_names_the_one_before_it_in_its_branch(
    client: Client, machine: Callable[..., str]
) -> None:
    def branch(name: str, seconds: int) -> dict[str, Any]:
        wait = {"Type": "Wait", "Seconds": seconds, "Next": f"{name} done"}
        done = {"Type": "Pass", "End": True}
        return {"StartAt": name, "States": {name: wait, f"{name} done": done}}

    both = {"Type": "Parallel", "Branches": [branch("A", 1), branch("B", 0)], "End": True}
    ended = run(client, machine(both, []))
    history = client("stepfunctions").get_execution_history(executionArn=ended["executionArn"])
    events = {event["id"]: event for event in history["events"]}
    assert list(events) == list(range(1, len(history["events"]) + 1))
    names = {
        event["stateEnteredEventDetails"]["name"]: event
        for event in events.values()
        if "stateEnteredEventDetails" in event
    }
    assert events[1]["previousEventId"] == 0
    for name in ("A", "B"):
        exited = events[names[f"{name} done"]["previousEventId"]]
        assert exited["stateExitedEventDetails"]["name"] == name
        assert events[names[name]["previousEventId"]]["stateEnteredEventDetails"]["name"] == "One"
