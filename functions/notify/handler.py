"""NotifyFunction: one message for each run, by email and, if configured, a webhook."""

import os
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError

from notify import ending as endings
from notify import webhook
from notify.message import Ending, Message, message_of, sns_subject
from notify.outbox import send_once
from pipeline.clients import client

logger = Logger()
tracer = Tracer()
metrics = Metrics()
# Each attempt must leave the others room within the function's 30 s.
s3 = client("s3", attempts=4, read_seconds=5)
sfn = boto3.client("stepfunctions")


@tracer.capture_lambda_handler
@metrics.log_metrics
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Send the message of the run that the event says has ended.

    Takes a Step Functions status change, a Drop Rejected event, or the record of
    a drop that TriggerFunction failed to handle.
    """
    message = message_of(_ending(event))
    channels = {"sns": _publish}
    if os.environ.get("WEBHOOK_URL_PARAMETER"):
        channels["webhook"] = _post
    sent = send_once(s3, os.environ["BUCKET"], message, channels, _log_failure)
    logger.info("Message handled", run=message.run, verdict=message.verdict, sent=sent)
    if sent:
        metrics.add_metric("MessagesSent", MetricUnit.Count, 1)
    return {"run": message.run, "verdict": message.verdict, "sent": sent}


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
    if ending.error == endings.MAP_RUN_FAILED:
        try:
            child = _failed_child(arn)
        except ClientError:
            # A message with a general cause is better than none.
            logger.exception("The failed child was not found", execution=arn)
            child = None
        ending = endings.with_cause_of_child(ending, child) if child else ending
    return ending


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


def _log_failure(channel: str, error: Exception) -> None:
    # AWS's own text names the action that a role lacks; the webhook's says nothing of its address.
    logger.warning("Channel failed", channel=channel, error=type(error).__name__, reason=str(error))


def _publish(message: Message) -> None:
    attributes = {"dataset": message.dataset, "verdict": message.verdict}
    boto3.client("sns").publish(
        TopicArn=os.environ["TOPIC_ARN"],
        Subject=sns_subject(message.subject),
        Message=message.text,
        MessageAttributes={
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    )


def _post(message: Message) -> None:
    webhook.post(_webhook_url(), message.text)


@cache
def _webhook_url() -> str:
    # The address lets anyone post, so it is a secret: kept in Parameter Store, never logged.
    answer = boto3.client("ssm").get_parameter(
        Name=os.environ["WEBHOOK_URL_PARAMETER"], WithDecryption=True
    )
    url: str = answer["Parameter"]["Value"]
    # X-Ray's segment of a call to it would hold its path.
    tracer.ignore_endpoint(hostname=urlsplit(url).hostname)
    return url
