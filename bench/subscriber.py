"""What a subscriber of a stack's topic hears, and what the bucket records; for benches."""

import json
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from dropforge import cloud as clouds
from pipeline import drop_keys, layout, run_names

ROOT = Path(__file__).resolve().parents[1]
_QUEUE = "subscriber"


@dataclass
class Application:
    """The project's stack in a local cloud, with a queue that is subscribed to its topic."""

    cloud: clouds.Cloud
    outputs: dict[str, str]
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """Return the client of a service, made once."""
        if service not in self._clients:
            self._clients[service] = clouds.session(self.cloud).client(service)
        return self._clients[service]

    @property
    def bucket(self) -> str:
        """Name of the bucket."""
        return self.outputs["BucketName"]

    def drop(self, key: str, body: bytes) -> str | None:
        """Put an object; return the run that it starts, None if the cloud did not take it."""
        try:
            version = self.client("s3").put_object(Bucket=self.bucket, Key=key, Body=body)
            head = self.client("s3").head_object(
                Bucket=self.bucket, Key=key, VersionId=version["VersionId"]
            )
        except (BotoCoreError, ClientError, OSError):
            return None
        modified, dataset = head["LastModified"], drop_keys.drop_of(key).dataset
        return run_names.run_name(dataset, modified, self.bucket, key, version["VersionId"])

    def message(self, run: str) -> dict[str, Any] | None:
        """Return a run's message once it was sent."""
        key = f"{layout.prefix_of(run)}/message.json"
        try:
            body = self.client("s3").get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except ClientError:
            return None
        message: dict[str, Any] = json.loads(body)
        return message if message.get("sent") is not None else None

    def heard(self, known: dict[str, list[str]]) -> dict[str, list[str]]:
        """Add what the subscriber has heard since: subjects by run."""
        sqs = self.client("sqs")
        url = sqs.get_queue_url(QueueName=_QUEUE)["QueueUrl"]
        while True:
            answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
            for message in answer.get("Messages", []):
                told = json.loads(message["Body"])
                run = told["Message"].partition("Run: ")[2].partition("\n")[0]
                known[run].append(told["Subject"])
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            if not answer.get("Messages"):
                return known


def start(state: Path) -> Application:
    """Start the cloud of a state directory, deploy, and subscribe."""
    cloud = clouds.up(state)
    application = Application(cloud, clouds.deploy(cloud, ROOT, "dropforge", {}))
    subscribe(application.client, application.outputs["TopicArn"])
    return application


def subscribe(client: Callable[[str], Any], topic: str) -> str:
    """Subscribe a queue to a topic; return the queue's URL."""
    sqs = client("sqs")
    url: str = sqs.create_queue(QueueName=_QUEUE)["QueueUrl"]
    names = ["QueueArn"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]["QueueArn"]
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return url


def messages_of(
    application: Application, runs: list[str], seconds: float
) -> dict[str, dict[str, Any] | None]:
    """Wait for the messages of runs; None for a run that has none in time."""
    deadline = time.monotonic() + seconds
    found: dict[str, dict[str, Any] | None] = dict.fromkeys(runs)
    while time.monotonic() < deadline and not all(found.values()):
        for run in [run for run, message in found.items() if message is None]:
            found[run] = application.message(run)
        time.sleep(0.2)
    return found


def nothing_heard() -> dict[str, list[str]]:
    """Return what a subscriber has heard before it listens."""
    return defaultdict(list)
