"""Follows a run from the drop to its message."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from dropforge.client.execution.backlog import is_busy, lookout_of
from dropforge.client.execution.history import Timeline, count_items, update
from dropforge.client.execution.waiting import Wait
from dropforge.client.stack import Stack
from dropforge.errors import FollowTimeoutError
from pipeline import layout
from pipeline.documents import kinds
from pipeline.documents.message import Message


@dataclass(frozen=True)
class Patience:
    """How often to look and how long to wait, all in seconds.

    Parameters
    ----------
    first, growth, longest : the pause between two looks and how it grows.
    start : without a sign of a drop that has neither an execution nor a refusal.
    message : from the end of the execution to its message, while NotifyFunction is idle.
    look : between two looks for such a sign.
    slow : until it is said that the events of a new bucket are slow; None where they are not.
    """

    first: float
    growth: float
    longest: float
    start: float
    message: float
    look: float
    slow: float | None


# The local cloud answers in milliseconds; on AWS a look costs a call of a quota that all share,
# and events of S3 usually take seconds, at times a minute; those of a bucket that was just made
# begin after "about five minutes" (S3 user guide, Enabling Amazon EventBridge).
LOCALLY = Patience(0.1, 1.2, 1, start=60, message=60, look=1, slow=None)
ON_AWS = Patience(1, 1.2, 10, start=600, message=300, look=15, slow=60)


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
    wait: Wait | None
    timeline: Timeline = field(default_factory=Timeline)
    over_since: float | None = None
    is_told: bool = False

    @property
    def unseen_since(self) -> float:
        """Time of the last sign of a run that has not begun."""
        return self.wait.since if self.wait else self.began

    def look(self, now: float) -> str | None:
        """See what a run that is in no state yet waits for; return what tells that it is lost."""
        self.timeline.note = None
        if self.wait is None or self.timeline.visits or self.timeline.is_over:
            return None
        lost = self.wait.look(now)
        has_begun = self.timeline.started is not None
        self.timeline.note = self.wait.turn() if has_begun else self.wait.note(now)
        return None if has_begun else lost


def follow(
    stack: Stack,
    run: str,
    show: Callable[[Timeline], None],
    *,
    limit: float,
    key: str | None = None,
    clock: Clock | None = None,
) -> Followed:
    """Wait until a run's message lies in the bucket.

    Parameters
    ----------
    show : called with what is known, at each look.
    limit : seconds after which to give up; the run itself goes on.
    key : of the object that was dropped, to be looked for until the run begins.

    Raises
    ------
    FollowTimeoutError
        No sign of the drop for long, no message after the end, or the limit is over;
        the message says what is known.
    """
    clock = clock or Clock()
    patience = LOCALLY if stack.environment.is_local else ON_AWS
    watch = _Watch(clock.now(), _wait(stack, key, patience, clock.now()) if key else None)
    pause, known = patience.first, 0
    while True:
        exists = update(watch.timeline, stack.client("stepfunctions"), stack.execution_arn(run))
        count_items(watch.timeline, stack.client("stepfunctions"))
        message = _told(watch, stack, run, clock.now(), exists=exists)
        show(watch.timeline)
        if message is not None:
            return Followed(message, watch.timeline)
        _give_up_if_late(watch, stack, run, patience, limit, clock.now())
        # Something happened: the next state may be short, so look again soon.
        pause = patience.first if watch.timeline.seen > known else pause
        known = watch.timeline.seen
        _rest(watch, stack, run, pause, clock)
        pause = min(pause * patience.growth, patience.longest)


def _rest(watch: _Watch, stack: Stack, run: str, seconds: float, clock: Clock) -> None:
    """Wait until the next look: in the local cloud no longer than until there is a message."""
    began = clock.now()
    if stack.ask and not watch.is_told:
        place = {"bucket": stack.bucket, "key": layout.run_key(run, kinds.MESSAGE.file)}
        answer = stack.ask("told", {**place, "seconds": f"{seconds:g}"}) or {}
        # Only once: a message of an execution that goes on must not make this a busy loop.
        watch.is_told = bool(answer.get("told"))
        if watch.is_told:
            return
    clock.sleep(max(0.0, seconds - (clock.now() - began)))


def _told(watch: _Watch, stack: Stack, run: str, now: float, *, exists: bool) -> Message | None:
    """Return the message of the run, or that its drop was lost; None if it is still to come."""
    if watch.timeline.is_over or not exists:
        message = message_of(stack, run)
        if message is not None and message.get("sent") is not None:
            return message
    lost = watch.look(now)
    return message_of(stack, lost) if lost else None


def _wait(stack: Stack, key: str, patience: Patience, now: float) -> Wait:
    return Wait(stack, key, lookout_of(stack), patience.look, now, patience.slow)


def message_of(stack: Stack, run: str) -> Message | None:
    """Return a run's message, None if there is none yet."""
    return stack.read_document(run, kinds.MESSAGE)


def _give_up_if_late(
    watch: _Watch, stack: Stack, run: str, patience: Patience, limit: float, now: float
) -> None:
    timeline, waited = watch.timeline, now - watch.began
    if timeline.is_over:
        watch.over_since = watch.over_since or now
        if now - watch.over_since <= patience.message:
            return
        if not is_busy(stack, "Notify") or waited >= limit:
            raise _no_message(timeline, stack, run, patience.message)
        watch.over_since = now
    elif timeline.started is None and now - watch.unseen_since > patience.start:
        raise _no_start(watch.wait, stack, run, patience.start)
    elif waited > limit:
        raise _no_result(timeline, stack, run, limit)


def _no_message(timeline: Timeline, stack: Stack, run: str, seconds: float) -> FollowTimeoutError:
    cause = f" ({timeline.cause})" if timeline.cause else ""
    this = stack.argument(run)
    return FollowTimeoutError(
        f"run {run} ended {timeline.status}{cause}, but no message came within "
        f"{seconds:g} s; `dropforge fetch {this}` fetches what it made, "
        f"`dropforge logs {this}` may say why",
        run,
        stack.environment.name,
    )


def _no_start(wait: Wait | None, stack: Stack, run: str, seconds: float) -> FollowTimeoutError:
    account = f"\n{wait.account()}" if wait else ""
    return FollowTimeoutError(
        f"run {run} did not start: for {seconds:g} s nothing was seen of it.{account}",
        run,
        stack.environment.name,
    )


def _no_result(timeline: Timeline, stack: Stack, run: str, limit: float) -> FollowTimeoutError:
    state = "has not started" if timeline.started is None else "is under way"
    if timeline.note:
        state += f" ({timeline.note[0].lower()}{timeline.note[1:]})"
    if timeline.current:
        state = f"is in {timeline.current.name!r}"
    return FollowTimeoutError(
        f"run {run} {state} and has no result after {limit:g} s (--timeout waits longer)",
        run,
        stack.environment.name,
        goes_on=True,
    )
