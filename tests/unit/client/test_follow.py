"""Following a run to its message."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from dropforge.client.execution.follow import Clock, follow
from dropforge.client.execution.history import Timeline
from dropforge.client.stack import Stack
from dropforge.errors import FollowTimeoutError
from tests.unit.cli.fakes import RUN, History, fake_stack, message, succeeded


class Ticking(Clock):
    """A clock on which only sleeping takes time; `at` calls back at a second."""

    def __init__(self, at: dict[float, Any] | None = None) -> None:
        self.time = 0.0
        self.at = at or {}
        super().__init__(now=lambda: self.time, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.time += seconds
        for due in [second for second in self.at if second <= self.time]:
            self.at.pop(due)()


def put_message(stack: Stack, **more: Any) -> None:
    stack.session.s3.objects[f"runs/{RUN}/message.json"] = json.dumps(message(**more)).encode()


def quiet(_timeline: Timeline) -> None:
    return None


def test_follow_shows_each_state_and_returns_the_message() -> None:
    stack = fake_stack()
    events = succeeded("Plan data", "Evaluate")
    stack.session.states.script = [events[:2], events[2:4], events[4:]]
    put_message(stack)
    seen: list[int] = []
    followed = follow(
        stack, RUN, lambda known: seen.append(len(known.visits)), limit=60, clock=Ticking()
    )
    assert followed.message["verdict"] == "approved"
    assert seen == [1, 2, 2]


def test_follow_does_not_take_a_message_that_is_still_being_sent() -> None:
    stack = fake_stack()
    stack.session.states.history = succeeded("Evaluate")
    put_message(stack, sent=None)
    clock = Ticking({3.0: lambda: put_message(stack)})
    followed = follow(stack, RUN, quiet, limit=60, clock=clock)
    assert followed.message["sent"] == ["sns"]
    assert clock.time >= 3.0


def told_by(stack: Stack, clock: Ticking, at: float) -> tuple[Stack, list[Mapping[str, str]]]:
    """Return the stack in a cloud that says at once when there is a message, and its calls."""
    calls: list[Mapping[str, str]] = []

    def ask(question: str, given: Mapping[str, str]) -> dict[str, Any] | None:
        if question != "told":
            return None
        calls.append(given)
        clock.time += min(float(given["seconds"]), max(0.0, at - clock.time))
        if clock.time >= at:
            put_message(stack)
        return {"told": clock.time >= at}

    return replace(stack, ask=ask), calls


def test_follow_in_the_local_cloud_ends_as_soon_as_there_is_a_message() -> None:
    clock = Ticking()
    stack, calls = told_by(fake_stack(), clock, at=10.123)
    stack.session.states.history = succeeded("Evaluate")
    put_message(stack, sent=None)
    follow(stack, RUN, quiet, limit=60, clock=clock)
    assert clock.time == 10.123
    assert calls[0]["key"] == f"runs/{RUN}/message.json"


def test_follow_of_an_execution_that_goes_on_after_its_message_is_no_busy_loop() -> None:
    clock = Ticking()
    stack, calls = told_by(fake_stack(), clock, at=0.0)
    stack.session.states.history = succeeded("Evaluate")[:2]
    put_message(stack)
    with pytest.raises(FollowTimeoutError, match="no result after 60 s"):
        follow(stack, RUN, quiet, limit=60, clock=clock)
    assert len(calls) == 1


def test_follow_in_a_cloud_that_cannot_say_so_looks_again() -> None:
    clock = Ticking({3.0: lambda: put_message(stack)})
    stack = replace(fake_stack(), ask=lambda *_: None)
    stack.session.states.history = succeeded("Evaluate")
    follow(stack, RUN, quiet, limit=60, clock=clock)
    assert 3.0 <= clock.time < 4.0


def test_follow_of_a_drop_refused_before_an_execution_returns_its_message() -> None:
    stack = fake_stack()
    put_message(stack, verdict="rejected_input")
    followed = follow(stack, RUN, quiet, limit=60, clock=Ticking())
    assert followed.message["verdict"] == "rejected_input"
    assert followed.timeline.status is None


def test_follow_of_a_run_that_never_starts_gives_up_after_a_minute_without_a_sign() -> None:
    with pytest.raises(FollowTimeoutError, match="not start: for 60 s nothing was seen of it"):
        follow(fake_stack(), RUN, quiet, limit=3600, clock=Ticking())


def test_follow_of_a_run_that_ends_without_a_message_gives_up_and_names_its_status() -> None:
    stack = fake_stack()
    stack.session.states.history = succeeded("Evaluate")
    with pytest.raises(FollowTimeoutError, match="ended SUCCEEDED, but no message came"):
        follow(stack, RUN, quiet, limit=3600, clock=Ticking())


def test_follow_past_its_limit_names_the_state_the_run_is_in() -> None:
    stack, history = fake_stack(), History()
    stack.session.states.history = [history.event("ExecutionStarted"), history.enter("Train")]
    with pytest.raises(FollowTimeoutError, match="is in 'Train' and has no result after 100 s"):
        follow(stack, RUN, quiet, limit=100, clock=Ticking())


def test_follow_past_a_short_limit_does_not_take_the_run_for_lost() -> None:
    with pytest.raises(FollowTimeoutError, match=r"has not started .* after 1 s") as caught:
        follow(fake_stack("dev"), RUN, quiet, limit=1, clock=Ticking())
    assert (caught.value.run, caught.value.env, caught.value.goes_on) == (RUN, "dev", True)


def test_follow_on_aws_looks_less_often_than_locally() -> None:
    looks = {}
    for name in ("local", "dev"):
        stack, history = fake_stack(name), History()
        stack.session.states.history = [history.event("ExecutionStarted"), history.enter("Train")]
        with pytest.raises(FollowTimeoutError):
            follow(stack, RUN, quiet, limit=100, clock=Ticking())
        looks[name] = len(stack.session.states.queries)
    assert looks["dev"] < 25 < looks["local"]
