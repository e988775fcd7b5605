"""Follows a run from the drop to its message."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dropforge.client.errors import FollowTimeoutError
from dropforge.client.history import Timeline, count_items, update
from dropforge.client.stack import Stack
from pipeline import layout

Message = dict[str, Any]


@dataclass(frozen=True)
class Patience:
    """How often to look and how long to wait, all in seconds.

    Parameters
    ----------
    first, growth, longest : the pause between two looks and how it grows.
    start : from the drop to the start of its execution, or its refusal.
    message : from the end of the execution to its message.
    """

    first: float
    growth: float
    longest: float
    start: float
    message: float


# The local cloud answers in milliseconds; on AWS a look costs a call of a quota that all share,
# and events of S3 usually take seconds, at times a minute.
LOCALLY = Patience(first=0.1, growth=1.1, longest=0.5, start=60, message=60)
ON_AWS = Patience(first=1, growth=1.2, longest=10, start=300, message=300)


@dataclass
class Clock:
    """Time as following needs it; tests have their own."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass
class Followed:
    """A run that ended."""

    message: Message
    timeline: Timeline


@dataclass
class _Watch:
    """What following keeps in mind between two looks."""

    began: float
    timeline: Timeline = field(default_factory=Timeline)
    over_since: float | None = None


def follow(
    stack: Stack,
    run: str,
    show: Callable[[Timeline], None],
    *,
    limit: float,
    clock: Clock | None = None,
) -> Followed:
    """Wait until a run's message lies in the bucket.

    Parameters
    ----------
    show : called with what is known, at each look.
    limit : seconds after which to give up; the run itself goes on.

    Raises
    ------
    FollowTimeoutError
        No sign of a start, no message after the end, or the limit is over; the
        message says what is known.
    """
    clock = clock or Clock()
    patience = LOCALLY if stack.environment.is_local else ON_AWS
    watch = _Watch(clock.now())
    pause, known = patience.first, 0
    while True:
        exists = update(watch.timeline, stack.client("stepfunctions"), stack.execution_arn(run))
        count_items(watch.timeline, stack.client("stepfunctions"))
        show(watch.timeline)
        if watch.timeline.is_over or not exists:
            message = message_of(stack, run)
            if message is not None and message.get("sent") is not None:
                return Followed(message, watch.timeline)
        _give_up_if_late(watch, stack, run, patience, limit, clock.now())
        # Something happened: the next state may be short, so look again soon.
        pause = patience.first if watch.timeline.seen > known else pause
        known = watch.timeline.seen
        clock.sleep(pause)
        pause = min(pause * patience.growth, patience.longest)


def message_of(stack: Stack, run: str) -> Message | None:
    """Return a run's message, None if there is none yet."""
    body = stack.read(layout.join(layout.prefix_of(run), "message.json"))
    return None if body is None else dict(json.loads(body))


def _give_up_if_late(
    watch: _Watch, stack: Stack, run: str, patience: Patience, limit: float, now: float
) -> None:
    timeline, waited, env = watch.timeline, now - watch.began, stack.environment.name
    this = stack.argument(run)
    if timeline.is_over:
        watch.over_since = watch.over_since or now
        if now - watch.over_since > patience.message:
            cause = f" ({timeline.cause})" if timeline.cause else ""
            raise FollowTimeoutError(
                f"run {run} ended {timeline.status}{cause}, but no message came within "
                f"{patience.message:g} s; `dropforge fetch {this}` fetches what it made, "
                f"`dropforge logs {this}` may say why",
                run,
                env,
            )
    elif timeline.started is None and waited > patience.start:
        raise FollowTimeoutError(
            f"run {run} did not start within {patience.start:g} s, and no message says "
            f"why; see `dropforge logs {this}`, and later `dropforge show {this}`",
            run,
            env,
        )
    elif waited > limit:
        state = "is about to start" if timeline.started is None else "is under way"
        if timeline.current:
            state = f"is in {timeline.current.name!r}"
        raise FollowTimeoutError(
            f"run {run} {state} and has no result after {limit:g} s (--timeout waits longer)",
            run,
            env,
            goes_on=True,
        )
