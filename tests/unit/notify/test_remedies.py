"""Each row of the table, by errors as they came; the judge is that of the fault matrix."""

from dataclasses import replace

import pytest

from bench.faults import wording
from notify.message import Ending, message_of
from notify.remedies import RULES, remedy_of, rule_of
from pipeline import errors

ARN = "arn:aws:states:eu-west-1:123456789012:execution:dropforge-train:churn-1"
USER = "User: arn:aws:sts::123456789012:assumed-role/dropforge-EvaluateRole-X1/churn-1"
CASES = [
    ("said", "TrainingOutOfTime", "raise max_runtime_seconds"),
    ("said", "TransformQuotaIsZero", "Ask for one, aws service-quotas request-service-quota-i"),
    ("said", "VerdictUnknown", "report this as a defect."),
    ("job stopped", "JobStopped", "The SageMaker job was stopped before it ended."),
    ("step timed out", "StepTimedOut", "The step took longer than its limit."),
    ("step timed out", "States.Timeout", ""),
    (
        "denied by a policy",
        "AccessDenied",
        (
            f"{USER} is not authorized to perform: s3:GetObject on resource: x with an explicit "
            "deny in a service control policy"
        ),
    ),
    (
        "role lacks a permission",
        "AccessDenied",
        (
            f"{USER} is not authorized to perform: s3:PutObject on resource: x because no "
            "identity-based policy allows the s3:PutObject action"
        ),
    ),
    (
        "role lacks a permission",
        "States.TaskFailed",
        (
            f"ClientError: Failed to download s3://b/k: AccessDenied (403): {USER} is not "
            "authorized to perform: s3:GetObject on resource: x"
        ),
    ),
    ("permission", "ClientError", "User is not authorized to perform: sagemaker:CreateModel on r"),
    (
        "refused call",
        "ClientError",
        "An error occurred (403) when calling the HeadObject operation: Forbidden",
    ),
    ("refused call", "AccessDenied", "Access Denied"),
    (
        "named quota",
        "SageMaker.ResourceLimitExceededException",
        (
            "The account-level service limit 'ml.m5.large for training job usage' is 0 Instances, "
            "with current utilization of 0 Instances and a request delta of 1 Instances."
        ),
    ),
    (
        "quota",
        "SageMaker.ResourceLimitExceededException",
        (
            "The account-level service limit 'ml.m5.large for training job usage' is 2 Instances, "
            "with current utilization of 2 Instances and a request delta of 1 Instances."
        ),
    ),
    ("capacity", "States.TaskFailed", "CapacityError: Unable to provision requested ML compute"),
    ("job out of memory", "States.TaskFailed", "AlgorithmError: out of memory, exit code: 137"),
    (
        "data of a job",
        "States.TaskFailed",
        'ClientError: No S3 objects found under S3 URL "s3://b/x"',
    ),
    ("data of a job", "States.TaskFailed", "ClientError: Failed to extract model data archive"),
    ("algorithm", "States.TaskFailed", "AlgorithmError: , exit code: -6"),
    ("algorithm", "States.TaskFailed", "ClientError: See job logs for more information"),
    (
        "AWS itself",
        "States.TaskFailed",
        "InternalServerError: We encountered an internal error. Please try again.",
    ),
    ("function timed out", "Sandbox.Timedout", "Task timed out after 3.00 seconds"),
    ("function timed out", "Lambda.Unknown", "RequestId: x Error: Task timed out after 900.10 s"),
    ("function died", "Runtime.ExitError", "RequestId: x Error: Runtime exited without a reason"),
    ("function died", "Runtime.ExitError", "RequestId: x Error: Runtime exited: signal: killed"),
    ("function died", "Lambda.Unknown", "Process exited before completing request"),
    ("broken package", "Runtime.ImportModuleError", "Unable to import module 'x': No module"),
    ("broken package", "Runtime.UserCodeSyntaxError", "Syntax error in module"),
    (
        "answer too large",
        "States.DataLimitExceeded",
        "The state/task returned a result with a size exceeding the maximum number of bytes",
    ),
    (
        "answer too large",
        "Function.ResponseSizeTooLarge",
        "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    ),
    (
        "file gone",
        "NoSuchKey",
        (
            "An error occurred (NoSuchKey) when calling the GetObject operation: The specified key "
            "does not exist."
        ),
    ),
    (
        "file gone",
        "States.ItemReaderFailed",
        "The specified key does not exist. (Bucket: b, Key: runs/churn-1/manifest.json)",
    ),
    ("file damaged", "JSONDecodeError", "Expecting value: line 1 column 1 (char 0)"),
    ("file damaged", "States.Runtime", "Unterminated string starting at: line 1 column 13"),
    ("file damaged", "UnicodeDecodeError", "'utf-8' codec can't decode byte 0xb4 in position 1"),
    ("file damaged", "ValueError", "buffer size must be a multiple of element size"),
    ("cloud ended", "States.ServiceRestart", "The local cloud ended while the execution ran."),
    ("paths", "States.Runtime", "Invalid path '$.evaluation.verdict'"),
    ("paths", "States.ParameterPathFailure", "The JSONPath '$.x' could not be found"),
    ("throttled", "SageMaker.SageMakerException", "Rate exceeded (Service: SageMaker)"),
    ("throttled", "Lambda.TooManyRequestsException", "Reserved concurrency is used up"),
    (
        "AWS itself",
        "SageMaker.AmazonSageMakerException",
        "The request processing has failed (Status Code: 500; Error Code: InternalFailure)",
    ),
    ("AWS itself", "Lambda.ServiceException", "An error occurred"),
    ("connection", "SageMaker.SdkClientException", "Unable to execute HTTP request: reset"),
    ("connection", "ReadTimeoutError", 'Read timeout on endpoint URL: "https://s3..."'),
    ("request not valid", "SageMaker.AmazonSageMakerException", "1 validation error detected"),
    ("lost event", "EventAgeExceeded", "The drop could not be handled."),
    ("function failed", "KeyError", "'start'"),
    ("function died", "MemoryError", ""),
]
UNKNOWN = [
    ("States.ExceedToleratedFailureThreshold", "The specified tolerated failure threshold was"),
    ("Lambda.AWSLambdaException", "something"),
    ("Runtime.Unknown", None),
    (None, None),
]


def message(error: str | None, cause: str | None, status: str = "FAILED", **more: str) -> str:
    ending = Ending("churn-1", "churn", status, "s3://b/inbox/churn/a.csv", None, error, cause, ARN)
    return message_of(ending)["text"]


@pytest.mark.parametrize(("kind", "error", "cause"), CASES)
def test_error_meets_the_rule_of_its_kind(kind: str, error: str, cause: str) -> None:
    rule, _ = rule_of(error, cause)
    assert rule is not None
    assert rule.kind == kind


def test_each_rule_has_a_case_and_a_kind_of_its_own() -> None:
    kinds = [rule.kind for rule in RULES]
    assert len(set(kinds)) == len(kinds)
    assert {kind for kind, _, _ in CASES} == set(kinds)


@pytest.mark.parametrize(("error", "cause"), [*[case[1:] for case in CASES], *UNKNOWN])
def test_message_of_each_error_says_what_to_do_once(error: str, cause: str) -> None:
    text = message(error, cause)
    assert wording.has_remedy(text)
    assert text.count("What to do:") == (0 if rule_of(error, cause)[0] is RULES[0] else 1)
    assert "{" not in text


@pytest.mark.parametrize(("error", "cause"), UNKNOWN)
def test_unknown_error_leads_to_the_runs_log(error: str | None, cause: str | None) -> None:
    assert rule_of(error, cause)[0] is None
    assert "dropforge logs churn-1" in message(error, cause)


@pytest.mark.parametrize(
    ("status", "remedy"),
    [("ABORTED", " if the stop was not meant"), ("TIMED_OUT", ". Stop a SageMaker job of the run")],
)
def test_stopped_execution_can_be_begun_again(status: str, remedy: str) -> None:
    for error, cause in ((None, None), ("Stopped.ByPerson", "Rate exceeded")):
        assert f"What to do: Drop the file again{remedy}" in message(error, cause, status)


def test_missing_permission_is_named_with_its_role() -> None:
    cause = f"{USER} is not authorized to perform: s3:PutObject on resource: x"
    assert "Allow s3:PutObject to the role dropforge-EvaluateRole-X1: " in message("X.Y", cause)


def test_policy_that_denies_is_named_instead_of_the_role() -> None:
    cause = f"{USER} is not authorized to perform: s3:GetObject on r with an explicit deny in a "
    text = message("AccessDenied", f"{cause}resource control policy")
    assert "let a resource control policy no longer deny s3:GetObject" in text
    assert "template.yaml" not in text


def test_quota_that_nobody_holds_is_told_with_the_command_that_asks_for_more() -> None:
    [cause] = [cause for kind, _, cause in CASES if kind == "named quota"]
    text = message("SageMaker.ResourceLimitExceededException", cause)
    assert "--desired-value 1 --quota-code $(aws service-quotas list-aws-default" in text
    assert "\"Quotas[?QuotaName=='ml.m5.large for training job usage'].QuotaCode\")" in text


@pytest.mark.parametrize(
    "kind", [each for each in vars(errors).values() if isinstance(each, type)], ids=str
)
def test_error_of_ours_has_its_remedy_itself(kind: type) -> None:
    assert remedy_of("FAILED", kind.__name__, "x is y; set it", "the log") is None


def test_run_without_a_file_is_started_again_not_dropped() -> None:
    ending = Ending("s-1", "sample", "FAILED", None, None, "KeyError", "'key'", ARN)
    text = message_of(ending)["text"]
    assert "Start it again." in text
    assert "rop the file" not in text
    assert "\n\nRun: s-1\n" in text


def test_drop_that_became_no_run_leads_to_its_functions_log() -> None:
    ending = Ending("lost-1", "churn", "FAILED", "s3://b/k", None, "KeyError", "'k'", None)
    text = message_of(replace(ending, step="TriggerFunction"))["text"]
    assert "with what the log of TriggerFunction shows" in text
    assert "dropforge logs" not in text


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        ("KeyError", "KeyError: 'start'"),
        ("States.Runtime", "'start'"),
        ("PredictionCountError", "'start'"),
        ("JobStopped", "'start'"),
    ],
)
def test_cause_of_python_alone_begins_with_its_error(error: str, shown: str) -> None:
    assert message(error, "'start'").splitlines()[2] == shown


def test_step_is_named_where_it_is_known() -> None:
    ending = Ending("churn-1", "churn", "FAILED", "s3://b/k", None, "KeyError", "'k'", ARN)
    assert (
        "\nStep: Fit encoder\n"
        in message_of(Ending(**{**vars(ending), "step": "Fit encoder"}))["text"]
    )
    assert "Step:" not in message_of(ending)["text"]
