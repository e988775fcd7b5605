"""A stack of the shape that AWS's own sample project for training has.

Its state machine's role may create jobs and models, and no more; the classic image is named
by its registry in the region; data are single objects; each setting that may be left out is.
"""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from dropforge import cloud as clouds
from tests.integration.cloud.conftest import run_machine

PROJECT = Path(__file__).with_name("seed_train_transform")
POINTS = "seed-train-transform-points"

Client = Callable[[str], Any]


@pytest.fixture(scope="module")
def machine(cloud: clouds.Cloud) -> str:
    return clouds.deploy(cloud, PROJECT, "seed-train-transform", {})["MachineArn"]


@pytest.fixture(scope="module")
def ended(machine: str, client: Client) -> dict[str, Any]:
    return run_machine(client("stepfunctions"), machine, "first")


def rows(client: Client, key: str) -> list[list[str]]:
    body = client("s3").get_object(Bucket=POINTS, Key=key)["Body"].read().decode()
    return list(csv.reader(io.StringIO(body)))


def delete_versions(s3: Any) -> None:
    found = s3.list_object_versions(Bucket=POINTS)
    for each in [*found["Versions"], *found.get("DeleteMarkers", [])]:
        s3.delete_object(Bucket=POINTS, Key=each["Key"], VersionId=each["VersionId"])


def test_machine_whose_role_may_only_create_succeeds(ended: dict[str, Any]) -> None:
    assert ended["status"] == "SUCCEEDED", ended.get("cause")
    output = json.loads(ended["output"])
    assert (output["TransformJobName"], output["TransformJobStatus"]) == ("first", "Completed")


def test_jobs_are_the_size_and_image_that_the_machine_names(
    ended: dict[str, Any], client: Client
) -> None:
    job = client("sagemaker").describe_training_job(TrainingJobName="first")
    assert job["ResourceConfig"]["InstanceType"] == "ml.m5.xlarge"
    model = client("sagemaker").describe_model(ModelName="first")["PrimaryContainer"]
    image = "811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:latest"
    assert image == model["Image"] == job["AlgorithmSpecification"]["TrainingImage"]
    assert model["ModelDataUrl"] == job["ModelArtifacts"]["S3ModelArtifacts"]


def test_predictions_are_those_of_the_points(ended: dict[str, Any], client: Client) -> None:
    asked = [(int(x), int(y)) for x, y in rows(client, "csv/test.csv")]
    body = client("s3").get_object(Bucket=POINTS, Key="output/test.csv.out")["Body"].read()
    told = [float(each) for each in body.decode().replace(",", "\n").split()]
    assert len(told) == len(asked) == 500
    right = sum((chance > 0.5) == (y > 2 * x) for chance, (x, y) in zip(told, asked, strict=True))
    assert right > 450


def test_stack_goes_once_every_version_in_its_bucket_is_gone(
    ended: dict[str, Any], cloud: clouds.Cloud, client: Client
) -> None:
    """Last in this file: what the others look at is deleted."""
    stacks, s3 = client("cloudformation"), client("s3")
    gone = stacks.get_waiter("stack_delete_complete")
    quick = {"Delay": 1, "MaxAttempts": 30}
    # Delete markers and older versions stay, and hold the bucket.
    for each in s3.list_objects_v2(Bucket=POINTS)["Contents"]:
        s3.delete_object(Bucket=POINTS, Key=each["Key"])
    stacks.delete_stack(StackName="seed-train-transform")
    with pytest.raises(WaiterError, match="DELETE_FAILED"):
        gone.wait(StackName="seed-train-transform", WaiterConfig=quick)
    delete_versions(s3)
    stacks.delete_stack(StackName="seed-train-transform")
    gone.wait(StackName="seed-train-transform", WaiterConfig=quick)
    assert clouds.deploy(cloud, PROJECT, "seed-train-transform", {})["MachineArn"]
