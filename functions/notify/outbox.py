"""Makes the message of an ending that of its run, and notes who is in charge of sending it.

EventBridge delivers at least once and Lambda retries, so all of this may be done
again, at any step and at the same time: it then changes nothing, or does what a
caller that died left undone.

An execution that is redriven keeps its name and ends once more. The message of
the later ending replaces that of the earlier, never the other way round.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from pipeline.delivery.message_file import MessageFile
from pipeline.documents.message import ChannelState, Message


def announce(
    file: MessageFile, message: Message, channels: Mapping[str, ChannelState]
) -> list[str]:
    """Write the message, unless it is there already or a later ending's is.

    Parameters
    ----------
    channels : the state in which each of them begins.

    Returns
    -------
    Names of the channels that nobody is in charge of yet.
    """
    first: Message = {**message, "sent": None, "waiting": dict(channels), "failed": {}}

    def replace(document: Message) -> bool:
        # An earlier release wrote no more than "sent", and died before it was known.
        is_left_behind = document["sent"] is None and "waiting" not in document
        ours, theirs = message["ended"] or "", document.get("ended") or ""
        if ours < theirs or (ours == theirs and not is_left_behind):
            return False
        earlier = document.get("waiting", {})
        cast(dict[str, Any], document).clear()
        document.update(first)
        # What is just being sent of the earlier ending must be over before this one's is.
        document["waiting"] = {
            channel: _claim_of(earlier.get(channel, {})) for channel in first["waiting"]
        }
        return True

    if not file.create(first):
        file.edit(replace)
    if file.document.get("ended") != message["ended"]:
        return []
    waiting = file.document.get("waiting", {})
    return [channel for channel, state in waiting.items() if not state.get("queued")]


def _claim_of(state: ChannelState) -> ChannelState:
    return {"claim": state["claim"], "until": state["until"]} if "claim" in state else {}


def hand_over(file: MessageFile, message: Message, channels: Iterable[str]) -> None:
    """Note that a queue holds the orders for these channels, unless they are served already."""
    wanted = set(channels)

    def note(document: Message) -> bool:
        if document.get("ended") != message["ended"]:
            return False
        states = [
            state
            for channel, state in document.get("waiting", {}).items()
            if channel in wanted and not state.get("queued")
        ]
        if not states and document["sent"] is not None:
            return False
        for state in states:
            state["queued"] = True
        document["sent"] = document["sent"] or []
        return True

    file.edit(note)
