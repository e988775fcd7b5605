"""FilterLogEvents over streams and pages; fails on ministack as it is."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

START = 1_790_000_000_000


@pytest.fixture
def logs(client: Callable[[str], Any]) -> Any:
    return client("logs")


@pytest.fixture
def group(logs: Any) -> str:
    """Two streams of one job and one of another, their events by turns, two at the same time."""
    name = uuid.uuid4().hex
    logs.create_log_group(logGroupName=name)
    for number, stream in enumerate(("job-1/algo-1", "job-1/algo-2", "job-10/algo-1")):
        logs.create_log_stream(logGroupName=name, logStreamName=stream)
        logs.put_log_events(
            logGroupName=name,
            logStreamName=stream,
            logEvents=[
                {"timestamp": START + minute * 10 + number % 2, "message": f"{stream} {minute}"}
                for minute in range(3)
            ],
        )
    return name


def messages(logs: Any, group: str, **given: Any) -> list[str]:
    found = logs.filter_log_events(logGroupName=group, **given)
    assert "nextToken" not in found
    return [event["message"] for event in found["events"]]


def test_prefix_of_stream_names_leaves_others_out(logs: Any, group: str) -> None:
    assert messages(logs, group, logStreamNamePrefix="job-1/") == [
        f"job-1/algo-{host} {minute}" for minute in range(3) for host in (1, 2)
    ]
    assert messages(logs, group, logStreamNamePrefix="job-2") == []


def test_stream_names_are_those_alone(logs: Any, group: str) -> None:
    found = messages(logs, group, logStreamNames=["job-10/algo-1"], interleaved=True)
    assert found == [f"job-10/algo-1 {minute}" for minute in range(3)]


def test_times_are_included_at_both_ends(logs: Any, group: str) -> None:
    found = messages(logs, group, startTime=START + 1, endTime=START + 10)
    assert found == ["job-1/algo-2 0", "job-1/algo-1 1", "job-10/algo-1 1"]


@pytest.mark.parametrize("size", [1, 2, 4, 9])
def test_pages_hold_every_event_once_in_order(logs: Any, group: str, size: int) -> None:
    pages = list(
        logs.get_paginator("filter_log_events").paginate(
            logGroupName=group, PaginationConfig={"PageSize": size}
        )
    )
    assert all(len(page["events"]) == size for page in pages[:-1])
    paged = [event["message"] for page in pages for event in page["events"]]
    assert paged == messages(logs, group)
    assert len(set(paged)) == 9


def test_pages_of_a_pattern_skip_what_does_not_match(logs: Any, group: str) -> None:
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=group, filterPattern='"algo-2"', PaginationConfig={"PageSize": 1}
    )
    found = [event["message"] for page in pages for event in page["events"]]
    assert found == [f"job-1/algo-2 {minute}" for minute in range(3)]


def test_names_and_prefix_together_or_a_bad_token_are_refused(logs: Any, group: str) -> None:
    for given in (
        {"logStreamNames": ["job-1/algo-1"], "logStreamNamePrefix": "job"},
        {"nextToken": "odd"},
    ):
        with pytest.raises(ClientError, match="InvalidParameterException"):
            logs.filter_log_events(logGroupName=group, **given)
