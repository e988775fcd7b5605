"""WebhookFunction: posts a run's message to the webhook, and again later until it is taken."""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.clients import client, make_tracer
from pipeline.delivery.backoff import Backoff
from pipeline.delivery.channel import Attempt, Claim, Order, Outcome, serve
from pipeline.delivery.message_file import MessageFile
from pipeline.delivery.orders import OrderQueue
from pipeline.documents.message import Message
from webhook.post import hostname_of, post

logger = Logger()
tracer = make_tracer()
metrics = Metrics()
# The webhook itself may take 10 s of the function's 30 s.
s3 = client("s3", attempts=3, read_seconds=4)
sqs = client("sqs", attempts=2, read_seconds=4)
ssm = client("ssm", attempts=2, read_seconds=4)


@tracer.capture_lambda_handler
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Carry out the orders that the webhook's queue holds; return those to be kept."""
    until = datetime.now(UTC) + timedelta(milliseconds=context.get_remaining_time_in_millis())
    queue = OrderQueue(sqs, os.environ["WEBHOOK_QUEUE_URL"], int(os.environ["DELIVERY_TRIES"]))
    return queue.work(event, until, _carry_out)


def _carry_out(order: Order, attempt: Attempt) -> Outcome:
    file = MessageFile(s3, os.environ["BUCKET"], order.run)
    file.read()
    backoff = Backoff(float(os.environ["DELIVERY_BACKOFF_SECONDS"]))
    outcome = serve(file, Claim(order, attempt), _send, backoff)
    logger.info(
        "Order carried out",
        run=order.run,
        channel=order.channel,
        attempt=attempt.number,
        sent=outcome.is_sent,
        retry_in=outcome.retry_in,
    )
    if outcome.error:
        # AWS's own text names the action that a role lacks; the webhook's says nothing of
        # its address.
        logger.warning(
            "Channel failed",
            run=order.run,
            channel=order.channel,
            error=type(outcome.error).__name__,
            reason=str(outcome.error),
        )
    if outcome.is_sent:
        metrics.add_metric("WebhooksPosted", MetricUnit.Count, 1)
    return outcome


def _send(document: Message) -> None:
    ending = f"{document['run']}/{document['ended']}"
    post(_address(), document["text"], hashlib.sha256(ending.encode()).hexdigest())


def _address() -> str:
    # The address lets anyone post, so it is a secret: kept in Parameter Store, never logged.
    # It is read anew each time, since a person may have put another one there.
    answer = ssm.get_parameter(Name=os.environ["WEBHOOK_URL_PARAMETER"], WithDecryption=True)
    url: str = answer["Parameter"]["Value"]
    # X-Ray's segment of a call to it would hold its path.
    tracer.ignore_endpoint(hostname=hostname_of(url))
    return url
