import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.cloud.conftest import (
    IMAGE,
    train,
    training_request,
    transform,
    transform_request,
)
from tests.rows import rows_of

Client = Callable[[str], Any]


@pytest.fixture(scope="module")
def model(client: Client, bucket: str, outputs: dict[str, str]) -> str:
    return model_with(client, bucket, outputs["TrainingRoleArn"], "regression", {})


def model_with(
    client: Client, bucket: str, role: str, name: str, parameters: dict[str, str]
) -> str:
    sagemaker = client("sagemaker")
    given = {"objective": "reg:squarederror", "num_round": "5"} | parameters
    job = train(sagemaker, training_request(name, bucket, role, HyperParameters=given))
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    sagemaker.create_model(
        ModelName=name,
        ExecutionRoleArn=role,
        PrimaryContainer={
            "Image": IMAGE,
            "ModelDataUrl": job["ModelArtifacts"]["S3ModelArtifacts"],
        },
    )
    return name


def output_of(client: Client, bucket: str, job: str, part: str = "part-00000.csv") -> str:
    key = f"predictions/{job}/{part}.out"
    body = client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return str(body.decode())


def put(client: Client, bucket: str, prefix: str, body: str) -> dict[str, Any]:
    """Store one object and return the TransformInput that reads it line by line."""
    client("s3").put_object(Bucket=bucket, Key=f"data/{prefix}/part-00000.csv", Body=body)
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{bucket}/data/{prefix}/"}
    return {
        "ContentType": "text/csv",
        "SplitType": "Line",
        "DataSource": {"S3DataSource": source},
    }


def log_of(client: Client, job: str) -> str:
    logs = client("logs")
    group = "/aws/sagemaker/TransformJobs"
    (stream,) = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{job}/")[
        "logStreams"
    ]
    events = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])
    return "\n".join(event["message"] for event in events["events"])


def test_job_writes_a_prediction_a_line(client: Client, bucket: str, model: str) -> None:
    job = transform(client("sagemaker"), transform_request("plain", model, bucket))
    assert job["TransformJobStatus"] == "Completed", job.get("FailureReason")
    predictions = [float(line) for line in output_of(client, bucket, "plain").splitlines()]
    truth = [3 * float(r[0]) + float(r[1]) ** 2 for r in map(split, rows_of(50).splitlines())]
    assert len(predictions) == 50
    assert job["TransformStartTime"] <= job["TransformEndTime"]
    assert all(0 <= each <= 4 for each in predictions)
    assert len(truth) == 50


def test_packed_objects_of_a_manifest_are_read_unpacked(
    client: Client, bucket: str, model: str
) -> None:
    s3 = client("s3")
    plain = s3.get_object(Bucket=bucket, Key="data/test/part-00000.csv")["Body"].read()
    for name in ("a.csv.gz", "deep/b.csv.gz", "other.csv.gz"):
        s3.put_object(Bucket=bucket, Key=f"data/packed/{name}", Body=gzip.compress(plain))
    listed = [{"prefix": f"s3://{bucket}/data/packed/"}, "a.csv.gz", "deep/b.csv.gz"]
    s3.put_object(Bucket=bucket, Key="data/lists/test.manifest", Body=json.dumps(listed))
    request = transform_request("manifest", model, bucket)
    request["TransformInput"]["CompressionType"] = "Gzip"
    source = {"S3DataType": "ManifestFile", "S3Uri": f"s3://{bucket}/data/lists/test.manifest"}
    request["TransformInput"]["DataSource"]["S3DataSource"] = source
    job = transform(client("sagemaker"), request)
    assert job["TransformJobStatus"] == "Completed", job.get("FailureReason")
    written = s3.list_objects_v2(Bucket=bucket, Prefix="predictions/manifest/")["Contents"]
    names = {each["Key"].removeprefix("predictions/manifest/") for each in written}
    assert names == {"a.csv.gz.out", "deep/b.csv.gz.out"}
    assert len(output_of(client, bucket, "manifest", "a.csv.gz").splitlines()) == 50


def test_object_that_is_not_packed_as_said_fails_the_job(
    client: Client, bucket: str, model: str
) -> None:
    request = transform_request("not-packed", model, bucket)
    request["TransformInput"]["CompressionType"] = "Gzip"
    job = transform(client("sagemaker"), request)
    assert "Failed to decompress s3://" in job["FailureReason"]


def split(line: str) -> list[str]:
    return line.split(",")


@pytest.mark.parametrize("strategy", ["MultiRecord", "SingleRecord"])
def test_predictions_do_not_depend_on_how_the_object_is_cut(
    client: Client, bucket: str, model: str, strategy: str
) -> None:
    whole = transform_request(f"whole-{strategy.lower()}", model, bucket)
    whole["TransformInput"]["SplitType"] = "None"
    transform(client("sagemaker"), whole)
    cut = transform_request(f"cut-{strategy.lower()}", model, bucket, BatchStrategy=strategy)
    transform(client("sagemaker"), cut)
    name = strategy.lower()
    assert output_of(client, bucket, f"cut-{name}") == output_of(client, bucket, f"whole-{name}")


def test_empty_fields_are_missing_values(client: Client, bucket: str, model: str) -> None:
    lines = "0.5,0.5,,0.1\n0.5,0.5,nan,0.1\n"
    request = transform_request("missing", model, bucket)
    request["TransformInput"] = put(client, bucket, "missing", lines)
    transform(client("sagemaker"), request)
    first, second = output_of(client, bucket, "missing").splitlines()
    assert first == second


def test_softprob_writes_a_list_a_line(
    client: Client, bucket: str, outputs: dict[str, str]
) -> None:
    body = "\n".join(f"{n % 3},{n % 3}.5,{n / 100}" for n in range(90)) + "\n"
    for part in ("train", "validation"):
        client("s3").put_object(Bucket=bucket, Key=f"data/classes/{part}/a.csv", Body=body)
    request = training_request("classes", bucket, outputs["TrainingRoleArn"])
    request["HyperParameters"] = {"objective": "multi:softprob", "num_class": "3", "num_round": "3"}
    for channel in request["InputDataConfig"]:
        source = channel["DataSource"]["S3DataSource"]
        source["S3Uri"] = f"s3://{bucket}/data/classes/{channel['ChannelName']}/"
    sagemaker = client("sagemaker")
    job = train(sagemaker, request)
    sagemaker.create_model(
        ModelName="classes",
        ExecutionRoleArn=outputs["TrainingRoleArn"],
        PrimaryContainer={
            "Image": IMAGE,
            "ModelDataUrl": job["ModelArtifacts"]["S3ModelArtifacts"],
        },
    )
    asked = transform_request("classes", "classes", bucket)
    asked["TransformInput"] = put(client, bucket, "classes-test", "0.5,0.1\n2.5,0.1\n")
    transform(sagemaker, asked)
    first, second = output_of(client, bucket, "classes").splitlines()
    assert first.startswith("[")
    assert first.endswith("]")
    rows = [[float(x) for x in line[1:-1].split(", ")] for line in (first, second)]
    assert [row.index(max(row)) for row in rows] == [0, 2]
    assert [sum(row) for row in rows] == pytest.approx([1, 1], abs=1e-6)


def test_filters_choose_columns_and_join_the_prediction(
    client: Client, bucket: str, model: str
) -> None:
    request = transform_request("joined", model, bucket)
    request["TransformInput"] = put(
        client, bucket, "joined", "id-1,0.1,0.2,0.3,0.4\nid-2,0.5,0.6,0.7,0.8\n"
    )
    request["DataProcessing"] = {
        "InputFilter": "$[1:]",
        "JoinSource": "Input",
        "OutputFilter": "$[0,-1]",
    }
    job = transform(client("sagemaker"), request)
    assert job["TransformJobStatus"] == "Completed", log_of(client, "joined")
    rows = [line.split(",") for line in output_of(client, bucket, "joined").splitlines()]
    assert [row[0] for row in rows] == ["id-1", "id-2"]
    assert float(rows[0][1]) < float(rows[1][1])


def test_unreadable_record_fails_the_job_and_is_in_its_log(
    client: Client, bucket: str, model: str
) -> None:
    request = transform_request("unreadable", model, bucket)
    request["TransformInput"] = put(client, bucket, "unreadable", "0.1,blue,0.3,0.4\n")
    job = transform(client("sagemaker"), request)
    assert job["TransformJobStatus"] == "Failed"
    assert job["FailureReason"] == "ClientError: See job logs for more information"
    assert "Bad HTTP status received from algorithm: 415" in log_of(client, "unreadable")
    assert "blue" in log_of(client, "unreadable")


def test_record_over_the_payload_limit_fails_the_job(
    client: Client, bucket: str, model: str
) -> None:
    request = transform_request("large", model, bucket, MaxPayloadInMB=1)
    request["TransformInput"] = put(client, bucket, "large", "0." + "1" * 1_100_000 + ",2,3,4\n")
    job = transform(client("sagemaker"), request)
    assert job["TransformJobStatus"] == "Failed"
    assert "MaxPayloadInMB" in log_of(client, "large")


def test_keys_below_the_prefix_keep_their_folders(client: Client, bucket: str, model: str) -> None:
    request = transform_request("folders", model, bucket)
    request["TransformInput"] = put(client, bucket, "folders", rows_of(2, label=False))
    key = "data/folders/deeper/part-00001.csv"
    client("s3").put_object(Bucket=bucket, Key=key, Body=rows_of(3, label=False))
    transform(client("sagemaker"), request)
    assert output_of(client, bucket, "folders").count("\n") == 2
    assert output_of(client, bucket, "folders", "deeper/part-00001.csv").count("\n") == 3


def test_job_without_input_fails(client: Client, bucket: str, model: str) -> None:
    request = transform_request("nothing", model, bucket)
    request["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"] = f"s3://{bucket}/data/none/"
    job = transform(client("sagemaker"), request)
    assert "No S3 objects found" in job["FailureReason"]


def test_unknown_model_and_used_name_are_refused(client: Client, bucket: str, model: str) -> None:
    sagemaker = client("sagemaker")
    with pytest.raises(ClientError, match="Could not find model"):
        sagemaker.create_transform_job(**transform_request("orphan", "absent", bucket))
    transform(sagemaker, transform_request("used", model, bucket))
    with pytest.raises(sagemaker.exceptions.ResourceInUse, match="must be unique"):
        sagemaker.create_transform_job(**transform_request("used", model, bucket))
    with pytest.raises(sagemaker.exceptions.ResourceNotFound):
        sagemaker.describe_transform_job(TransformJobName="absent")
