"""Serves one channel with a run's message: once, however often it is told to.

What message.json says of the channels::

    "sent": ["sns"],                    served; null until anyone is in charge of them
    "waiting": {"webhook": {            to be served
        "queued": true,                 a queue holds the order to do so
        "attempts": 2, "reason": "it answered HTTP 500",
        "claim": "4f...", "until": "2026-01-02T03:04:05.678+00:00"}},
    "failed": {"webhook": {"reason": "it answered HTTP 404", "order": "9c..."}}

Whoever serves a channel claims it first, until its own invocation must be over:
then it has recorded the outcome or is dead, and the claim is anybody's. A claim
that is not one's own means to come again, never that the work is done.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

from pipeline.delivery.backoff import Backoff
from pipeline.delivery.message_file import MessageFile
from pipeline.documents.message import ChannelState, Failed, Message

_REASON_LIMIT = 300


class DeliveryError(Exception):
    """A channel did not take the message; its text says why and is shown to people.

    Parameters
    ----------
    may_pass : whether it is worth trying again.
    retry_after : seconds that the channel asked for, None if it did not.
    """

    def __init__(
        self, message: str, *, may_pass: bool = True, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.may_pass = may_pass
        self.retry_after = retry_after


@dataclass(frozen=True)
class Order:
    """One channel that is to be served with the message of one ending of a run."""

    run: str
    ended: str | None
    channel: str


@dataclass(frozen=True)
class Attempt:
    """One try.

    Parameters
    ----------
    order_id : the queue's own name of the order; empty if no queue gave it.
    number : counts from 1.
    until : when the invocation is over for certain.
    """

    order_id: str
    number: int
    is_last: bool
    until: datetime


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt.

    Parameters
    ----------
    is_sent : this very attempt has sent the message.
    retry_in : seconds after which to try again, None if nothing is left to do. After the last
        attempt, or a failure that will not pass, it is 0: the queue then counts the order out.
    error : why the channel did not take it.
    """

    is_sent: bool = False
    retry_in: float | None = None
    error: Exception | None = None


class Claim:
    """One attempt's right to serve a channel, and what becomes of it."""

    def __init__(self, order: Order, attempt: Attempt) -> None:
        self.order = order
        self.attempt = attempt
        self.wait: float | None = None
        """Seconds until it may be had, None if there is nothing to serve any more."""
        self._id = uuid4().hex

    def state(self) -> ChannelState:
        """Return what a channel's state says when it is claimed."""
        return {"claim": self._id, "until": self.attempt.until.isoformat(timespec="milliseconds")}

    def is_had(self, document: Message) -> bool:
        """Say whether the channel is claimed, by this attempt and no other."""
        state = _state(document, self.order.channel)
        return bool(self._is_current(document) and state.get("claim") == self._id)

    def take(self, document: Message) -> bool:
        """Claim the channel, unless it is served or claimed; `wait` then says for how long."""
        channel, self.wait = self.order.channel, None
        if not self._is_current(document) or channel in (document.get("sent") or ()):
            return False
        failed = document.setdefault("failed", {})
        if channel in failed:
            # Told to this very order before. Another order is a person's, who sent it again.
            if failed[channel]["order"] == self.attempt.order_id:
                self.wait = 0.0
                return False
            del failed[channel]
        state = document.setdefault("waiting", {}).setdefault(channel, {})
        held = _held(state)
        if held > 0:
            self.wait = held
            return False
        state.update(self.state())
        return True

    def record_success(self, document: Message) -> bool:
        """Note that the channel was served."""
        if not self._is_current(document):
            return self._release(document)
        channel, sent = self.order.channel, document.get("sent") or []
        document["waiting"].pop(channel, None)
        document["sent"] = sent if channel in sent else [*sent, channel]
        return True

    def record_failure(self, document: Message, error: Exception, may_pass: bool) -> bool:
        """Note why the channel was not served, and whether it will be tried again."""
        if not self._release(document):
            return False
        if not self._is_current(document):
            return True
        channel, waiting = self.order.channel, document["waiting"]
        reason = str(error)[:_REASON_LIMIT]
        if may_pass:
            state = waiting[channel]
            state["attempts"], state["reason"] = self.attempt.number, reason
        else:
            del waiting[channel]
            failed: Failed = {"reason": reason, "order": self.attempt.order_id}
            document["failed"] = {**document.get("failed", {}), channel: failed}
        return True

    def _is_current(self, document: Message) -> bool:
        return bool(document.get("ended") == self.order.ended)

    def _release(self, document: Message) -> bool:
        """Give the claim back; False if another has taken it, or the channel was served."""
        state = _state(document, self.order.channel)
        if state.get("claim") != self._id:
            return False
        del state["claim"], state["until"]
        return True


def serve(
    file: MessageFile, claim: Claim, send: Callable[[Message], None], backoff: Backoff
) -> Outcome:
    """Send the message, unless it was sent, is just being sent, or a later ending's replaced it.

    Parameters
    ----------
    file : as it was read or written just now.
    send : called with message.json; raises if the channel did not take the message.
    """
    attempt = claim.attempt
    if not claim.is_had(file.document) and not file.edit(claim.take):
        return Outcome(retry_in=claim.wait)
    try:
        send(file.document)
    except Exception as error:  # noqa: BLE001 whatever went wrong, the channel was not served
        may_pass = getattr(error, "may_pass", True) and not attempt.is_last
        file.edit(partial(claim.record_failure, error=error, may_pass=may_pass))
        delay = backoff.seconds(attempt.number, getattr(error, "retry_after", None))
        return Outcome(retry_in=delay if may_pass else 0.0, error=error)
    file.edit(claim.record_success)
    return Outcome(is_sent=True)


def _state(document: Message, channel: str) -> ChannelState:
    nothing: ChannelState = {}
    return document.get("waiting", {}).get(channel, nothing)


def _held(state: ChannelState) -> float:
    """Return the seconds for which a channel's claim still holds, at most 0 if nobody has it."""
    if "until" not in state:
        return 0.0
    return (datetime.fromisoformat(state["until"]) - datetime.now(UTC)).total_seconds()
