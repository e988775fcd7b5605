"""The main job on the embedded cloud: a drop, a model, predictions, one message."""

import csv
import io
import json
from typing import Any

from pipeline.run_names import run_of_execution
from seed.sample import SampleSize, sample_csv
from tests.stack.application import Application

SAMPLE = sample_csv(SampleSize(rows=1200, seed=3))


def part_lines(application: Application, prefix: str) -> int:
    bodies = [application.read(key) or b"" for key in application.keys(prefix)]
    return sum(body.count(b"\n") + (not body.endswith(b"\n")) for body in bodies if body)


def test_execution_started_with_nothing_does_what_the_aws_sample_does(
    application: Application,
) -> None:
    name = "Erste-Übung.1"
    arn = application.start(name, {})
    sfn, sagemaker = application.client("stepfunctions"), application.client("sagemaker")
    run = run_of_execution(name)
    message = application.message(run)
    described = sfn.describe_execution(executionArn=arn)
    assert described["status"] == "SUCCEEDED", application.last(name)
    output = json.loads(described["output"])
    assert output["run"] == run
    assert message["result"] == output
    model = sagemaker.describe_model(ModelName=f"{run}-r1")
    assert model["PrimaryContainer"]["ModelDataUrl"].endswith("/output/model.tar.gz")
    truth = application.read(f"runs/{run}/data/truth/part-00000.csv") or b""
    rows = len(list(csv.DictReader(io.StringIO(truth.decode()))))
    assert rows == output["rows"]["test"] > 200
    assert part_lines(application, f"runs/{run}/predictions/") == rows
    events = sfn.get_execution_history(executionArn=arn, maxResults=1000)["events"]
    entered = [e["stateEnteredEventDetails"] for e in events if "stateEnteredEventDetails" in e]
    exited = [e["stateExitedEventDetails"] for e in events if "stateExitedEventDetails" in e]
    names = {e["name"] for e in entered}
    wanted = {"Generate dataset", "Train model (XGBoost)", "Save Model", "Batch transform"}
    assert wanted <= names
    assert {e["name"] for e in exited} >= wanted
    assert all(json.loads(e["input"]) is not None for e in entered)
    assert all(json.loads(e["output"]) is not None for e in exited)


def test_drop_of_a_csv_ends_in_a_model_in_use_and_one_message(
    application: Application, inbox: Any
) -> None:
    application.settings("churn", {"target": "cancelled", "id_columns": ["customer"]})
    run = application.drop("inbox/churn/churn.csv", SAMPLE)
    message = application.message(run)
    assert message["verdict"] == "approved", message
    result = message["result"]
    assert result["task"] == "binary"
    assert result["metric"]["name"] == "auc"
    assert result["metric"]["value"] > 0.7
    assert sum(result["rows"].values()) == 1200
    package = application.client("sagemaker").describe_model_package(
        ModelPackageName=result["model_package_arn"]
    )
    assert package["ModelApprovalStatus"] == "Approved"
    assert package["CustomerMetadataProperties"]["run"] == run
    report = application.read(f"runs/{run}/report.html") or b""
    assert b"<svg" in report
    assert b"What it goes by" in report
    evaluation = json.loads(application.read(f"runs/{run}/evaluation.json") or b"")
    assert evaluation["explanation"]["rows"] == result["rows"]["test"]
    assert evaluation["notes"] == []
    truth = (application.read(f"runs/{run}/data/truth/part-00000.csv") or b"").decode()
    assert truth.startswith("row,label,customer")
    assert [m["Subject"] for m in inbox.fetch() if run in m["Message"]] == [message["subject"]]


def test_event_delivered_again_changes_nothing(application: Application, inbox: Any) -> None:
    run = application.drop("inbox/again.csv", SAMPLE)
    application.message(run)
    written = {key: application.read(key) for key in application.keys(f"runs/{run}/")}
    request = json.loads(application.read(f"runs/{run}/request.json") or b"")
    event = {
        "detail-type": "Object Created",
        "source": "aws.s3",
        "detail": {
            "bucket": {"name": application.bucket},
            "object": {"key": "inbox/again.csv", "version-id": request["version_id"]},
        },
    }
    answer = application.client("lambda").invoke(
        FunctionName=application.outputs["TriggerFunctionArn"], Payload=json.dumps(event).encode()
    )
    outcome = json.loads(answer["Payload"].read())["outcomes"][0]
    assert outcome == {"key": "inbox/again.csv", "outcome": "known", "run": run}
    assert {key: application.read(key) for key in application.keys(f"runs/{run}/")} == written
    assert len([m for m in inbox.fetch() if run in m["Message"]]) == 1
