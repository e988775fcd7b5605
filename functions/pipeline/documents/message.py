"""message.json: what is told of a run, and how far each channel is with it."""

from typing import NotRequired, TypedDict

from pipeline.documents.scoring.result import ScoringOutput
from pipeline.documents.state import Output


class ChannelState(TypedDict, total=False):
    """How far a channel is that was not served yet."""

    claim: str
    until: str
    """ISO 8601: when the claim's invocation is over for certain."""
    queued: bool
    """Whether the channel's queue has an order to serve it."""
    attempts: int
    reason: str
    """Why the last attempt failed."""


class Failed(TypedDict):
    """Why a channel was given up."""

    order: str
    """The queue's own name of the order that was tried last."""
    reason: str


class Message(TypedDict):
    """What subscribers read, and the facts for programs."""

    run: str
    dataset: str
    status: str
    verdict: str
    subject: str
    text: str
    result: Output | ScoringOutput | None
    """The execution's output, if it succeeded."""
    error: str | None
    cause: str | None
    ended: str | None
    """ISO 8601."""
    sent: NotRequired[list[str] | None]
    """Channels that were served; None while nobody has been told."""
    waiting: NotRequired[dict[str, ChannelState]]
    failed: NotRequired[dict[str, Failed]]
