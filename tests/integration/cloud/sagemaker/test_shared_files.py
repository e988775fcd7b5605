"""Files that a job shares with the bucket."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dropforge import cloud as clouds
from dropforge.cloud import Cloud
from dropforge.cloud.patches.s3 import handover
from tests.integration.cloud.conftest import train, training_request, wait_for_training
from tests.rows import rows_of
from tests.waiting import wait_until

Client = Callable[[str], Any]
ROWS = rows_of(9_000)
"""Enough that S3 does not send them from memory."""


@pytest.fixture
def sagemaker(client: Client) -> Any:
    return client("sagemaker")


def stored(cloud: Cloud, bucket: str, key: str) -> Path:
    """Return the file of an object."""
    (file,) = (cloud.state_dir / "s3").glob(f"*/{bucket}/{key}")
    return file


def request_of(name: str, bucket: str, role: str) -> dict[str, Any]:
    request = training_request(name, bucket, role)
    source = request["InputDataConfig"][0]["DataSource"]["S3DataSource"]
    source["S3Uri"] = f"s3://{bucket}/data/{name}/"
    return request


def test_job_has_the_objects_own_file_whatever_becomes_of_the_object(
    cloud: Cloud, sagemaker: Any, client: Client, bucket: str, outputs: dict[str, str]
) -> None:
    s3, kept = client("s3"), b"checkpoint" * 40_000
    s3.put_object(Bucket=bucket, Key="data/shares/rows.csv", Body=ROWS)
    s3.put_object(Bucket=bucket, Key="model/shared-checkpoints/notes", Body=kept)
    request = request_of("shares", bucket, outputs["TrainingRoleArn"])
    request["HyperParameters"]["num_round"] = "1000000"
    request["CheckpointConfig"] = {"S3Uri": f"s3://{bucket}/model/shared-checkpoints/"}
    sagemaker.create_training_job(**request)

    def trains() -> bool:
        job = sagemaker.describe_training_job(TrainingJobName="shares")
        assert job["TrainingJobStatus"] == "InProgress", job.get("FailureReason")
        return bool(job["SecondaryStatus"] == "Training")

    wait_until(trains)
    root = cloud.state_dir / "jobs" / "training-shares" / "algo-1"
    file = root / "input" / "data" / "train" / "rows.csv"
    try:
        assert file.samefile(stored(cloud, bucket, "data/shares/rows.csv"))
        assert (root / "checkpoints" / "notes").read_bytes() == kept
        assert not (root / "checkpoints" / "notes").samefile(
            stored(cloud, bucket, "model/shared-checkpoints/notes")
        )
        s3.put_object(Bucket=bucket, Key="data/shares/rows.csv", Body=ROWS[::-1])
        assert file.read_text() == ROWS
        s3.delete_object(Bucket=bucket, Key="data/shares/rows.csv")
        assert file.read_text() == ROWS
    finally:
        sagemaker.stop_training_job(TrainingJobName="shares")
        wait_for_training(sagemaker, "shares")


def test_objects_stay_as_they_are_when_their_job_has_ended(
    sagemaker: Any, client: Client, bucket: str, outputs: dict[str, str]
) -> None:
    s3 = client("s3")
    # Both have the name "rows.csv" in the channel, and the small one comes last.
    objects = {"data/one-name//rows.csv": ROWS, "data/one-name/rows.csv": rows_of(300)}
    for key, body in objects.items():
        s3.put_object(Bucket=bucket, Key=key, Body=body)
    listed = [{"prefix": f"s3://{bucket}/data/one-name/"}, "/rows.csv", "rows.csv"]
    s3.put_object(Bucket=bucket, Key="data/lists/one-name", Body=json.dumps(listed))
    request = request_of("one-name", bucket, outputs["TrainingRoleArn"])
    source = request["InputDataConfig"][0]["DataSource"]["S3DataSource"]
    source |= {"S3DataType": "ManifestFile", "S3Uri": f"s3://{bucket}/data/lists/one-name"}
    job = train(sagemaker, request)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    for key, body in objects.items():
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode() == body


def test_role_that_may_not_read_gets_no_file(
    sagemaker: Any, client: Client, bucket: str, bare_role: str
) -> None:
    client("s3").put_object(Bucket=bucket, Key="data/unreadable/rows.csv", Body=ROWS)
    may = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}"}
    client("iam").put_role_policy(
        RoleName=bare_role.rpartition("/")[2],
        PolicyName="list",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [may]}),
    )
    job = train(sagemaker, request_of("unreadable", bucket, bare_role))
    uri = f"s3://{bucket}/data/unreadable/rows.csv"
    said = f"ClientError: Failed to download {uri}: AccessDenied (403)"
    assert job["FailureReason"].startswith(said)


def test_outsider_who_asks_for_files_gets_bytes(cloud: Cloud, bucket: str) -> None:
    s3 = clouds.session(cloud).client("s3")
    s3.put_object(Bucket=bucket, Key="data/outsider/rows.csv", Body=ROWS)
    with handover.asked(s3) as files:
        answer = s3.get_object(Bucket=bucket, Key="data/outsider/rows.csv")["Body"].read()
    assert (answer.decode(), files) == (ROWS, [])
