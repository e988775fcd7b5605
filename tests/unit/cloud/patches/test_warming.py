"""Functions that start before an execution calls them."""

import json
import threading
from typing import Any

import pytest
from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from dropforge.cloud.patches.stepfunctions import warming

ARN = "arn:aws:lambda:us-east-1:000000000000:function:"


def test_functions_are_those_that_states_name_those_of_most_states_first() -> None:
    definition = {
        "A": {"Resource": f"{ARN}once"},
        "B": {"Resource": f"{ARN}twice"},
        "C": {"Parameters": {"FunctionName": f"{ARN}twice"}},
        "D": {"Resource": f"{ARN}of-a-version:3"},
        "E": {"Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync"},
    }
    assert warming.functions_of(json.dumps(definition)) == ["twice", "once"]


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the functions of which a worker is started, of those called a to d."""
    found: list[str] = []
    functions = {
        name: {"config": {"FunctionName": name, "FunctionArn": f"{ARN}{name}"}, "code_zip": b"z"}
        for name in "abcd"
    }
    functions["b"]["code_zip"] = b""

    def begin(worker: str) -> None:
        found.append(worker)
        if worker == "a":
            raise RuntimeError("Worker process exited immediately")

    monkeypatch.setattr(lambda_svc, "_functions", functions)
    monkeypatch.setattr(lambda_runtime, "_workers", {})
    monkeypatch.setattr(lambda_runtime, "get_or_create_worker", lambda name, *_: name)
    monkeypatch.setattr(lambda_runtime, "ensure_spawned", begin)
    return found


def test_one_that_does_not_start_keeps_no_other_from_it(begun: list[str]) -> None:
    warming.start(["a", "b", "c", "gone", "d"])
    assert begun == ["a", "c", "d"]


def test_one_that_has_a_worker_gets_no_other(
    begun: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(lambda_runtime._workers, "000000000000:us-east-1:c:$LATEST", ["busy"])
    warming.start(["c", "d"])
    assert begun == ["d"]


def test_executions_that_start_at_once_start_one_worker(
    begun: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    going, go_on = threading.Event(), threading.Event()

    def begin(worker: str) -> None:
        begun.append(worker)
        going.set()
        assert go_on.wait(10)

    monkeypatch.setattr(lambda_runtime, "ensure_spawned", begin)
    first = threading.Thread(target=warming.start, args=(["c"],))
    first.start()
    assert going.wait(10)
    warming.start(["c", "d"])
    go_on.set()
    first.join()
    assert begun == ["c"]
    warming.start(["d"])
    assert begun == ["c", "d"]


def test_execution_that_is_gone_starts_nothing(begun: list[str]) -> None:
    before: Any = threading.active_count()
    warming.warm_up("arn:aws:states:us-east-1:000000000000:execution:gone:gone")
    assert threading.active_count() == before
    assert not begun
