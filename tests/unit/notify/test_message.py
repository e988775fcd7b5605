import json
from dataclasses import replace

import pytest

from notify.message import (
    Ending,
    console_link,
    message_of,
    readable_cause,
    sns_subject,
)

ARN = "arn:aws:states:eu-west-1:123456789012:execution:dropforge-train:churn-1"
RESULT = {
    "run": "churn-1",
    "dataset": "churn",
    "verdict": "approved",
    "sentence": "Approved: the model predicts 'left' well.",
    "task": "binary",
    "target": "left",
    "metric": {"name": "auc", "value": 0.91234, "goal": "max"},
    "champion": {"name": "auc", "value": 0.9, "goal": "max"},
    "metrics": {"auc": 0.91234},
    "rows": {"train": 7000, "validation": 1500, "test": 1500, "dropped": 12},
    "split": "Rows of the same 'person' stayed together.",
    "warnings": ["column 'id' was dropped"],
    "files": {"report": "s3://bucket/runs/churn-1/report.html"},
}
DONE = Ending(
    "churn-1", "churn", "SUCCEEDED", "s3://bucket/inbox/churn/a.csv", RESULT, None, None, ARN
)
FAILED = Ending("churn-1", "churn", "FAILED", "s3://bucket/inbox/churn/a.csv", None, "X", "Y", ARN)


def test_message_of_a_promoted_model_tells_all_there_is_to_know() -> None:
    message = message_of(DONE)
    assert message["subject"] == "churn: new model approved (auc 0.9123)"
    for part in (
        "Approved: the model predicts 'left' well.",
        "auc 0.9123 on 1,500 test rows, higher is better",
        "Trained on 7,000 rows, validated on 1,500; 12 dropped.",
        "Rows of the same 'person' stayed together.",
        "column 'id' was dropped",
        "Report: s3://bucket/runs/churn-1/report.html",
        "File: s3://bucket/inbox/churn/a.csv",
        "Run: churn-1",
        "https://eu-west-1.console.aws.amazon.com/states/home",
    ):
        assert part in message["text"]


@pytest.mark.parametrize(
    ("partition", "region", "console"),
    [
        ("aws", "eu-west-1", "https://eu-west-1.console.aws.amazon.com/states/home?"),
        ("aws-cn", "cn-north-1", "https://cn-north-1.console.amazonaws.cn/states/home?"),
        (
            "aws-us-gov",
            "us-gov-west-1",
            "https://us-gov-west-1.console.amazonaws-us-gov.com/states/home?",
        ),
    ],
)
def test_console_link_leads_to_the_partitions_console(
    partition: str, region: str, console: str
) -> None:
    link = console_link(f"arn:{partition}:states:{region}:123456789012:execution:train:churn-1")
    assert link is not None
    assert link.startswith(console)


def test_message_of_a_partition_whose_console_is_unknown_has_no_link() -> None:
    text = message_of(replace(DONE, execution_arn=ARN.replace("arn:aws:", "arn:aws-iso:")))["text"]
    assert "https://" not in text
    assert "Execution" not in text


def test_message_of_names_with_control_characters_shows_them_in_their_line() -> None:
    source = "s3://bucket/inbox/churn/a\nRun: other\x1b[2J.csv"
    result = {**RESULT, "target": "left\r\nReport: s3://elsewhere"}
    lines = message_of(replace(DONE, source=source, result=result))["text"].split("\n")
    assert r"File: s3://bucket/inbox/churn/a\nRun: other\x1b[2J.csv" in lines
    assert r"Predicts left\r\nReport: s3://elsewhere (binary)." in lines


def test_message_of_a_cause_of_several_lines_keeps_them() -> None:
    text = message_of(replace(FAILED, cause="AlgorithmError:\n  line \x1b one\nline two"))["text"]
    assert "\nAlgorithmError:\n  line \\x1b one\nline two\n" in text


@pytest.mark.parametrize("verdict", ["approved", "pending", "kept_champion", "below_minimum"])
def test_message_of_each_verdict_says_it_in_words(verdict: str) -> None:
    message = message_of(replace(DONE, result={**RESULT, "verdict": verdict}))
    assert message["verdict"] == verdict
    assert verdict not in message["subject"] or verdict == "approved"


def test_message_of_an_input_error_is_a_rejection_with_its_sentence() -> None:
    cause = json.dumps({"errorType": "NotCsvError", "errorMessage": "a.csv is a PNG"})
    message = message_of(replace(FAILED, error="NotCsvError", cause=cause))
    assert (message["verdict"], message["subject"]) == ("rejected_input", "churn: file rejected")
    assert "\na.csv is a PNG\n" in message["text"]
    assert "Error: NotCsvError" in message["text"]
    assert message["cause"] == "a.csv is a PNG"


def test_message_of_a_metric_that_does_not_exist_says_so() -> None:
    metric = {"name": "auc", "value": None, "goal": "max"}
    message = message_of(replace(DONE, result={**RESULT, "verdict": "pending", "metric": metric}))
    assert "auc undefined" in message["text"]


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_message_of_an_ending_without_a_cause_still_says_what_happened(status: str) -> None:
    message = message_of(replace(FAILED, status=status, error=None, cause=None))
    assert message["verdict"] == "failed"
    assert len(message["text"].splitlines()[2]) > 20


def test_only_errors_that_blame_the_file_are_rejections() -> None:
    assert message_of(replace(FAILED, error="SettingsError"))["verdict"] == "rejected_input"
    assert message_of(replace(FAILED, error="PredictionCountError"))["verdict"] == "failed"


def test_datasets_that_the_schedule_left_out_are_told_in_the_functions_own_words() -> None:
    cause = "1 of 4 datasets could not be looked at. These are tried again at the next tick"
    message = message_of(replace(FAILED, error="ScheduleError", cause=cause))
    assert cause in message["text"]
    assert "What to do" not in message["text"]
    assert "ScheduleError:" not in message["text"]


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        ("plain words", "plain words"),
        ('{"errorMessage": "m", "errorType": "E"}', "m"),
        ('{"TrainingJobName": "j", "FailureReason": "AlgorithmError: x"}', "AlgorithmError: x"),
        ('{"other": 1}', '{"other": 1}'),
        ("[1]", "[1]"),
        (None, None),
    ],
)
def test_readable_cause_takes_the_sentence_out_of_a_document(
    cause: str | None, sentence: str | None
) -> None:
    assert readable_cause(cause) == sentence


def test_sns_subject_of_any_text_is_short_printable_ascii() -> None:
    subject = sns_subject("größer\n" + "x" * 200)
    assert len(subject) == 100
    assert subject.isascii()
    assert subject.isprintable()
    assert subject.endswith("...")


def test_cause_ends_before_xgboosts_stack_trace() -> None:
    reason = "AlgorithmError: Invalid Input: 'x'\nStack trace:\n  [bt] (0) libxgboost.so(+0x1)"
    cause = json.dumps({"FailureReason": reason})
    assert message_of(replace(FAILED, cause=cause))["cause"] == "AlgorithmError: Invalid Input: 'x'"


def test_message_of_a_model_that_was_trained_again_says_so() -> None:
    refit = "The model was trained again on train and validation rows."
    assert f"\n{refit}\n" in message_of(replace(DONE, result={**RESULT, "refit": refit}))["text"]
    assert refit not in message_of(replace(DONE, result={**RESULT, "refit": None}))["text"]


def test_message_of_a_search_tells_what_it_gained_and_what_it_chose() -> None:
    search = {"sentence": "The search tried 20 training jobs.", "hyperparameters": {"eta": "0.031"}}
    text = message_of(replace(DONE, result={**RESULT, "search": search}))["text"]
    assert "\nThe search tried 20 training jobs.\nHyperparameters: eta 0.031.\n" in text
    assert (
        "Hyperparameters"
        not in message_of(replace(DONE, result={**RESULT, "search": None}))["text"]
    )
