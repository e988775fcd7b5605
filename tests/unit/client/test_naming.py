"""Finding the run that a person means."""

from datetime import timedelta

import pytest

from dropforge.client.execution.naming import run_named
from dropforge.client.stack import Stack
from dropforge.errors import RunAmbiguousError, RunUnknownError
from tests.unit.cli.fakes import NOON, fake_stack

EARLY, LATE = "churn-20261122-120000-0a1b2c3d", "churn-20261122-120100-0a1b2c3d"
REFUSED = "other-20261122-130000-00000000"


def stack_with(*names: str) -> Stack:
    """Give each name an execution, a minute after one another; Step Functions' newest first."""
    stack = fake_stack()
    stack.session.states.executions = [
        {"name": name, "startDate": NOON + timedelta(minutes=index), "status": "RUNNING"}
        for index, name in enumerate(names)
    ][::-1]
    return stack


def test_a_beginning_that_one_run_has_is_that_run() -> None:
    stack = stack_with(EARLY, LATE)
    assert run_named(stack, "churn-20261122-1201") == LATE


def test_a_beginning_that_several_have_lists_them_the_newest_first() -> None:
    with pytest.raises(RunAmbiguousError) as caught:
        run_named(stack_with(EARLY, LATE), "churn")
    assert str(caught.value) == (
        f"2 runs begin with 'churn'; give more of the name, or `latest` for the newest of all:\n"
        f"  {LATE}\n  {EARLY}"
    )


def test_a_beginning_that_many_have_lists_ten() -> None:
    names = [f"churn-20261122-1200{n:02}-0a1b2c3d" for n in range(14)]
    with pytest.raises(RunAmbiguousError) as caught:
        run_named(stack_with(*names), "c")
    lines = str(caught.value).splitlines()
    assert lines[1:] == [*(f"  {name}" for name in names[:3:-1]), "  and 4 more"]


def test_a_full_name_goes_before_those_that_begin_with_it() -> None:
    stack = stack_with("mine", "mine-2", "mine-3")
    assert run_named(stack, "mine") == "mine"
    with pytest.raises(RunAmbiguousError):
        run_named(stack, "min")


def test_latest_is_the_newest_of_all_refused_drops_too() -> None:
    stack = stack_with(EARLY, LATE)
    assert run_named(stack, "latest") == LATE
    stack.session.s3.objects[f"runs/{REFUSED}/message.json"] = b"{}"
    assert run_named(stack, "latest") == REFUSED


def test_an_execution_that_is_called_latest_is_meant_by_its_name() -> None:
    assert run_named(stack_with("latest", LATE), "latest") == "latest"


def test_latest_without_runs_says_how_to_make_one() -> None:
    with pytest.raises(RunUnknownError, match="no runs in the stack dropforge yet; `dropforge run"):
        run_named(fake_stack(), "latest")


@pytest.mark.parametrize("given", ["", "no", "Mein Lauf", "x" * 200, "../churn", "churn*"])
def test_what_begins_no_run_is_unknown(given: str) -> None:
    with pytest.raises(RunUnknownError, match="there is no run"):
        run_named(stack_with(EARLY), given)


def test_a_run_in_the_bucket_alone_is_found_by_its_beginning() -> None:
    stack = fake_stack()
    stack.session.s3.objects[f"runs/{REFUSED}/message.json"] = b"{}"
    assert run_named(stack, "oth") == REFUSED
