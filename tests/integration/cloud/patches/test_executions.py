"""Executions of state machines; fails on ministack as it is."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.cloud.conftest import run_machine
from tests.integration.cloud.patches.bus import received, rule_to
from tests.waiting import wait_until

Client = Callable[[str], Any]


def test_start_with_the_same_name_and_input_returns_the_running_execution(
    client: Client, machine: Callable[[dict[str, Any]], str]
) -> None:
    wait = {"Type": "Wait", "Seconds": 2, "End": True}
    arn = machine({"StartAt": "Wait", "States": {"Wait": wait}})
    states = client("stepfunctions")
    first = states.start_execution(stateMachineArn=arn, name="same", input='{"a": 1}')
    second = states.start_execution(stateMachineArn=arn, name="same", input='{"a":1}')
    assert (second["executionArn"], second["startDate"]) == (
        first["executionArn"],
        first["startDate"],
    )
    with pytest.raises(states.exceptions.ExecutionAlreadyExists):
        states.start_execution(stateMachineArn=arn, name="same", input='{"a": 2}')
    wait_until(
        lambda: (
            states.describe_execution(executionArn=first["executionArn"])["status"] == "SUCCEEDED"
        )
    )
    with pytest.raises(states.exceptions.ExecutionAlreadyExists):
        states.start_execution(stateMachineArn=arn, name="same", input='{"a": 1}')


def test_execution_starts_at_once(client: Client, machine: Callable[[dict[str, Any]], str]) -> None:
    arn = machine({"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": True}}})
    states = client("stepfunctions")

    def seconds(name: str) -> float:
        execution = run_machine(states, arn, name)["executionArn"]
        events = states.get_execution_history(executionArn=execution)["events"]
        return float((events[1]["timestamp"] - events[0]["timestamp"]).total_seconds())

    # ministack sleeps for 0.15 s first, so that none of its starts is quicker.
    assert min(seconds(f"at-once-{number}") for number in range(10)) < 0.15


def test_missing_path_is_a_runtime_error_that_nothing_catches(
    client: Client, machine: Callable[[dict[str, Any]], str], outputs: dict[str, str]
) -> None:
    task = {
        "Type": "Task",
        "Resource": outputs["EchoFunctionArn"],
        "Parameters": {"found.$": "$.absent"},
        "Retry": [{"ErrorEquals": ["States.ALL"]}],
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
        "End": True,
    }
    arn = machine({"StartAt": "Do", "States": {"Do": task, "Caught": {"Type": "Succeed"}}})
    ended = run_machine(client("stepfunctions"), arn, "missing")
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")
    assert "'$.absent' specified for the field 'found.$'" in ended["cause"]


def test_choice_on_a_missing_path_is_a_runtime_error(
    client: Client, machine: Callable[[dict[str, Any]], str]
) -> None:
    choice = {
        "Type": "Choice",
        "Choices": [{"Variable": "$.absent", "StringEquals": "x", "Next": "Done"}],
        "Default": "Done",
    }
    arn = machine({"StartAt": "Which", "States": {"Which": choice, "Done": {"Type": "Succeed"}}})
    ended = run_machine(client("stepfunctions"), arn, "missing")
    assert ended["error"] == "States.Runtime"
    guarded = {"Not": {"Variable": "$.absent", "IsPresent": True}, "Next": "Done"}
    choice["Choices"] = [guarded]
    arn = machine({"StartAt": "Which", "States": {"Which": choice, "Done": {"Type": "Succeed"}}})
    assert run_machine(client("stepfunctions"), arn, "guarded")["status"] == "SUCCEEDED"


def test_retry_waits_no_longer_than_its_longest_delay(
    client: Client, machine: Callable[[dict[str, Any]], str], outputs: dict[str, str]
) -> None:
    retry = {
        "ErrorEquals": ["TooColdError"],
        "IntervalSeconds": 30,
        "MaxDelaySeconds": 1,
        "MaxAttempts": 1,
    }
    task = {
        "Type": "Task",
        "Resource": outputs["EchoFunctionArn"],
        "Retry": [retry],
        "End": True,
    }
    arn = machine({"StartAt": "Do", "States": {"Do": task}})
    started = time.monotonic()
    ended = run_machine(client("stepfunctions"), arn, "bounded", '{"raise": "x"}')
    assert ended["error"] == "TooColdError"
    assert 1 <= time.monotonic() - started < 30


def test_state_machine_has_a_time_limit(
    client: Client, machine: Callable[[dict[str, Any]], str], queue: tuple[str, str]
) -> None:
    url, arn = queue
    rule_to(client, "aws.states", {"Arn": arn})
    wait = {"Type": "Wait", "Seconds": 3, "End": True}
    slow = machine({"StartAt": "Wait", "TimeoutSeconds": 1, "States": {"Wait": wait}})
    ended = run_machine(client("stepfunctions"), slow, "limited")
    assert (ended["status"], ended["error"]) == ("TIMED_OUT", "States.Timeout")

    def told() -> Any:
        found = received(client, url)
        return found if found and found["detail"]["status"] == "TIMED_OUT" else None

    assert wait_until(told)["detail"]["name"] == "limited"


# Not patched, but relied on.
def test_retry_count_and_intrinsics_reach_the_parameters(
    client: Client, machine: Callable[[dict[str, Any]], str], outputs: dict[str, str]
) -> None:
    task = {
        "Type": "Task",
        "Resource": outputs["EchoFunctionArn"],
        "Parameters": {
            "raise.$": "States.ArrayGetItem($.texts, $$.State.RetryCount)",
        },
        "Retry": [{"ErrorEquals": ["TooColdError"], "IntervalSeconds": 1, "MaxAttempts": 1}],
        "End": True,
    }
    arn = machine({"StartAt": "Do", "States": {"Do": task}})
    ended = run_machine(client("stepfunctions"), arn, "counted", '{"texts": ["first", ""]}')
    assert ended["status"] == "SUCCEEDED", ended.get("cause")
