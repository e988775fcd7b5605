import json
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.delivery.channel import Order, Outcome
from pipeline.delivery.orders import OrderQueue

ORDER = Order("churn-1", None, "webhook")
NOW = datetime.now(UTC)


class Sqs:
    """Notes what it is asked."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.changed: list[dict[str, Any]] = []

    def send_message(self, **request: Any) -> None:
        self.sent.append(request)

    def change_message_visibility(self, **request: Any) -> None:
        self.changed.append(request)


def event(number: int = 1) -> dict[str, Any]:
    body = json.dumps({"run": "churn-1", "ended": None, "channel": "webhook"})
    attributes = {"ApproximateReceiveCount": str(number)}
    record = {"messageId": "m", "receiptHandle": "r", "body": body, "attributes": attributes}
    return {"Records": [record]}


@pytest.mark.parametrize(("delay", "seconds"), [(0, 0), (0.2, 1), (31, 31), (5000, 900)])
def test_order_that_is_put_off_is_delayed_as_far_as_sqs_allows(delay: float, seconds: int) -> None:
    sqs = Sqs()
    OrderQueue(sqs, "url", 10).put(ORDER, delay)
    [request] = sqs.sent
    assert (request["QueueUrl"], request["DelaySeconds"]) == ("url", seconds)
    assert Order(**json.loads(request["MessageBody"])) == ORDER


@pytest.mark.parametrize(("wait", "seconds"), [(0.0, 0), (0.2, 1), (99_999, 43_200)])
def test_order_that_is_kept_stays_invisible_as_long_as_it_must(wait: float, seconds: int) -> None:
    sqs = Sqs()
    answer = OrderQueue(sqs, "url", 10).work(event(), NOW, lambda *_: Outcome(retry_in=wait))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m"}]}
    assert [(r["ReceiptHandle"], r["VisibilityTimeout"]) for r in sqs.changed] == [("r", seconds)]


def test_order_that_is_done_is_left_to_lambda_to_delete() -> None:
    sqs = Sqs()
    answer = OrderQueue(sqs, "url", 10).work(event(), NOW, lambda *_: Outcome(is_sent=True))
    assert answer == {"batchItemFailures": []}
    assert sqs.changed == []


@pytest.mark.parametrize(("number", "is_last"), [(1, False), (9, False), (10, True), (11, True)])
def test_attempt_that_the_queue_allows_no_other_after_is_the_last(
    number: int, is_last: bool
) -> None:
    seen = []

    def serve(_order: Order, attempt: Any) -> Outcome:
        seen.append((attempt.number, attempt.is_last, attempt.order_id, attempt.until))
        return Outcome()

    OrderQueue(Sqs(), "url", 10).work(event(number), NOW, serve)
    assert seen == [(number, is_last, "m", NOW)]
