"""The message of a file that was predicted."""

import json
from typing import Any

from notify.ending import of_execution
from notify.message import message_of

OUTPUT: dict[str, Any] = {
    "run": "churn-20260102-030405-0123abcd",
    "dataset": "churn",
    "verdict": "scored",
    "sentence": "Predicted 1,200 rows of 'new.csv' with the model of run r.",
    "task": "binary",
    "target": "churned",
    "rows": 1200,
    "marked": 3,
    "engine": "function",
    "model_package_arn": "arn:package",
    "metric": None,
    "metrics": {},
    "measured_rows": 0,
    "missing": [
        {"column": "age", "now": 0.5, "before": 0.02},
        {"column": "plan", "now": 0.03, "before": 0.02},
    ],
    "unseen": {"plan": 4},
    "warnings": ["'note': unknown to the approved model, so kept and not used."],
    "files": {"predictions": "s3://bucket/results/churn/r/predictions.csv", "parts": None},
}


def told(**changes: Any) -> dict[str, Any]:
    description = {
        "name": OUTPUT["run"],
        "executionArn": "arn:aws:states:eu-west-1:111122223333:execution:s-batch-transform:r",
        "status": "SUCCEEDED",
        "input": json.dumps({"bucket": "bucket", "key": "score/churn/new.csv"}),
        "output": json.dumps(OUTPUT | changes),
        "stopDate": 1_767_323_045_000,
    }
    return dict(message_of(of_execution(description)))


def test_message_says_what_was_predicted_and_where_it_is() -> None:
    message = told()
    assert message["verdict"] == "scored"
    assert message["dataset"] == "churn"
    assert message["subject"] == "churn: 1,200 rows predicted"
    text = message["text"]
    assert "Predicted 1,200 rows of 'new.csv'" in text
    assert "Predictions: s3://bucket/results/churn/r/predictions.csv" in text
    assert "Parts" not in text
    assert "File: s3://bucket/score/churn/new.csv" in text
    assert "- 'note': unknown to the approved model" in text
    assert "New to the model in plan: 4 values." in text


def test_message_tells_of_what_is_missing_only_where_it_differs() -> None:
    text = told()["text"]
    assert "Missing in age: 50%, in training 2%." in text
    assert "Missing in plan" not in text


def test_message_has_the_metric_of_a_file_with_the_truth() -> None:
    metric = {"name": "auc", "value": 0.91234, "goal": "max"}
    text = told(metric=metric, measured_rows=1150)["text"]
    assert "The file holds the true values: auc 0.9123 on 1,150 rows, higher is better." in text


def test_message_of_a_refused_file_names_its_dataset() -> None:
    description = {
        "name": OUTPUT["run"],
        "executionArn": "arn:aws:states:eu-west-1:111122223333:execution:s-batch-transform:r",
        "status": "FAILED",
        "input": json.dumps({"bucket": "bucket", "key": "score/churn/new.csv"}),
        "error": "ModelMissingError",
        "cause": "there is no dataset 'churn'",
        "stopDate": 1_767_323_045_000,
    }
    message = message_of(of_execution(description))
    assert (message["verdict"], message["subject"]) == ("rejected_input", "churn: file rejected")
