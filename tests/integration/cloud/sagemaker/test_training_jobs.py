"""What a training job does."""

import io
import tarfile
from collections.abc import Callable
from typing import Any

import pytest
import xgboost
from botocore.exceptions import ClientError

from tests.integration.cloud.conftest import train, training_request, wait_for_training
from tests.rows import rows_of
from tests.waiting import wait_until

Client = Callable[[str], Any]


@pytest.fixture
def sagemaker(client: Client) -> Any:
    return client("sagemaker")


@pytest.fixture
def role(outputs: dict[str, str]) -> str:
    return outputs["TrainingRoleArn"]


def log_of(client: Client, job: str) -> list[str]:
    logs = client("logs")
    group = "/aws/sagemaker/TrainingJobs"
    streams = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{job}/algo-")
    lines = []
    for stream in streams["logStreams"]:
        found = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])
        lines += [event["message"] for event in found["events"]]
    return lines


def model_of(client: Client, bucket: str, job: dict[str, Any]) -> xgboost.Booster:
    key = job["ModelArtifacts"]["S3ModelArtifacts"].removeprefix(f"s3://{bucket}/")
    packed = client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        assert archive.getnames() == ["xgboost-model"]
        content = archive.extractfile("xgboost-model")
        assert content is not None
        booster = xgboost.Booster()
        booster.load_model(bytearray(content.read()))
    return booster


def test_job_trains_a_real_model_with_the_rows_of_the_channel(
    sagemaker: Any, client: Client, bucket: str, role: str
) -> None:
    job = train(sagemaker, training_request("real-model", bucket, role))
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    uri = job["ModelArtifacts"]["S3ModelArtifacts"]
    assert uri == f"s3://{bucket}/model/real-model/output/model.tar.gz"
    booster = model_of(client, bucket, job)
    rows = [line.split(",") for line in rows_of(300).splitlines()]
    expected = xgboost.train(
        {"objective": "reg:squarederror"},
        xgboost.DMatrix(
            [[float(x) for x in row[1:]] for row in rows], label=[float(row[0]) for row in rows]
        ),
        15,
    )
    assert booster.num_boosted_rounds() == 15
    seen = xgboost.DMatrix([[float(x) for x in row[1:]] for row in rows])
    # The container's reader of text rounds a number's last digit in its own way.
    assert booster.predict(seen) == pytest.approx(expected.predict(seen), abs=1e-3)


def test_job_reports_states_times_metrics_and_log(
    sagemaker: Any, client: Client, bucket: str, role: str
) -> None:
    job = train(sagemaker, training_request("reports", bucket, role))
    states = [each["Status"] for each in job["SecondaryStatusTransitions"]]
    assert states == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert job["CreationTime"] <= job["TrainingStartTime"] <= job["TrainingEndTime"]
    assert job["BillableTimeInSeconds"] >= 1
    lines = [line for line in log_of(client, "reports") if line.startswith("[")]
    last = next(line for line in lines if line.startswith("[14]"))
    metrics = {each["MetricName"]: each["Value"] for each in job["FinalMetricDataList"]}
    assert last == (
        f"[14]#011train-rmse:{metrics['train:rmse']:.5f}"
        f"#011validation-rmse:{metrics['validation:rmse']:.5f}"
    )
    assert metrics["train:rmse"] < 0.1


def test_job_stops_early_and_keeps_the_best_model(
    sagemaker: Any, client: Client, bucket: str, role: str
) -> None:
    parameters = {
        "objective": "reg:squarederror",
        "eval_metric": "rmse",
        "num_round": "500",
        "early_stopping_rounds": "3",
        "eta": "0.9",
    }
    job = train(sagemaker, training_request("early", bucket, role, HyperParameters=parameters))
    rounds = sum("#011validation-rmse:" in line for line in log_of(client, "early"))
    assert rounds < 500
    assert model_of(client, bucket, job).num_boosted_rounds() == rounds - 3


def test_job_of_folds_leaves_all_models_what_they_predict_and_their_mean_metrics(
    sagemaker: Any, client: Client, bucket: str, role: str
) -> None:
    parameters = {"objective": "reg:squarederror", "num_round": "4", "_kfold": "3"}
    job = train(sagemaker, training_request("folds", bucket, role, HyperParameters=parameters))
    uri = job["ModelArtifacts"]["S3ModelArtifacts"]
    files = {}
    for name in ("model", "output"):
        key = uri.removeprefix(f"s3://{bucket}/").replace("model.tar.gz", f"{name}.tar.gz")
        body = client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        with tarfile.open(fileobj=io.BytesIO(body)) as archive:
            files[name] = sorted(archive.getnames())
    assert files["model"] == [f"xgboost-model-{fold}" for fold in range(3)]
    assert files["output"] == ["predictions.csv"]
    lines = [line for line in log_of(client, "folds") if line.startswith("[")]
    last = [float(line.rpartition(":")[2]) for line in lines if line.startswith("[3]")]
    metrics = {each["MetricName"]: each["Value"] for each in job["FinalMetricDataList"]}
    assert metrics["validation:rmse"] == pytest.approx(sum(last) / 3, abs=2e-5)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"objective": "reg:squarederror"}, "Missing required hyperparameter: num_round"),
        ({"num_round": "5", "silent": "1"}, "Extraneous hyperparameter found: silent"),
        ({"num_round": "five"}, "Hyperparameter num_round: could not parse value"),
        ({"num_round": "0"}, "Hyperparameter num_round: 0 is not in [1, +inf)"),
        ({"num_round": "5", "objective": "multi:softprob"}, "num_class"),
        ({"num_round": "5", "objective": "binary:logistic"}, "must be in (0,1) for the logistic"),
    ],
)
def test_job_with_bad_hyperparameters_fails_with_the_containers_message(
    sagemaker: Any, bucket: str, role: str, parameters: dict[str, str], message: str
) -> None:
    name = f"bad-{abs(hash(message))}"
    job = train(sagemaker, training_request(name, bucket, role, HyperParameters=parameters))
    assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Failed"
    assert job["FailureReason"].startswith("AlgorithmError: framework error: \n")
    assert message in job["FailureReason"]
    # A reason has at most 1,024 characters.
    assert job["FailureReason"].endswith(", exit code: 1") or len(job["FailureReason"]) == 1024


def test_job_without_data_fails_with_the_address(sagemaker: Any, bucket: str, role: str) -> None:
    request = training_request("no-data", bucket, role)
    request["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] = (
        f"s3://{bucket}/data/nothing/"
    )
    job = train(sagemaker, request)
    assert "No S3 objects found under S3 URL" in job["FailureReason"]
    assert f"s3://{bucket}/data/nothing/" in job["FailureReason"]


def test_job_reads_only_what_its_role_may(
    sagemaker: Any, client: Client, bucket: str, role: str
) -> None:
    client("s3").put_object(Bucket=bucket, Key="secret/part.csv", Body=rows_of(20))
    request = training_request("denied", bucket, role)
    request["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] = f"s3://{bucket}/secret/"
    job = train(sagemaker, request)
    assert job["TrainingJobStatus"] == "Failed"
    assert "AccessDenied (403)" in job["FailureReason"]


def test_job_writes_only_where_its_role_may(sagemaker: Any, bucket: str, role: str) -> None:
    request = training_request(
        "denied-output", bucket, role, OutputDataConfig={"S3OutputPath": f"s3://{bucket}/elsewhere"}
    )
    job = train(sagemaker, request)
    assert job["TrainingJobStatus"] == "Failed"
    assert "s3:PutObject" in job["FailureReason"]


def test_hidden_file_in_a_channel_fails_the_job(
    sagemaker: Any, client: Client, bucket: str, role: str
) -> None:
    for name in ("part.csv", ".hidden"):
        client("s3").put_object(Bucket=bucket, Key=f"data/hidden/{name}", Body=rows_of(20))
    request = training_request("hidden", bucket, role)
    request["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] = (
        f"s3://{bucket}/data/hidden/"
    )
    job = train(sagemaker, request)
    assert "Hidden file found in the data path" in job["FailureReason"]


def test_several_instances_train_one_model_on_their_shards(
    sagemaker: Any, client: Client, bucket: str, role: str
) -> None:
    for split, rows in (("train", 100), ("validation", 20)):
        for part in range(2):
            client("s3").put_object(
                Bucket=bucket, Key=f"data/sharded/{split}/{part}.csv", Body=rows_of(rows, seed=part)
            )
    request = training_request("sharded", bucket, role)
    request["ResourceConfig"]["InstanceCount"] = 2
    for channel in request["InputDataConfig"]:
        source = channel["DataSource"]["S3DataSource"]
        source["S3Uri"] = f"s3://{bucket}/data/sharded/{channel['ChannelName']}/"
        source["S3DataDistributionType"] = "ShardedByS3Key"
    job = train(sagemaker, request)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    lines = log_of(client, "sharded")
    assert sum("Train matrix has 100 rows" in line for line in lines) == 2
    assert sum(line.startswith("[0]#011") for line in lines) == 1
    assert job["BillableTimeInSeconds"] == 2 * job["TrainingTimeInSeconds"]


def test_stop_ends_a_job_that_trains(sagemaker: Any, bucket: str, role: str) -> None:
    parameters = {"objective": "reg:squarederror", "num_round": "1000000"}
    sagemaker.create_training_job(
        **training_request("stopped", bucket, role, HyperParameters=parameters)
    )
    wait_until(
        lambda: (
            sagemaker.describe_training_job(TrainingJobName="stopped")["SecondaryStatus"]
            == "Training"
        )
    )
    sagemaker.stop_training_job(TrainingJobName="stopped")
    job = wait_for_training(sagemaker, "stopped")
    assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Stopped"
    with pytest.raises(ClientError, match="in status Stopped"):
        sagemaker.stop_training_job(TrainingJobName="stopped")


def test_job_over_its_time_is_stopped_with_the_model_so_far(
    sagemaker: Any, bucket: str, role: str
) -> None:
    parameters = {
        "objective": "reg:squarederror",
        "num_round": "1000000",
        "save_model_on_termination": "true",
    }
    request = training_request("late", bucket, role, HyperParameters=parameters)
    request["StoppingCondition"]["MaxRuntimeInSeconds"] = 1
    job = train(sagemaker, request)
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")
    assert job["ModelArtifacts"]["S3ModelArtifacts"].endswith("late/output/model.tar.gz")
