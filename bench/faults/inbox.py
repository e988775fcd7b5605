"""What a subscriber of the topic gets, and what lies in the dead-letter queue."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from bench.subscriber import subscribe

_RUN_LINE = "Run: "


class Inbox:
    """A queue that is subscribed to the topic, and the queue of what could not be delivered."""

    def __init__(self, client: Callable[[str], Any], topic: str, undelivered: str) -> None:
        self._sqs = client("sqs")
        self._undelivered = undelivered
        self._told: list[dict[str, Any]] = []
        self._buried: list[str] = []
        self._queue = subscribe(client, topic)

    def messages(self, dataset: str, known: set[str]) -> list[dict[str, Any]]:
        """Return what subscribers were told of a dataset's runs, but for those known."""
        self._told += [json.loads(body) for body in self._received(self._queue)]
        about = [told for told in self._told if dataset in told["Message"]]
        return [told for told in about if run_of(told) not in known]

    def is_buried(self, dataset: str) -> bool:
        """Tell whether an event about a dataset could not be delivered."""
        self._buried += self._received(self._undelivered)
        return any(dataset in text for text in self._buried)

    def _received(self, url: str) -> Iterator[str]:
        while found := self._sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in found:
                self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                yield message["Body"]


def run_of(told: dict[str, Any]) -> str:
    """Return the run that a message names."""
    lines = [line for line in told.get("Message", "").splitlines() if line.startswith(_RUN_LINE)]
    return lines[-1].removeprefix(_RUN_LINE) if lines else ""
