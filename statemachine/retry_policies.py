"""The named retry policies: every retrier of the state machine is one of these, word for word.

JSON has no anchors, so the file repeats a policy in each state that carries it. A contract test
(tests/contract/test_retries.py) compares them with these, and says which state carries which.
"""

import json
from dataclasses import dataclass
from typing import Any

Retrier = dict[str, Any]


@dataclass(frozen=True)
class RetryPolicy:
    """A retrier, and why it is as it is; `reason` is shown in this folder's README."""

    retrier: Retrier
    reason: str


def _growing(errors: list[str], first: int, attempts: int, longest: int) -> Retrier:
    """Return a retrier whose waits double from `first` to `longest` seconds, with full jitter."""
    return {
        "ErrorEquals": errors,
        "IntervalSeconds": first,
        "BackoffRate": 2,
        "MaxAttempts": attempts,
        "MaxDelaySeconds": longest,
        "JitterStrategy": "FULL",
    }


def _even(error: str, seconds: int, attempts: int) -> Retrier:
    """Return a retrier that waits the same time before each attempt."""
    return {
        "ErrorEquals": [error],
        "IntervalSeconds": seconds,
        "BackoffRate": 1,
        "MaxAttempts": attempts,
    }


# SageMaker throttles, or cannot be reached.
_NO_ANSWER = ["SageMaker.ThrottlingException", "SageMaker.SdkClientException"]
POLICIES = {
    "LAMBDA_THROTTLED": RetryPolicy(
        _growing(["Lambda.TooManyRequestsException"], first=5, attempts=2880, longest=60),
        "The account's pool of concurrent executions is full, as a new account's of ten is while a"
        " Map goes on; it empties when other invocations end. Who waits takes no place in a queue,"
        " so luck decides ([ADR 69](../docs/adr/0069-what-a-new-account-lacks.md)).",
    ),
    "LAMBDA_SERVICE": RetryPolicy(
        _growing(
            [
                "Lambda.ClientExecutionTimeoutException",
                "Lambda.ServiceException",
                "Lambda.AWSLambdaException",
                "Lambda.SdkClientException",
            ],
            first=2,
            attempts=6,
            longest=60,
        ),
        "Passing faults of Lambda itself: the list that AWS's documentation of Step Functions"
        " asks every Lambda task to retry.",
    ),
    "SERVICE_BUSY": RetryPolicy(
        _growing(["ServiceBusyError"], first=10, attempts=8, longest=120),
        "A service that the function called throttled, failed or broke off, and the client's own"
        " eight attempts did not help ([ADR 33](../docs/adr/0033-what-passes-is-waited-for.md)).",
    ),
    "INVOCATION_LOST": RetryPolicy(
        _growing(
            ["Lambda.Unknown", "Runtime.ExitError", "Sandbox.Timedout", "States.Timeout"],
            first=5,
            attempts=2,
            longest=60,
        ),
        "An invocation that hangs ends with the task's limit, a minute above the function's; it"
        " is tried twice more, as is a process that ended.",
    ),
    "ITEMS_UNREADABLE": RetryPolicy(
        _growing(["States.ItemReaderFailed"], first=5, attempts=6, longest=60),
        "The Map itself reads its list of chunks from S3; a passing fault of S3 must not end the"
        " run. A list that is lost is told as such.",
    ),
    "QUOTA_UNKNOWN": RetryPolicy(
        _growing(["ServiceQuotas.TooManyRequestsException"], first=2, attempts=2, longest=10),
        "A look at a quota that saves a training; without an answer the run goes on.",
    ),
    "JOB_NAME_TAKEN": RetryPolicy(
        _even("SageMaker.ResourceInUseException", seconds=1, attempts=8),
        "An earlier attempt has used the name up; the next attempt takes the next name"
        " ([ADR 4](../docs/adr/0004-each-attempt-has-a-name.md)).",
    ),
    "JOB_THROTTLED": RetryPolicy(
        _growing(["SageMaker.ThrottlingException"], first=5, attempts=5, longest=60),
        "SageMaker throttles: no job was made, and the next attempt has the same name. An answer"
        " that was lost is not tried again here"
        " ([ADR 70](../docs/adr/0070-a-lost-training-job-is-stopped.md)).",
    ),
    "JOB_UNANSWERED": RetryPolicy(
        _growing(_NO_ANSWER, first=5, attempts=5, longest=60),
        "SageMaker throttles or does not answer. Fewer attempts than `CALL_THROTTLED`, since each"
        " takes one of the run's 30 job names. A transform that runs beside its lost twin writes"
        " the same files.",
    ),
    "CALL_THROTTLED": RetryPolicy(
        _growing(_NO_ANSWER, first=5, attempts=8, longest=60),
        "SageMaker throttles or does not answer; these calls take no new name at each attempt.",
    ),
    "REGISTRATION_THROTTLED": RetryPolicy(
        _growing(["SageMaker.ConflictException", *_NO_ANSWER], first=5, attempts=8, longest=60),
        "As `CALL_THROTTLED`; a conflict means that what is changed is being changed by another"
        " just then.",
    ),
    "REFUSED": RetryPolicy(
        {
            "ErrorEquals": [
                "SageMaker.AmazonSageMakerException",
                "SageMaker.ResourceLimitExceededException",
            ],
            "MaxAttempts": 0,
        },
        "One name for a throttle and for a request that is not valid, and one for a quota that"
        " other jobs hold and for one that is 0. No attempts here keep them from the retrier of"
        " `States.TaskFailed`, which matches any error; the Choice after the catcher decides by"
        " the cause.",
    ),
    "TRANSFORM_FAILED": RetryPolicy(
        _even("States.TaskFailed", seconds=600, attempts=2),
        "A transform job that fails is run again, late enough for capacity to come back: the"
        " training is paid already, or the whole file is encoded.",
    ),
    "TRANSFORM_FAILED_CHAMPION": RetryPolicy(
        _even("States.TaskFailed", seconds=600, attempts=1),
        "As `TRANSFORM_FAILED`, but once; if the comparison is not to be had, a person decides.",
    ),
    "TURN_TAKEN": RetryPolicy(
        {
            "ErrorEquals": ["RegistrationBusyError"],
            "IntervalSeconds": 2,
            "BackoffRate": 1.5,
            "MaxAttempts": 60,
            "MaxDelaySeconds": 20,
            "JitterStrategy": "FULL",
        },
        "Another run of the dataset registers its model, which takes seconds"
        " ([ADR 31](../docs/adr/0031-a-model-is-registered-in-its-turn.md)).",
    ),
}


def name_of(retrier: Retrier) -> str | None:
    """Return the name of the policy that a retrier is, word for word; None if it is none."""
    words = json.dumps(retrier)
    return next((n for n, each in POLICIES.items() if json.dumps(each.retrier) == words), None)


def waits_seconds(retrier: Retrier) -> list[float]:
    """Return the longest wait before each attempt.

    Source: Amazon States Language, Retrying after error.
    """
    first, rate = retrier.get("IntervalSeconds", 1), retrier.get("BackoffRate", 2)
    longest = retrier.get("MaxDelaySeconds", float("inf"))
    return [min(first * rate**n, longest) for n in range(retrier.get("MaxAttempts", 3))]


def waited_seconds(retrier: Retrier) -> float:
    """Add up the waits of all attempts, on average: full jitter halves each."""
    return sum(waits_seconds(retrier)) / (2 if retrier.get("JitterStrategy") == "FULL" else 1)
