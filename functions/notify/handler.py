"""NotifyFunction: one message for each run, to the topic and, if configured, a webhook."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError

from notify import ending as endings
from notify.history import failed_step
from notify.message import Ending, message_of, sns_subject
from notify.outbox import announce, hand_over
from pipeline.clients import client, make_tracer
from pipeline.delivery.backoff import Backoff
from pipeline.delivery.channel import Attempt, Claim, Order, Outcome, serve
from pipeline.delivery.message_file import MessageFile
from pipeline.delivery.orders import OrderQueue
from pipeline.documents.message import ChannelState, Message

logger = Logger()
tracer = make_tracer()
metrics = Metrics()
# Each attempt must leave the others room within the function's 30 s.
s3 = client("s3", attempts=4, read_seconds=5)
sfn = client("stepfunctions", attempts=4, read_seconds=5)
# What the message can do without must not use up the function's time, and a service that hangs
# must leave some to hand the channel over to its queue.
history = client("stepfunctions", attempts=2, read_seconds=4)
sns = client("sns", attempts=2, read_seconds=4)
sqs = client("sqs", attempts=2, read_seconds=4)

TOPIC = "sns"
WEBHOOK = "webhook"
_NEWEST = 1000


@tracer.capture_lambda_handler
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Send the message of the run that the event says has ended.

    Takes a Step Functions status change, a Drop Rejected event, or the record of a drop that
    TriggerFunction failed to handle; and, from its own queue, orders to serve the topic that
    could not be carried out at once.
    """
    until = datetime.now(UTC) + timedelta(milliseconds=context.get_remaining_time_in_millis())
    if "Records" in event:
        return _queues()[TOPIC].work(event, until, _carry_out)
    message = message_of(_ending(event))
    sent = _tell(message, until)
    logger.info("Message handled", run=message["run"], verdict=message["verdict"], sent=sent)
    return {"run": message["run"], "verdict": message["verdict"], "sent": sent}


def _tell(message: Message, until: datetime) -> list[str]:
    """Put the message down, serve the topic, and leave the rest to the queues.

    Returns
    -------
    Names of the channels served.
    """
    queues, failures, sent = _queues(), [], []
    file = MessageFile(s3, os.environ["BUCKET"], message["run"])
    claim = Claim(
        Order(message["run"], message["ended"], TOPIC), Attempt("", 1, is_last=False, until=until)
    )
    begin: dict[str, ChannelState] = {
        channel: claim.state() if channel == TOPIC else {} for channel in queues
    }
    channels = announce(file, message, begin)
    # The topic last: it may be slow, while an order is only put down.
    for channel in sorted(channels, key=lambda name: name == TOPIC):
        order = Order(message["run"], message["ended"], channel)
        try:
            if channel != TOPIC:
                queues[channel].put(order)
                continue
            outcome = _serve(file, claim)
            if outcome.retry_in is not None:
                queues[channel].put(order, outcome.retry_in)
            if outcome.is_sent:
                sent.append(channel)
        except Exception as error:  # noqa: BLE001 one channel must not silence the others
            _log_failure(order, error)
            failures.append(error)
            channels = [name for name in channels if name != channel]
    hand_over(file, message, channels)
    if failures:
        # So that the event comes back, for these channels alone.
        raise ExceptionGroup(f"run {message['run']}: no one is in charge of a channel", failures)
    return sent


def _queues() -> dict[str, OrderQueue]:
    """Return the queue of each channel that there is."""
    tries = int(os.environ["DELIVERY_TRIES"])
    urls = {
        TOPIC: os.environ["TOPIC_QUEUE_URL"],
        WEBHOOK: os.environ.get("WEBHOOK_QUEUE_URL"),
    }
    return {channel: OrderQueue(sqs, url, tries) for channel, url in urls.items() if url}


def _carry_out(order: Order, attempt: Attempt) -> Outcome:
    file = MessageFile(s3, os.environ["BUCKET"], order.run)
    file.read()
    return _serve(file, Claim(order, attempt))


def _serve(file: MessageFile, claim: Claim) -> Outcome:
    backoff = Backoff(float(os.environ["DELIVERY_BACKOFF_SECONDS"]))
    outcome = serve(file, claim, _publish, backoff)
    if outcome.error:
        _log_failure(claim.order, outcome.error)
    if outcome.is_sent:
        metrics.add_metric("MessagesSent", MetricUnit.Count, 1)
    return outcome


def _ending(event: dict[str, Any]) -> Ending:
    if "requestPayload" in event:
        return endings.of_lost_drop(event)
    detail = event["detail"]
    if "executionArn" not in detail:
        return endings.of_refusal(detail)
    # The event leaves out what is over 248 KiB; the description has all of it.
    arn = detail["executionArn"]
    description = sfn.describe_execution(executionArn=arn)
    ending = endings.of_execution(endings.as_it_ended(description, detail))
    if ending.status == "SUCCEEDED":
        return ending
    if ending.error == endings.MAP_RUN_FAILED:
        try:
            child = _failed_child(arn)
        except ClientError:
            # A message with a general cause is better than none.
            logger.exception("The failed child was not found", execution=arn)
            child = None
        if child:
            ending = endings.with_cause_of_child(ending, child)
            arn = child["executionArn"]
    return replace(ending, step=_failed_step(arn, ending.error))


def _failed_step(execution_arn: str, error: str | None) -> str | None:
    """Name the step that failed; None if the history cannot be read, so that the message goes."""
    try:
        # The newest thousand: a state that is tried sixty times has three events a try.
        answer = history.get_execution_history(
            executionArn=execution_arn,
            reverseOrder=True,
            maxResults=_NEWEST,
            includeExecutionData=False,
        )
        return failed_step(answer["events"], error)
    except Exception:
        logger.exception("The failed step was not found", execution=execution_arn)
        return None


def _failed_child(execution_arn: str) -> dict[str, Any] | None:
    """Return the description of a child execution that failed: a Map Run hides why it did."""
    runs = sfn.list_map_runs(executionArn=execution_arn)["mapRuns"]
    for run in runs:
        failed = sfn.list_executions(
            mapRunArn=run["mapRunArn"], statusFilter="FAILED", maxResults=1
        )["executions"]
        if failed:
            child: dict[str, Any] = sfn.describe_execution(executionArn=failed[0]["executionArn"])
            return child
    return None


def _log_failure(order: Order, error: Exception) -> None:
    # AWS's own text names the action that a role lacks.
    logger.warning(
        "Channel failed",
        run=order.run,
        channel=order.channel,
        error=type(error).__name__,
        reason=str(error),
    )


def _publish(document: Message) -> None:
    sns.publish(
        TopicArn=os.environ["TOPIC_ARN"],
        Subject=sns_subject(document["subject"]),
        Message=document["text"],
        MessageAttributes={
            name: {"DataType": "String", "StringValue": document[name]}
            for name in ("dataset", "verdict")
        },
    )
