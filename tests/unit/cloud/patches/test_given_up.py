"""A branch that nobody waits for any more goes no further, and nobody hears of it."""

import threading
from typing import Any

import pytest

from dropforge.cloud.patches.stepfunctions import branches
from dropforge.cloud.patches.stepfunctions.history import log_delivery, previous_events
from dropforge.cloud.patches.stepfunctions.state_machine_role import gives_up_at, is_given_up


def test_given_up_is_what_any_of_those_around_gives_up() -> None:
    branch, task = threading.Event(), threading.Event()
    with gives_up_at(branch), gives_up_at(task):
        assert not is_given_up()
        branch.set()
        assert is_given_up()
    assert not is_given_up()


def test_branch_that_is_given_up_enters_no_state() -> None:
    from ministack.services import stepfunctions as states

    failed = threading.Event()
    failed.set()
    execution: dict[str, Any] = {"executionArn": "a", "events": []}
    machine = {"A": {"Type": "Pass", "End": True}}
    with (
        gives_up_at(failed),
        pytest.raises(states._ExecutionError, match="Another branch has failed"),
    ):
        branches._run_sub_machine(machine, "A", {}, execution, {})
    assert execution["events"] == []


def test_event_of_a_branch_that_is_given_up_is_not_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    logged: list[str] = []
    monkeypatch.setattr(log_delivery, "deliver", lambda _, event: logged.append(event["type"]))
    failed = threading.Event()
    execution: dict[str, Any] = {"executionArn": "b", "events": []}
    with gives_up_at(failed):
        previous_events._add_event(execution, "TaskScheduled")
        failed.set()
        previous_events._add_event(execution, "TaskFailed")
    assert [event["type"] for event in execution["events"]] == ["TaskScheduled"]
    assert logged == ["TaskScheduled"]
