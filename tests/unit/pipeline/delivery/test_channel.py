"""Serving a channel when another attempt has taken the claim over meanwhile."""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.delivery.backoff import Backoff
from pipeline.delivery.channel import Attempt, Claim, DeliveryError, Order, Outcome, serve

ORDER = Order("churn-1", "2026-01-02T03:04:05.000+00:00", "webhook")
Document = dict[str, Any]


class File:
    """A message.json in memory."""

    def __init__(self) -> None:
        self.document: Document = {
            "ended": ORDER.ended,
            "sent": [],
            "waiting": {"webhook": {"queued": True}},
            "failed": {},
        }

    def edit(self, change: Callable[[Document], bool]) -> bool:
        document = deepcopy(self.document)
        if change(document):
            self.document = document
            return True
        return False


def claim(seconds: float, number: int = 1) -> Claim:
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    return Claim(ORDER, Attempt("order", number, is_last=False, until=until))


def run(file: File, mine: Claim, send: Callable[[Document], None]) -> Outcome:
    return serve(file, mine, send, Backoff(0))  # type: ignore[arg-type]


def take_over(file: File) -> None:
    """Send as another attempt, once the first one's claim has run out."""
    assert run(file, claim(30), lambda _: None).is_sent


def test_attempt_that_was_taken_over_and_succeeds_is_recorded_once() -> None:
    file = File()
    run(file, claim(0), lambda _: take_over(file))
    assert (file.document["sent"], file.document["waiting"]) == (["webhook"], {})


def test_attempt_that_was_taken_over_and_fails_does_not_undo_the_other() -> None:
    file = File()

    def fail(_document: Document) -> None:
        take_over(file)
        raise DeliveryError("too late")

    assert run(file, claim(0), fail).retry_in == 0
    assert (file.document["sent"], file.document["waiting"]) == (["webhook"], {})


def test_attempt_that_fails_while_another_holds_the_claim_leaves_it_to_that() -> None:
    file, other = File(), claim(30)

    def fail(_document: Document) -> None:
        assert file.edit(other.take)
        raise DeliveryError("too late", may_pass=False)

    run(file, claim(0), fail)
    assert other.is_had(file.document)
    assert file.document["failed"] == {}


@pytest.mark.parametrize("text", ["short", "x" * 1000])
def test_reason_of_a_failure_is_kept_short(text: str) -> None:
    file = File()

    def fail(_document: Document) -> None:
        raise DeliveryError(text)

    run(file, claim(30, 3), fail)
    assert file.document["waiting"]["webhook"] == {
        "queued": True,
        "attempts": 3,
        "reason": text[:300],
    }
