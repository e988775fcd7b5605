"""Distributed Map and Parallel: children, items, and the order of events."""

import json
import time
from collections.abc import Callable
from typing import Any

from tests.integration.cloud.one_state import run

Client = Callable[[str], Any]


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
    client: Client, bucket: str, one_state: Callable[..., str], outputs: dict[str, str]
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
    ended = run(client, one_state(state, [own, read]))
    assert json.loads(ended["output"]) == items
    unread = run(client, one_state(state, [own]))
    assert unread["error"] == "States.ItemReaderFailed"
    assert "s3:GetObject" in unread["cause"]
    unstarted = run(client, one_state(state, [read]))
    assert "states:StartExecution" in unstarted["cause"]


def test_failing_child_fails_the_map_by_the_threshold(
    client: Client, bucket: str, one_state: Callable[..., str]
) -> None:
    client("s3").put_object(Bucket=bucket, Key="maps/two.json", Body="[1, 2]")
    state = distributed(bucket, "maps/two.json", {"Type": "Fail", "Error": "Own", "Cause": "why"})
    everything = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
    ended = run(client, one_state(state, everything))
    assert ended["error"] == "States.ExceedToleratedFailureThreshold"


def test_event_names_the_one_before_it_in_its_branch(
    client: Client, one_state: Callable[..., str]
) -> None:
    def branch(name: str, seconds: int) -> dict[str, Any]:
        wait = {"Type": "Wait", "Seconds": seconds, "Next": f"{name} done"}
        done = {"Type": "Pass", "End": True}
        return {"StartAt": name, "States": {name: wait, f"{name} done": done}}

    both = {"Type": "Parallel", "Branches": [branch("A", 1), branch("B", 0)], "End": True}
    ended = run(client, one_state(both, []))
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


def parallel(*branches: dict[str, Any], **fields: Any) -> dict[str, Any]:
    machines = [{"StartAt": next(iter(branch)), "States": branch} for branch in branches]
    return {"Type": "Parallel", "Branches": machines} | (fields or {"End": True})


def test_branch_that_fails_ends_the_others(client: Client, one_state: Callable[..., str]) -> None:
    slow = {
        "Slow": {"Type": "Wait", "Seconds": 4, "Next": "Too late"},
        "Too late": {"Type": "Fail", "Error": "Late"},
    }
    quick = {"Quick": {"Type": "Fail", "Error": "Own", "Cause": "why"}}
    caught = {
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "After"}],
        "Next": "After",
    }
    after = {"After": {"Type": "Wait", "Seconds": 6, "End": True}}
    machine = one_state(parallel(slow, quick, **caught), [], States=after)
    started = time.monotonic()
    ended = run(client, machine)
    assert time.monotonic() - started < 9
    assert json.loads(ended["output"]) == {"error": {"Error": "Own", "Cause": "why"}}
    history = client("stepfunctions").get_execution_history(executionArn=ended["executionArn"])
    names = [
        event["stateEnteredEventDetails"]["name"]
        for event in history["events"]
        if "stateEnteredEventDetails" in event
    ]
    assert sorted(names) == ["After", "One", "Quick", "Slow"]
