"""The turn of a dataset, on S3 (moto's), with executions that live and end."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from evaluate.steps.register import give_turn_back, take_turn
from pipeline import turns
from pipeline.errors import RegistrationBusyError
from tests.integration.conftest import BUCKET

GROUP = "dropforge--churn"
ARN = "arn:aws:states:us-east-1:123456789012:execution:m:{}"


class Executions:
    """DescribeExecution of executions whose status the test sets."""

    def __init__(self, **status: str) -> None:
        self.status = status

    def describe_execution(self, executionArn: str) -> dict[str, str]:  # noqa: N803
        name = executionArn.rsplit(":", 1)[1]
        if name not in self.status:
            raise ClientError({"Error": {"Code": "ExecutionDoesNotExist"}}, "DescribeExecution")
        if self.status[name] == "denied":
            raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "DescribeExecution")
        return {"status": self.status[name]}


@pytest.fixture
def sagemaker(aws: None) -> Any:
    client = boto3.client("sagemaker")
    client.create_model_package_group(ModelPackageGroupName=GROUP)
    return client


def register(sagemaker: Any) -> str:
    arn: str = sagemaker.create_model_package(
        ModelPackageGroupName=GROUP,
        ModelPackageDescription="m",
        ModelApprovalStatus="Approved",
        CustomerMetadataProperties={"encoder": "runs/x/encoder.json", "run": "x"},
    )["ModelPackageArn"]
    return arn


def event(run: str, champion: str | None = None) -> dict[str, Any]:
    found = {"found": True, "model_package_arn": champion} if champion else {"found": False}
    place = {"bucket": BUCKET, "dataset": "churn", "run": run}
    return {**place, "execution": {"id": ARN.format(run)}, "champion": found}


def take(sagemaker: Any, run: str, executions: Executions, champion: str | None = None) -> str:
    return take_turn(boto3.client("s3"), lambda: executions, sagemaker, event(run, champion), GROUP)


def give_back(run: str) -> None:
    give_turn_back(boto3.client("s3"), event(run))


def turn() -> dict[str, Any]:
    body = boto3.client("s3").get_object(Bucket=BUCKET, Key="turns/churn.json")["Body"].read()
    document: dict[str, Any] = json.loads(body)
    return document


def test_turn_is_one_runs_until_it_gives_it_back(sagemaker: Any) -> None:
    executions = Executions(a="RUNNING", b="RUNNING")
    assert take(sagemaker, "a", executions) == "taken"
    with pytest.raises(RegistrationBusyError) as busy:
        take(sagemaker, "b", executions)
    assert "by run a since 20" in str(busy.value)
    assert "dropforge promote RUN" in str(busy.value)
    give_back("b")
    with pytest.raises(RegistrationBusyError):
        take(sagemaker, "b", executions)
    give_back("a")
    assert take(sagemaker, "b", executions) == "taken"


def test_turn_may_be_taken_again_by_its_holder(sagemaker: Any) -> None:
    executions = Executions(a="RUNNING")
    assert take(sagemaker, "a", executions) == take(sagemaker, "a", executions) == "taken"


@pytest.mark.parametrize("status", ["FAILED", "ABORTED", "TIMED_OUT", "SUCCEEDED", None])
def test_turn_of_an_execution_that_ended_is_taken_over(sagemaker: Any, status: str | None) -> None:
    take(sagemaker, "a", Executions(a="RUNNING"))
    executions = Executions(**({"a": status} if status else {}), b="RUNNING")
    assert take(sagemaker, "b", executions) == "taken"
    give_back("a")
    assert turn()["name"] == "run b", "who lost the turn does not give another's back"


def test_turn_of_an_execution_that_may_not_be_seen_is_kept_until_its_time_is_over(
    sagemaker: Any,
) -> None:
    executions = Executions(a="denied", b="RUNNING")
    take(sagemaker, "a", executions)
    with pytest.raises(RegistrationBusyError):
        take(sagemaker, "b", executions)
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    body = json.dumps({**turn(), "until": past})
    boto3.client("s3").put_object(Bucket=BUCKET, Key="turns/churn.json", Body=body.encode())
    assert take(sagemaker, "b", executions) == "taken"


def test_turn_is_not_kept_if_the_champion_is_another(sagemaker: Any) -> None:
    executions = Executions(a="RUNNING", b="RUNNING")
    arn = register(sagemaker)
    assert take(sagemaker, "a", executions) == "champion_changed"
    assert turn() == {}
    assert take(sagemaker, "b", executions, arn) == "taken"


def test_turn_is_not_kept_if_the_registry_cannot_be_read(sagemaker: Any) -> None:
    class Broken:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError("throttled")

    with pytest.raises(RuntimeError, match="throttled"):
        take(Broken(), "a", Executions(a="RUNNING"))
    assert turn() == {}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"name": "x", "until": "soon"}'])
def test_turn_that_is_no_turn_is_free(sagemaker: Any, body: bytes) -> None:
    boto3.client("s3").put_object(Bucket=BUCKET, Key="turns/churn.json", Body=body)
    assert take(sagemaker, "a", Executions(a="RUNNING")) == "taken"


def test_turns_of_two_datasets_are_two(sagemaker: Any) -> None:
    assert take(sagemaker, "a", Executions(a="RUNNING")) == "taken"
    s3 = boto3.client("s3")
    turns.take(s3, BUCKET, "wine", "run w", None, lambda _arn: False)


def test_turn_is_lost_to_who_writes_in_between(sagemaker: Any) -> None:
    """Between reading and writing, another takes it: the condition of the write decides."""
    s3 = boto3.client("s3")

    class Slow:
        def __init__(self) -> None:
            self.first = True

        def __getattr__(self, name: str) -> Any:
            return getattr(s3, name)

        def put_object(self, **given: Any) -> Any:
            if self.first:
                self.first = False
                turns.take(s3, BUCKET, "churn", "run quick", "arn", lambda _arn: False)
            return s3.put_object(**given)

    with pytest.raises(RegistrationBusyError, match="run quick"):
        turns.take(Slow(), BUCKET, "churn", "run slow", "arn", lambda _arn: False)
    assert turn()["name"] == "run quick"
