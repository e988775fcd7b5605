from datetime import UTC, datetime
from typing import Any

import pytest

from notify import ending

STOPPED = 1767323345678
DESCRIPTION = {
    "executionArn": "arn:aws:states:eu-west-1:123456789012:execution:train:churn-1",
    "name": "churn-1",
    "input": '{"bucket": "b", "key": "inbox/churn/a.csv"}',
    "startDate": datetime(2026, 1, 2, tzinfo=UTC),
}
FAILED = {"status": "FAILED", "stopDate": STOPPED, "error": "E", "cause": "C", "output": None}
SUCCEEDED = {"status": "SUCCEEDED", "stopDate": STOPPED, "error": None, "cause": None}


def ended(description: dict[str, Any], detail: dict[str, Any]) -> ending.Ending:
    return ending.of_execution(ending.as_it_ended({**DESCRIPTION, **description}, detail))


@pytest.mark.parametrize(
    "ahead",
    [
        {"status": "RUNNING"},
        {"status": "SUCCEEDED", "output": '{"verdict": "approved"}'},
        {"status": "FAILED", "error": "Later", "cause": "later"},
    ],
)
def test_as_it_ended_of_an_execution_redriven_since_tells_the_earlier_ending(
    ahead: dict[str, Any],
) -> None:
    first = ended(ahead, FAILED)
    assert (first.status, first.error, first.cause, first.result) == ("FAILED", "E", "C", None)
    assert first.ended == "2026-01-02T03:09:05.678+00:00"


def test_as_it_ended_of_a_stop_without_a_cause_takes_none_of_a_later_ending() -> None:
    ahead = {"status": "FAILED", "error": "Later", "cause": "later"}
    stopped = ended(ahead, {**FAILED, "status": "ABORTED", "error": None, "cause": None})
    assert (stopped.error, stopped.cause) == (None, None)


def test_as_it_ended_of_a_description_that_lags_takes_the_result_of_the_event() -> None:
    detail = {**SUCCEEDED, "output": '{"verdict": "approved"}'}
    assert ended({"status": "RUNNING"}, detail).result == {"verdict": "approved"}


def test_as_it_ended_of_an_event_too_large_takes_the_result_of_the_description() -> None:
    description = {"status": "SUCCEEDED", "output": '{"verdict": "approved"}'}
    assert ended(description, {**SUCCEEDED, "output": None}).result == {"verdict": "approved"}


@pytest.mark.parametrize(
    ("given", "dataset"),
    [
        ('{"dataset": "wine", "key": "inbox/churn/a.csv"}', "wine"),
        ('{"key": "inbox/churn/a.csv"}', "churn"),
        ('{"key": "elsewhere/Wine.csv"}', "wine"),
        ("{}", "sample"),
        (None, "sample"),
    ],
)
def test_of_execution_without_a_dataset_takes_the_keys(given: str | None, dataset: str) -> None:
    assert ended({"status": "FAILED", "input": given}, FAILED).dataset == dataset


@pytest.mark.parametrize(
    ("detail", "dataset"),
    [
        ({"object": {"key": "inbox/churn/churn.csv"}, "bucket": {"name": "b"}}, "churn"),
        ({}, "schedule"),
    ],
)
def test_of_lost_drop_names_the_drops_dataset(detail: dict[str, Any], dataset: str) -> None:
    record = {"requestPayload": {"id": "1", "detail": detail}, "requestContext": {}}
    lost = ending.of_lost_drop(record)
    assert (lost.dataset, lost.step) == (dataset, "TriggerFunction")


def test_with_cause_of_child_keeps_all_else() -> None:
    general = ended({"status": "FAILED"}, FAILED)
    told = ending.with_cause_of_child(general, {"error": "MemoryError", "cause": None})
    assert (told.error, told.cause, told.ended) == ("MemoryError", "C", general.ended)
