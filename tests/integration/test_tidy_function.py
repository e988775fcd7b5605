"""TidyFunction from its event to its answer."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

from pipeline.errors import TidyError
from tests.integration.conftest import Context
from tests.unit.tidy.fake_services import SageMaker, StepFunctions, fault

NOW = datetime.now(UTC)


class Longer(Context):
    """An invocation that has begun just now."""

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 900_000


class Late(Context):
    """An invocation that is about to be cut off."""

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 80_000


@pytest.fixture
def tidy(load: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("STACK_NAME", "dropforge")
    monkeypatch.setenv("STATE_MACHINE_ARNS", "arn:train,arn:score")
    monkeypatch.setenv("MODEL_RETENTION_IN_DAYS", "30")
    module: Any = load("tidy")
    module.sagemaker, module.sfn = SageMaker(), StepFunctions(score=["busy"])
    for name, days in {"month": 31, "week": 8, "busy": 40, "busy-r1-c": 40}.items():
        module.sagemaker.add(name, made=NOW - timedelta(days=days))
    found: ModuleType = module
    return found


@pytest.mark.parametrize(
    ("name", "models"),
    [("tidy-schedule", ["month"]), ("tidy-trial", ["month", "week"])],
)
def test_answer_names_what_went_or_would_go(
    tidy: Any, event: Callable[[str], dict[str, Any]], name: str, models: list[str]
) -> None:
    given = event(name)
    trial = given.get("trial", False)
    answer = tidy.handler(given, Longer())
    assert answer == {"trial": trial, "count": len(models), "models": models, "kept": 0}
    assert ("month" in tidy.sagemaker.models) is trial
    assert {"busy", "busy-r1-c", "week"} <= set(tidy.sagemaker.models)


def test_models_that_are_kept_for_ever_are_not_even_listed(
    tidy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODEL_RETENTION_IN_DAYS", "0")
    assert tidy.handler({"trigger": "schedule"}, Longer())["count"] == 0
    assert tidy.sagemaker.calls == []


def test_function_fails_if_a_model_could_not_be_deleted_after_all_others_were(tidy: Any) -> None:
    tidy.sagemaker.faults["DeleteModel", "month"] = fault("DeleteModel", "AccessDeniedException")
    with pytest.raises(TidyError, match=r"month: .*deleted: 1\."):
        tidy.handler({"older_than_days": 1}, Longer())
    assert sorted(tidy.sagemaker.models) == ["busy", "busy-r1-c", "month"]


def test_function_that_has_no_time_left_deletes_nothing_and_says_so(tidy: Any) -> None:
    with pytest.raises(TidyError, match="want of time: 1 SageMaker model; deleted: 0"):
        tidy.handler({}, Late())
    assert len(tidy.sagemaker.models) == 4
