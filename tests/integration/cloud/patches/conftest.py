"""State machines that may do everything, queues that hear of it, and a cloud for large objects."""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from dropforge import cloud as clouds
from dropforge.cloud import Cloud
from tests.integration.cloud.conftest import TRUST

Client = Callable[[str], Any]


@pytest.fixture
def machine(client: Client) -> Callable[[dict[str, Any]], str]:
    """Make a state machine that may do everything."""

    def make(definition: dict[str, Any]) -> str:
        name = f"free-{uuid.uuid4().hex[:12]}"
        iam = client("iam")
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
        allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=policy)
        made = client("stepfunctions").create_state_machine(
            name=name, definition=json.dumps(definition), roleArn=role["Arn"]
        )
        return str(made["stateMachineArn"])

    return make


@pytest.fixture
def queue(client: Client) -> tuple[str, str]:
    """A queue's URL and ARN."""
    sqs = client("sqs")
    url = sqs.create_queue(QueueName=uuid.uuid4().hex)["QueueUrl"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, answer["Attributes"]["QueueArn"]


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A cloud of tests of large objects alone, whose memory and files nobody else changes."""
    started = clouds.up(tmp_path_factory.mktemp("large"))
    s3 = clouds.session(started).client("s3")
    s3.create_bucket(Bucket="large")
    s3.put_bucket_versioning(Bucket="large", VersioningConfiguration={"Status": "Enabled"})
    yield started
    clouds.down(started)


@pytest.fixture
def s3(own: Cloud) -> Any:
    session: boto3.Session = clouds.session(own)
    return session.client("s3", config=Config(retries={"total_max_attempts": 1}))
