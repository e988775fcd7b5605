"""What came of an event in a container: SAM's exit code tells of its own faults alone."""

import json
from typing import Any

import pytest

from bench.containers.engine import function_of
from bench.containers.judge import FAILED, REFUSAL, RESULT, judge

ERROR = {"errorMessage": "no bucket", "errorType": "ServiceBusyError", "stackTrace": []}


def outcomes(*found: str) -> dict[str, Any]:
    return {"outcomes": [{"key": "inbox/x", "outcome": each} for each in found]}


@pytest.mark.parametrize(
    ("event", "answer", "kind"),
    [
        ("prepare-plan", {"run": "sample-1"}, RESULT),
        ("prepare-encode", 1, RESULT),
        ("evaluate-measure", None, RESULT),
        ("evaluate-measure", ERROR, FAILED),
        ("notify-topic-left-over", {"batchItemFailures": []}, RESULT),
        ("webhook-last-try", {"batchItemFailures": [{"itemIdentifier": "1"}]}, FAILED),
        ("trigger-schedule", outcomes(), RESULT),
        ("trigger-object-created", outcomes("known"), RESULT),
        ("trigger-object-created", outcomes("refused"), FAILED),
        ("trigger-not-csv", outcomes("refused"), REFUSAL),
        ("trigger-not-csv", outcomes("started"), FAILED),
        ("trigger-not-csv", outcomes(), FAILED),
        ("trigger-not-csv", ERROR, FAILED),
    ],
)
def test_an_answer_is_judged_by_what_the_event_is_about(event: str, answer: Any, kind: str) -> None:
    assert judge(event, 0, json.dumps(answer), "END RequestId").kind == kind


def test_an_error_is_told_by_its_name_and_message() -> None:
    assert judge("prepare-plan", 0, json.dumps(ERROR), "").text == "ServiceBusyError: no bucket"


def test_a_function_that_gave_no_answer_failed_though_sam_exits_with_0() -> None:
    logged = "START\nFunction 'PrepareFunction' timed out after 900 seconds\nNo response\n"
    outcome = judge("prepare-plan", 0, "", logged)
    assert outcome.kind == FAILED
    assert outcome.text.endswith("timed out after 900 seconds")
    assert (
        judge("prepare-plan", 0, " \n", "").text == "the function gave no answer: it said nothing"
    )


def test_text_that_is_no_json_failed() -> None:
    assert judge("prepare-plan", 0, "Traceback", "").kind == FAILED


def test_a_fault_of_sam_itself_is_told_with_its_words() -> None:
    logged = "Invoking\nError: Running AWS SAM projects locally requires a container runtime.\n\n"
    outcome = judge("prepare-plan", 1, "", logged)
    assert outcome.kind == FAILED
    assert outcome.text == (
        "sam exited with 1: Error: Running AWS SAM projects locally requires a container runtime."
    )


def test_a_long_text_is_cut() -> None:
    assert len(judge("prepare-plan", 0, json.dumps({"a": "x" * 999}), "").text) < 310


def test_an_event_belongs_to_the_function_of_its_name() -> None:
    assert function_of("prepare-plan-scoring") == "PrepareFunction"
