"""A person's turn: while a promotion or a rollback is made, no run registers its model."""

import json
from typing import Any

import pytest

from dropforge.client.registry import turn
from dropforge.client.registry.model_registry import promote, rollback
from dropforge.client.stack import Stack
from dropforge.errors import RegistryError
from pipeline import turns
from tests.unit.cli.fakes import BUCKET, RUN, fake_stack, finished_run, refused

TURN = "turns/churn.json"


@pytest.fixture
def stack() -> Stack:
    return fake_stack()


def taken_by_third(stack: Stack, status: str) -> None:
    stack.session.states.executions = [
        {"name": "third", "executionArn": "arn:third", "status": status}
    ]
    turns.take(stack.session.s3, BUCKET, "churn", "run third", "arn:third", lambda _arn: False)


def test_promote_and_rollback_have_the_turn_and_give_it_back(stack: Stack) -> None:
    sagemaker, s3 = stack.session.sagemaker, stack.session.s3
    finished_run(stack)
    sagemaker.add("other", "Approved")
    sagemaker.models[RUN] = {"PrimaryContainer": {"Image": "i", "ModelDataUrl": "s3://drops/m"}}
    held: list[str] = []

    def noting(change: Any) -> Any:
        def changed(**request: Any) -> Any:
            held.append(json.loads(s3.objects[TURN]).get("name", ""))
            return change(**request)

        return changed

    sagemaker.create_model_package = noting(sagemaker.create_model_package)
    sagemaker.update_model_package = noting(sagemaker.update_model_package)
    promote(stack, RUN)
    rollback(stack, "churn")
    assert [name.rpartition(" (")[0] for name in held] == [
        f"dropforge promote {RUN}",
        "dropforge rollback",
    ]
    assert s3.objects[TURN] == b"{}"


def test_rollback_waits_for_the_run_that_registers(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    sagemaker, waits = stack.session.sagemaker, list[float]()
    sagemaker.add("first", "Approved")
    sagemaker.add("second", "Approved")
    taken_by_third(stack, "RUNNING")

    def pause(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            sagemaker.add("third", "Approved")
            turns.give_back(stack.session.s3, BUCKET, "churn", "run third")

    monkeypatch.setattr(turn.time, "sleep", pause)
    change = rollback(stack, "churn")
    assert len(waits) == 2
    assert (change.package.rsplit("/", 1)[1], change.champion.run) == ("3", "second")


def test_rollback_gives_up_on_a_turn_that_does_not_end(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.session.sagemaker.add("first", "Approved")
    taken_by_third(stack, "RUNNING")
    monkeypatch.setattr(turn, "WAIT_SECONDS", 0.0)
    monkeypatch.setattr(turn.time, "sleep", lambda _seconds: None)
    with pytest.raises(RegistryError, match=r"by run third since .*after 0 s; try again"):
        rollback(stack, "churn")


def test_rollback_takes_over_the_turn_of_a_run_that_ended(stack: Stack) -> None:
    stack.session.sagemaker.add("first", "Approved")
    stack.session.sagemaker.add("second", "Approved")
    taken_by_third(stack, "ABORTED")
    assert rollback(stack, "churn").champion.run == "first"


def test_promote_without_the_right_to_write_to_the_bucket_goes_without_the_turn(
    stack: Stack,
) -> None:
    finished_run(stack)
    stack.session.sagemaker.add(RUN, "PendingManualApproval")

    def denied(**_request: Any) -> None:
        raise refused("AccessDenied", "PutObject")

    stack.session.s3.put_object = denied
    assert promote(stack, RUN).action == "approved"
