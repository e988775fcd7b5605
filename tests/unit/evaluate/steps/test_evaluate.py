"""The evaluate step on runs as the earlier states leave them."""

import io
import json
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from sklearn import metrics as sk

from evaluate.steps.evaluate import count_rows
from pipeline.errors import SettingsError
from scoring.archive import read_files
from tests.unit.evaluate.buckets import FakeLogs
from tests.unit.evaluate.container_output import packed
from tests.unit.evaluate.made_documents import PREFIX
from tests.unit.evaluate.made_run import MadeRun, evaluated

Runs = Callable[[str], MadeRun]
TASKS = ("regression", "binary", "multiclass")


@pytest.mark.parametrize(
    ("task", "score"),
    [
        ("regression", sk.root_mean_squared_error),
        ("binary", sk.roc_auc_score),
        ("multiclass", lambda truth, given: sk.log_loss(truth, y_proba=given, labels=range(7))),
    ],
)
def test_metric_of_the_parts_equals_scikit_learn(run_of: Runs, task: str, score: Any) -> None:
    run = run_of(task)
    result = evaluated(run)
    with warnings.catch_warnings():
        # Probabilities written as 32 bit floats sum to one only nearly.
        warnings.filterwarnings("ignore", message="The y_prob values do not sum to one")
        expected = score(run.truth, run.predicted.astype(float))
    assert result["metric"]["value"] == pytest.approx(expected, rel=1e-9)
    assert result["rows"] == {"train": 1050, "validation": 225, "test": 225, "dropped": 0}


def test_payload_has_what_the_state_machine_reads(run_of: Runs) -> None:
    result = evaluated(run_of("binary"))
    assert result["verdict"] == "approved"
    assert result["approval_status"] == "Approved"
    assert result["champion"] is None
    assert result["files"]["report"] == f"s3://drops/{PREFIX}/report.html"
    assert result["files"]["predictions"] == f"s3://drops/{PREFIX}/predictions/"
    assert result["package"]["group"] == "dropforge--churn"
    assert result["package"]["metadata"]["encoder"] == f"{PREFIX}/encoder.json"
    assert len(json.dumps(result)) < 10_000


def test_a_metric_of_another_task_is_refused(run_of: Runs) -> None:
    run = run_of("regression")
    run.change("request.json", settings={"metric": "auc"})
    with pytest.raises(SettingsError, match='metric "auc" does not judge a regression'):
        evaluated(run)


def test_without_a_log_the_learning_curve_is_left_out_and_said_so(run_of: Runs) -> None:
    run = run_of("binary")
    run.logs = FakeLogs(None)
    evaluated(run)
    document = run.json("evaluation.json")
    assert document["learning_curve"] is None
    assert "ResourceNotFoundException" in document["notes"][0]
    assert "The learning curve is left out" in run.text("report.html")


def test_a_model_file_that_cannot_be_read_leaves_importance_out(run_of: Runs) -> None:
    run = run_of("binary")
    key = run.event["training"]["model_data"].removeprefix("s3://drops/")
    run.s3.objects[key] = packed({"xgboost-model": b"another format"})
    evaluated(run)
    document = run.json("evaluation.json")
    assert document["importance"] is None
    assert "Feature importance is left out" in document["notes"][0]


def test_models_of_folds_are_counted_in_the_report(run_of: Runs) -> None:
    run = run_of("binary")
    key = run.event["training"]["model_data"].removeprefix("s3://drops/")
    model = read_files(io.BytesIO(run.s3.objects[key]), "xgboost-model".__eq__)["xgboost-model"]
    run.s3.objects[key] = packed({f"xgboost-model-{fold}": bytes(model) for fold in range(5)})
    alone = run_of("binary")
    evaluated(alone)
    evaluated(run)
    document = run.json("evaluation.json")
    assert (
        document["importance"]["columns"] == alone.json("evaluation.json")["importance"]["columns"]
    )
    assert document["notes"][0].startswith("The prediction is the mean of 5 models.")
    assert "the mean of 5 models" in run.text("report.html")


def test_rows_are_added_up_over_all_chunks(run_of: Runs) -> None:
    run = run_of("binary")
    more = {"index": 1, "train": 1, "validation": 2, "test": 0, "dropped": 4}
    run.put("chunks/encode-00001.json", json.dumps(more))
    counted = count_rows(run.files)
    assert counted == {"train": 1051, "validation": 227, "test": 225, "dropped": 4}


BY_GROUP = {
    "by": "group",
    "column": "person",
    "chosen": "file",
    "sentence": "Rows of the same 'person' stayed together: they agree.",
    "copies": None,
    "question": "a person should say whether they belong together",
}


def test_split_of_the_rows_is_told_in_document_report_and_payload(run_of: Runs) -> None:
    run = run_of("binary")
    run.change("profile.json", split={**BY_GROUP, "question": None})
    payload = evaluated(run)
    assert payload["verdict"] == "approved"
    assert payload["split"] == BY_GROUP["sentence"]
    assert run.json("evaluation.json")["split"] == {**BY_GROUP, "question": None}
    assert "Rows of the same &#39;person&#39; stayed together" in run.text("report.html")


def test_question_about_the_split_waits_for_a_person(run_of: Runs) -> None:
    run = run_of("binary")
    run.change("profile.json", split=BY_GROUP)
    payload = evaluated(run)
    assert payload["verdict"] == "pending"
    assert BY_GROUP["question"] in payload["sentence"]


def test_profile_of_an_earlier_version_tells_of_no_split(run_of: Runs) -> None:
    run = run_of("binary")
    assert evaluated(run)["split"] is None
    assert run.json("evaluation.json")["split"] is None
