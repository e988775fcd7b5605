import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from dropforge import cloud as clouds
from dropforge.cloud import Cloud
from tests.rows import rows_of
from tests.waiting import wait_until

PROJECT = Path(__file__).with_name("project")
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "states.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A local cloud for all tests of a process; they keep apart by names."""
    started = clouds.up(tmp_path_factory.mktemp("cloud"))
    yield started
    clouds.down(started)


@pytest.fixture(scope="session")
def outputs(cloud: Cloud) -> dict[str, str]:
    return clouds.deploy(cloud, PROJECT, "tests", {})


@pytest.fixture(scope="session")
def client(cloud: Cloud) -> Callable[[str], Any]:
    made: dict[str, Any] = {}
    session: boto3.Session = clouds.session(cloud)

    def get(name: str) -> Any:
        if name not in made:
            made[name] = session.client(name)
        return made[name]

    return get


@pytest.fixture(scope="session")
def bucket(outputs: dict[str, str], client: Callable[[str], Any]) -> str:
    """The stack's bucket, with data for a regression: 300 rows to train, 50 of the others."""
    name = outputs["BucketName"]
    for split, rows in (("train", 300), ("validation", 50), ("test", 50)):
        body = rows_of(rows, label=split != "test")
        client("s3").put_object(Bucket=name, Key=f"data/{split}/part-00000.csv", Body=body)
    return name


@pytest.fixture
def model_data(bucket: str, client: Callable[[str], Any]) -> str:
    """Address of an object that a model may name as its data."""
    client("s3").put_object(Bucket=bucket, Key="model/any.tar.gz", Body=b"")
    return f"s3://{bucket}/model/any.tar.gz"


@pytest.fixture
def bare_role(client: Callable[[str], Any]) -> str:
    """Return the ARN of a role that Step Functions and SageMaker may assume, without rights."""
    name = f"bare-{uuid.uuid4().hex[:8]}"
    services = [f"{service}.amazonaws.com" for service in ("states", "sagemaker")]
    may = {"Effect": "Allow", "Principal": {"Service": services}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    made = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    return str(made["Role"]["Arn"])


@pytest.fixture
def one_state(client: Callable[[str], Any]) -> Callable[..., str]:
    """Make a state machine of one state, with a role that allows the statements."""

    def make(state: dict[str, Any], statements: list[Any], **definition: Any) -> str:
        name = f"one-{uuid.uuid4().hex[:12]}"
        arn = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))[
            "Role"
        ]["Arn"]
        policy = {"Version": "2012-10-17", "Statement": statements}
        if statements:
            client("iam").put_role_policy(
                RoleName=name, PolicyName="all", PolicyDocument=json.dumps(policy)
            )
        states = definition.pop("States", {})
        asl = {"StartAt": "One", "States": {"One": state, **states}} | definition
        made = client("stepfunctions").create_state_machine(
            name=name, definition=json.dumps(asl), roleArn=arn
        )
        return str(made["stateMachineArn"])

    return make


def training_request(name: str, bucket: str, role: str, **changes: Any) -> dict[str, Any]:
    def channel(split: str) -> dict[str, Any]:
        source = {
            "S3DataType": "S3Prefix",
            "S3Uri": f"s3://{bucket}/data/{split}/",
            "S3DataDistributionType": "FullyReplicated",
        }
        return {
            "ChannelName": split,
            "ContentType": "text/csv",
            "DataSource": {"S3DataSource": source},
        }

    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "RoleArn": role,
        "HyperParameters": {
            "objective": "reg:squarederror",
            "eval_metric": "rmse",
            "num_round": "15",
        },
        "InputDataConfig": [channel("train"), channel("validation")],
        "OutputDataConfig": {"S3OutputPath": f"s3://{bucket}/model"},
        "ResourceConfig": {
            "InstanceCount": 1,
            "InstanceType": "ml.m5.large",
            "VolumeSizeInGB": 1,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
    } | changes


def train(sagemaker: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Run a training job to its end."""
    sagemaker.create_training_job(**request)
    return wait_for_training(sagemaker, request["TrainingJobName"])


def wait_for_training(sagemaker: Any, name: str) -> dict[str, Any]:
    def ended() -> Any:
        job = sagemaker.describe_training_job(TrainingJobName=name)
        return job if job["TrainingJobStatus"] not in ("InProgress", "Stopping") else None

    found: dict[str, Any] = wait_until(ended)
    return found


def transform_request(name: str, model: str, bucket: str, **changes: Any) -> dict[str, Any]:
    return {
        "TransformJobName": name,
        "ModelName": model,
        "TransformInput": {
            "ContentType": "text/csv",
            "SplitType": "Line",
            "DataSource": {
                "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{bucket}/data/test/"}
            },
        },
        "TransformOutput": {
            "S3OutputPath": f"s3://{bucket}/predictions/{name}",
            "Accept": "text/csv",
            "AssembleWith": "Line",
        },
        "TransformResources": {"InstanceCount": 1, "InstanceType": "ml.m5.large"},
    } | changes


def transform(sagemaker: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Run a transform job to its end."""
    sagemaker.create_transform_job(**request)
    name = request["TransformJobName"]

    def ended() -> Any:
        job = sagemaker.describe_transform_job(TransformJobName=name)
        return job if job["TransformJobStatus"] not in ("InProgress", "Stopping") else None

    found: dict[str, Any] = wait_until(ended)
    return found


def run_machine(states: Any, arn: str, name: str, data: str = "{}") -> dict[str, Any]:
    """Run an execution to its end."""
    execution = states.start_execution(stateMachineArn=arn, name=name, input=data)["executionArn"]

    def ended() -> Any:
        found = states.describe_execution(executionArn=execution)
        return found if found["status"] != "RUNNING" else None

    found: dict[str, Any] = wait_until(ended)
    return found
