"""What a history says of tasks and Map Runs, in AWS's words."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.cloud.conftest import training_request
from tests.integration.cloud.one_state import run, task
from tests.integration.cloud.patches.test_branches import distributed

Client = Callable[[str], Any]
Make = Callable[..., str]
ALL = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
INVOKE = "arn:aws:states:::lambda:invoke"


def history(client: Client, arn: str) -> dict[str, dict[str, Any]]:
    """Run a machine; return the events between entering and leaving its state, with details."""
    ended = run(client, arn)
    found = client("stepfunctions").get_execution_history(executionArn=ended["executionArn"])
    events = [
        event
        for event in found["events"]
        if not event["type"].startswith("Execution") and "State" not in event["type"]
    ]
    assert len({event["type"] for event in events}) == len(events)
    return {event["type"]: details(event) for event in events}


def details(event: dict[str, Any]) -> dict[str, Any]:
    kind = event["type"]
    found: dict[str, Any] = event.get(f"{kind[0].lower()}{kind[1:]}EventDetails", {})
    return found


def test_function_named_by_its_arn_has_events_of_its_own(
    client: Client, one_state: Make, outputs: dict[str, str]
) -> None:
    function = outputs["EchoFunctionArn"]
    told = history(client, one_state(task(function, {"a": 1}), ALL))
    assert list(told) == [
        "LambdaFunctionScheduled",
        "LambdaFunctionStarted",
        "LambdaFunctionSucceeded",
    ]
    assert told["LambdaFunctionScheduled"]["resource"] == function
    assert json.loads(told["LambdaFunctionScheduled"]["input"]) == {"a": 1}
    assert json.loads(told["LambdaFunctionSucceeded"]["output"])["event"] == {"a": 1}


def test_function_that_fails_or_is_late_is_told_with_its_error(
    client: Client, one_state: Make, outputs: dict[str, str]
) -> None:
    function = outputs["EchoFunctionArn"]
    failed = history(client, one_state(task(function, {"raise": "cold"}), ALL))
    assert list(failed)[-1] == "LambdaFunctionFailed"
    assert failed["LambdaFunctionFailed"]["error"] == "TooColdError"
    assert "cold" in failed["LambdaFunctionFailed"]["cause"]
    late = history(client, one_state(task(function, {"sleep": 3}, TimeoutSeconds=1), ALL))
    assert late["LambdaFunctionTimedOut"]["error"] == "States.Timeout"


@pytest.mark.parametrize(
    ("resource", "service", "action", "given"),
    [
        (INVOKE, "lambda", "invoke", {"Payload": {}}),
        ("arn:aws:states:::aws-sdk:s3:listBuckets", "aws-sdk:s3", "listBuckets", {}),
    ],
)
def test_task_of_a_service_names_it_and_is_started(
    client: Client,
    one_state: Make,
    outputs: dict[str, str],
    resource: str,
    service: str,
    action: str,
    given: dict[str, Any],
) -> None:
    if service == "lambda":
        given = given | {"FunctionName": outputs["EchoFunctionArn"]}
    told = history(client, one_state(task(resource, given), ALL))
    assert list(told) == ["TaskScheduled", "TaskStarted", "TaskSucceeded"]
    for each in told.values():
        assert (each["resourceType"], each["resource"]) == (service, action)
    assert json.loads(told["TaskScheduled"]["parameters"]) == given
    assert told["TaskScheduled"]["region"] == "us-east-1"
    assert json.loads(told["TaskSucceeded"]["output"])


def test_job_that_fails_or_is_late_is_told_with_its_action(
    client: Client, bucket: str, one_state: Make, outputs: dict[str, str]
) -> None:
    resource = "arn:aws:states:::sagemaker:createTrainingJob.sync"
    request = training_request("told-failed", bucket, outputs["TrainingRoleArn"])
    bad = request | {"HyperParameters": {"num_round": "none"}}
    told = history(client, one_state(task(resource, bad), ALL))["TaskFailed"]
    assert (told["resourceType"], told["resource"]) == ("sagemaker", "createTrainingJob.sync")
    assert told["error"] == "States.TaskFailed"
    long = request | {
        "TrainingJobName": "told-late",
        "HyperParameters": {"objective": "reg:squarederror", "num_round": "1000000"},
    }
    told = history(client, one_state(task(resource, long, TimeoutSeconds=1), ALL))
    assert told["TaskTimedOut"]["error"] == "States.Timeout"
    assert "TaskFailed" not in told


def test_distributed_map_names_its_map_run(client: Client, bucket: str, one_state: Make) -> None:
    client("s3").put_object(Bucket=bucket, Key="maps/told.json", Body="[1, 2]")
    state = distributed(bucket, "maps/told.json", {"Type": "Pass", "End": True})
    told = history(client, one_state(state, ALL))
    assert list(told) == ["MapRunStarted", "MapRunSucceeded"]
    arn = told["MapRunStarted"]["mapRunArn"]
    found = client("stepfunctions").describe_map_run(mapRunArn=arn)
    assert found["itemCounts"]["succeeded"] == 2


def test_map_run_that_fails_is_told_and_one_without_items_is_none(
    client: Client, bucket: str, one_state: Make
) -> None:
    client("s3").put_object(Bucket=bucket, Key="maps/told.json", Body="[1, 2]")
    fail = {"Type": "Fail", "Error": "Own", "Cause": "why"}
    told = history(client, one_state(distributed(bucket, "maps/told.json", fail), ALL))
    assert list(told) == ["MapRunStarted", "MapRunFailed"]
    assert told["MapRunFailed"]["error"] == "States.ExceedToleratedFailureThreshold"
    unread = distributed(bucket, "maps/absent.json", {"Type": "Pass", "End": True})
    assert history(client, one_state(unread, ALL)) == {}
    first = distributed(bucket, "maps/told.json", {"Type": "Pass", "End": True})
    after = {key: value for key, value in first.items() if key != "End"} | {"Next": "Two"}
    renamed = json.loads(json.dumps(unread).replace('"Item"', '"Other"'))
    told = history(client, one_state(after, ALL, States={"Two": renamed}))
    assert list(told) == ["MapRunStarted", "MapRunSucceeded"]
