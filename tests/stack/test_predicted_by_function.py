"""A function predicts the test rows: no transform job runs, and the files are those of one."""

import json
import time
from typing import Any

import numpy as np
import pytest

from tests.stack.application import Application

AUTO = {"test_predictions": "auto"}
ROWS = 600
KINDS: dict[str, dict[str, Any]] = {
    "regression": {},
    "binary": {},
    "multiclass": {},
    "counts": {"task": "regression", "hyperparameters": {"objective": "count:poisson"}},
}
FUNCTIONS = {"Predict by model", "Predict by champion"}
JOBS = {"Batch transform", "Save champion Model", "Champion batch transform"}
END_LIMIT_SECONDS = 60.0


def table(kind: str, seed: int) -> bytes:
    draw = np.random.default_rng(seed)
    a, b = draw.normal(size=ROWS), draw.integers(0, 4, ROWS)
    signal = a + 0.5 * b + draw.normal(size=ROWS) / 3
    target: Any = {
        "regression": signal.round(3),
        "binary": np.where(signal > 0.7, "yes", "no"),
        "multiclass": np.array(["low", "middle", "high"])[np.digitize(signal, [0.2, 1.2])],
        "counts": draw.poisson(np.exp(signal / 2)),
    }[kind]
    cells = ["" if value > 1.5 else f"{value:.4f}" for value in a]
    lines = [f"{x},{'uvwx'[y]},{t}" for x, y, t in zip(cells, b, target, strict=True)]
    return "\n".join(["a,b,target", *lines]).encode()


def dropped(application: Application, key: str, body: bytes) -> tuple[str, set[str]]:
    """Run a file until its model is in use; return the run, and the states that it entered."""
    run = application.drop(key, body)
    message = application.message(run)
    assert message["status"] == "SUCCEEDED", message["text"]
    package = message["result"]["model_package_arn"]
    application.client("sagemaker").update_model_package(
        ModelPackageArn=package, ModelApprovalStatus="Approved"
    )
    history = application.client("stepfunctions").get_execution_history(
        executionArn=application.execution(run), maxResults=1000
    )
    entered = [event.get("stateEnteredEventDetails", {}) for event in history["events"]]
    return run, {details["name"] for details in entered if details}


def predicted(application: Application, folder: str) -> dict[str, bytes | None]:
    keys = application.keys(f"{folder}/")
    return {key.rpartition("/")[2]: application.read(key) for key in keys}


def by_job(application: Application, of: str, model: str, rows: str) -> dict[str, bytes | None]:
    """Return what a transform job makes of a run's rows with the model of the same or another."""
    sagemaker, bucket = application.client("sagemaker"), application.bucket
    evaluation = json.loads(application.read(f"runs/{model}/evaluation.json") or b"")
    definition = application.client("stepfunctions").describe_state_machine(
        stateMachineArn=application.machine
    )["definition"]
    branch = json.loads(definition)["States"]["Predict test rows"]["Branches"][0]["States"]
    given = branch["Batch transform"]["Parameters"]
    folder = f"runs/{of}-by-job/{rows}"
    source, target = {**given["TransformInput"]}, {**given["TransformOutput"]}
    source["DataSource"] = {
        "S3DataSource": {
            "S3DataType": "S3Prefix",
            "S3Uri": f"s3://{bucket}/runs/{of}/data/{rows}/",
        }
    }
    del target["S3OutputPath.$"]
    sagemaker.create_transform_job(
        TransformJobName=f"{of}-{rows}",
        ModelName=evaluation["training"]["job"],
        BatchStrategy=given["BatchStrategy"],
        MaxPayloadInMB=given["MaxPayloadInMB"],
        TransformInput=source,
        TransformOutput=target | {"S3OutputPath": f"s3://{bucket}/{folder}"},
        TransformResources=given["TransformResources"],
    )
    end = time.monotonic() + END_LIMIT_SECONDS
    while time.monotonic() < end:
        job = sagemaker.describe_transform_job(TransformJobName=f"{of}-{rows}")
        if job["TransformJobStatus"] != "InProgress":
            break
        time.sleep(0.05)
    assert job["TransformJobStatus"] == "Completed", job
    return predicted(application, folder)


@pytest.mark.parametrize("kind", KINDS)
def test_function_writes_for_both_models_what_a_job_would(
    application: Application, kind: str
) -> None:
    dataset = f"function-{kind}"
    application.settings(dataset, AUTO | KINDS[kind])
    first, entered = dropped(application, f"inbox/{dataset}/1.csv", table(kind, 1))
    assert entered & (FUNCTIONS | JOBS) == {"Predict by model"}
    second, entered = dropped(application, f"inbox/{dataset}/2.csv", table(kind, 2))
    assert entered & (FUNCTIONS | JOBS) == FUNCTIONS
    jobs = application.client("sagemaker").list_transform_jobs(NameContains=dataset)
    assert jobs["TransformJobSummaries"] == []
    own = predicted(application, f"runs/{second}/predictions")
    assert own == by_job(application, second, second, "test")
    rival = predicted(application, f"runs/{second}/champion")
    assert rival == by_job(application, second, first, "champion")
    assert own.keys() == rival.keys() == {"part-00000.csv.out"}
    assert own != rival
    comparison = json.loads(application.read(f"runs/{second}/evaluation.json") or b"")["comparison"]
    assert comparison["rows"] > 0
