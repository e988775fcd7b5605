"""Models go when they are old, this stack's, and needed by nothing; and nothing else goes."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ConnectTimeoutError

from pipeline.errors import TidyError
from pipeline.run_names import run_of_execution
from tests.unit.tidy.fake_services import (
    BEFORE,
    OLD,
    YOUNG,
    SageMaker,
    StepFunctions,
    fault,
)
from tidy.models import Stack, Tidied, check, tidy

MACHINES = ("arn:train", "arn:score")
STACK = Stack("dropforge", MACHINES)
RUN = "churn-20260102-030405-0a1b2c3d"


@pytest.fixture
def sagemaker() -> SageMaker:
    return SageMaker()


def tidied(
    sagemaker: SageMaker,
    sfn: StepFunctions | None = None,
    *,
    seconds: Callable[[], float] = lambda: 900.0,
    trial: bool = False,
) -> Tidied:
    return tidy(sagemaker, sfn or StepFunctions(), STACK, BEFORE, seconds, trial=trial)


def test_old_models_of_this_stack_go_and_all_others_stay(sagemaker: SageMaker) -> None:
    for name in (RUN, f"{RUN}-r2", f"{RUN}-r2-c", "by-hand-started"):
        sagemaker.add(name)
    kept = {
        "young": ("dropforge", YOUNG),
        "just-so": ("dropforge", BEFORE),
        "of-a-stack-that-begins-alike": ("dropforge-dev", OLD),
        "of-a-stack-that-ends-alike": ("my-dropforge", OLD),
        "of-a-stack-in-capitals": ("Dropforge", OLD),
        "made-by-hand": (None, OLD),
    }
    for name, (stack, made) in kept.items():
        sagemaker.add(name, stack, made)
    done = tidied(sagemaker)
    assert set(sagemaker.models) == set(kept)
    assert sorted(done.deleted) == sorted([RUN, f"{RUN}-r2", f"{RUN}-r2-c", "by-hand-started"])
    assert (done.kept, done.failed, done.late) == ([], {}, 0)
    # Of young ones not even the tags are asked for.
    assert not [call for call in sagemaker.calls if "young" in call or "just-so" in call]
    again = tidied(sagemaker)
    assert again == Tidied()


@pytest.mark.parametrize("machine", ["train", "score"])
def test_models_of_a_run_that_goes_on_stay(sagemaker: SageMaker, machine: str) -> None:
    own = [RUN, f"{RUN}-r1", f"{RUN}-r29-v", f"{RUN}-d"]
    # Names that go on, or begin, as the run's do.
    others = [f"{RUN}-r1-r1", f"{RUN}-x", f"a-{RUN}", RUN[:-1]]
    for name in [*own, *others]:
        sagemaker.add(name)
    tidied(sagemaker, StepFunctions(**{machine: ["other-1", "another-2", RUN]}))
    assert sorted(sagemaker.models) == sorted(own)


def test_run_of_an_execution_with_any_name_keeps_its_models(sagemaker: SageMaker) -> None:
    execution = "Größte Datei (neu).csv"
    sagemaker.add(f"{run_of_execution(execution)}-r1")
    tidied(sagemaker, StepFunctions(train=[execution]))
    assert sagemaker.models


def test_models_of_endpoint_configurations_stay(sagemaker: SageMaker) -> None:
    for name in ("served", "shadow", "second", "free"):
        sagemaker.add(name)
    sagemaker.configs = {
        "of-components": {"ProductionVariants": [{"VariantName": "a"}]},
        "gone": {},
        "one": {"ProductionVariants": [{"ModelName": "served"}, {"ModelName": "second"}]},
        "two": {
            "ProductionVariants": [{"ModelName": "of-others"}],
            "ShadowProductionVariants": [{"ModelName": "shadow"}],
        },
    }
    sagemaker.faults["DescribeEndpointConfig", "gone"] = fault(
        "DescribeEndpointConfig", "ValidationException", "Could not find endpoint configuration"
    )
    done = tidied(sagemaker)
    assert sorted(done.kept) == ["second", "served", "shadow"]
    assert done.deleted == ["free"]
    assert sorted(sagemaker.models) == ["second", "served", "shadow"]
    check(done)


@pytest.mark.parametrize(
    "where",
    [
        ("ListModels", ""),
        ("ListEndpointConfigs", ""),
        ("DescribeEndpointConfig", "one"),
        ("ListExecutions", ""),
    ],
)
@pytest.mark.parametrize(
    "error", [fault("It", "AccessDeniedException"), ConnectTimeoutError(endpoint_url="x")]
)
def test_nothing_is_deleted_if_it_is_not_known_what_is_needed(
    sagemaker: SageMaker, where: tuple[str, str], error: Exception
) -> None:
    sagemaker.add("one")
    sagemaker.configs["one"] = {}
    sfn = StepFunctions()
    if where[0] == "ListExecutions":
        sfn.error = error
    sagemaker.faults[where] = error
    with pytest.raises(TidyError, match="no SageMaker model was deleted, since") as caught:
        tidied(sagemaker, sfn)
    assert str(error) in str(caught.value)
    assert list(sagemaker.models) == ["one"]


@pytest.mark.parametrize("operation", ["DeleteModel", "ListTags"])
@pytest.mark.parametrize(
    ("error", "says"),
    [
        (fault("It", "AccessDeniedException", "you may not"), "you may not"),
        (fault("It", "AccessDeniedException", "the role does not exist"), "does not exist"),
        (fault("It", "ThrottlingException", "Rate exceeded"), "Rate exceeded"),
        (fault("It", "ValidationException", "1 validation error"), "1 validation error"),
        (ConnectTimeoutError(endpoint_url="x"), "Connect timeout"),
    ],
)
def test_model_that_fails_stops_no_other_and_is_named(
    sagemaker: SageMaker, operation: str, error: Exception, says: str
) -> None:
    for number in range(5):
        sagemaker.add(f"m{number}")
    sagemaker.faults[operation, "m2"] = error
    done = tidied(sagemaker)
    assert list(sagemaker.models) == ["m2"]
    with pytest.raises(TidyError, match=r"1 SageMaker model \(m2: .*deleted: 4\.") as caught:
        check(done)
    assert says in str(caught.value)
    sagemaker.faults.clear()
    check(tidied(sagemaker))
    assert not sagemaker.models


@pytest.mark.parametrize("operation", ["DeleteModel", "ListTags"])
def test_model_that_somebody_else_deleted_meanwhile_is_no_failure(
    sagemaker: SageMaker, operation: str
) -> None:
    sagemaker.add("gone")
    sagemaker.add("here")
    sagemaker.faults[operation, "gone"] = fault(
        operation, "ValidationException", 'Could not find model "arn"'
    )
    done = tidied(sagemaker)
    check(done)
    assert done.deleted == ["here"]


def test_trial_deletes_nothing_and_names_what_would_go(sagemaker: SageMaker) -> None:
    sagemaker.add("one")
    sagemaker.add("other", "else")
    assert tidied(sagemaker, trial=True).deleted == ["one"]
    assert len(sagemaker.models) == 2


def test_no_old_model_takes_a_single_call(sagemaker: SageMaker) -> None:
    sagemaker.add("young", made=YOUNG)
    tidied(sagemaker)
    assert sagemaker.calls == ["ListModels"]


def test_old_models_of_others_alone_take_no_look_at_endpoints(sagemaker: SageMaker) -> None:
    sagemaker.add("other", "else")
    tidied(sagemaker)
    assert sagemaker.calls == ["ListModels", "ListTags other"]


def test_thousand_models_take_two_calls_each(sagemaker: SageMaker) -> None:
    for number in range(1000):
        sagemaker.add(f"m{number}")
    done = tidied(sagemaker)
    assert len(done.deleted) == 1000
    assert not sagemaker.models
    assert len(sagemaker.calls) == 2 * 1000 + 2


@pytest.mark.parametrize("after", [3, 14])
def test_what_there_is_no_time_for_is_counted_and_left(sagemaker: SageMaker, after: int) -> None:
    for number in range(10):
        sagemaker.add(f"m{number}")
    left = iter([900.0] * after + [60.0] * 100)
    done = tidied(sagemaker, seconds=lambda: next(left))
    # Three were asked for their tags, or all, and four of them deleted.
    assert (len(done.deleted), done.late) == ((0, 10) if after == 3 else (4, 6))
    with pytest.raises(TidyError, match=f"want of time: {done.late} SageMaker models"):
        check(done)
    tidied(sagemaker)
    assert not sagemaker.models


def test_many_failures_are_counted_and_the_first_are_named() -> None:
    failed = {f"m{number}": fault("DeleteModel", "AccessDeniedException") for number in range(1200)}
    with pytest.raises(TidyError, match=r"1,200 SageMaker models \(m0: .*; and 1,195 more\)"):
        check(Tidied(deleted=["a"], failed=dict(failed)))
