"""What people can do about an error, by its name and its cause.

The first rule that fits decides. Names of errors: Step Functions developer guide, Handling
errors; Lambda developer guide, Troubleshooting; SageMaker developer guide, Errors of jobs.
"""

import re
from dataclasses import dataclass
from typing import Any

from pipeline.errors import is_one_of

_AGAIN = "Drop the file again"
_REPORT = "report it as a defect, with what {logs} shows"
_DEPLOY = (
    "template.yaml grants it, so deploy the stack again. If that does not help, look for a policy "
    "of the bucket, the account or the organisation that denies it. Then drop the file again."
)
_DAMAGED = (
    f"A file that an earlier step wrote is damaged or gone. {_AGAIN}. If that ends alike, look for "
    "what else writes or deletes below runs/ in the bucket."
)
_HELD_BY_NOBODY = r"limit '(?P<quota>[^']+)' is .*utilization of 0 .*delta of (?P<wanted>\d+)"
_ASK_FOR_MORE = "Ask for more in Service Quotas, under Amazon SageMaker. Then drop the file again."
_ASK = (  # A code is looked up by its quota's name, as no list of codes is published.
    "Ask for {wanted} in the region of the stack. AWS may take hours, so look at the quotas of "
    "training and of transform jobs at once: aws service-quotas request-service-quota-increase "
    "--service-code sagemaker --desired-value {wanted} --quota-code $(aws service-quotas "
    "list-aws-default-service-quotas --service-code sagemaker --output text --query "
    "\"Quotas[?QuotaName=='{quota}'].QuotaCode\"). Or name another instance_type in pipeline.json. "
    "Then drop the file again."
)
_BEGINS_AGAIN = f"{_AGAIN} if the stop was not meant."


@dataclass(frozen=True)
class Rule:
    """One kind of error.

    Parameters
    ----------
    error : pattern of the whole name; what it names, and what the cause's does, the remedy can use.
    cause : pattern of a part of the cause.
    remedy : None if the cause says it.
    """

    kind: str
    error: str
    cause: str
    remedy: str | None


RULES = (
    # The state machine's own Fail states.
    Rule("said", r"TrainingOutOfTime|TransformQuotaIsZero|InputNotUnderstood|\w+Unknown", "", None),
    Rule("job stopped", "JobStopped", "", _BEGINS_AGAIN),
    Rule(
        "step timed out",
        r"StepTimedOut|States\.Timeout",
        "",
        f"{_AGAIN}. If the step is a SageMaker job, it may still run, and cost: look for it under "
        "the run's name in the SageMaker console, and stop it.",
    ),
    # What is not allowed, by whomever it is said.
    Rule(
        "denied by a policy",
        ".*",
        r"not authorized to perform: (?P<action>[\w-]+:\w+).* explicit deny in (?P<policy>an? .+? "
        r"policy)",
        "Ask whoever looks after the AWS account: let {policy} no longer deny {action}. Then drop "
        "the file again.",
    ),
    Rule(
        "role lacks a permission",
        ".*",
        r"assumed-role/(?P<role>[^/\s]+)/\S+ is not authorized to perform: (?P<action>[\w-]+:\w+)",
        f"Allow {{action}} to the role {{role}}: {_DEPLOY}",
    ),
    Rule(
        "permission",
        ".*",
        r"not authorized to perform: (?P<action>[\w-]+:\w+)",
        f"Allow {{action}} to the role of this step: {_DEPLOY}",
    ),
    Rule(
        "refused call",
        ".*",
        r"AccessDenied|\(403\)|Forbidden",
        f"Allow the call that the cause names to the role of this step: {_DEPLOY}",
    ),
    Rule("named quota", r".*", _HELD_BY_NOBODY, _ASK),
    Rule("quota", r".*", r"account-level service limit|ResourceLimitExceeded", _ASK_FOR_MORE),
    Rule(
        "capacity",
        r".*",
        r"CapacityError|[Ii]nsufficient capacity|Unable to provision",
        "AWS has too few instances of this type at the moment. Drop the file again later, or name "
        "another type: instance_type in pipeline.json for the training, the stack's parameter "
        "TransformInstanceType for the predictions.",
    ),
    Rule(
        "job out of memory",
        r"States\.TaskFailed",
        r"exit code: 137|[Oo]ut of memory|OutOfMemory|MemoryError",
        "Name a larger instance_type in pipeline.json and drop the file again, or drop one with "
        "fewer rows. If the step predicts, raise the stack's parameter TransformInstanceType.",
    ),
    Rule(
        "data of a job",
        r"States\.TaskFailed",
        r"No S3 objects found|Failed to (?:down|up)load|Failed to extract|No data in|NoSuchKey"
        r"|Failed to load csv|Delimiter .* is not found",
        _DAMAGED,
    ),
    Rule(
        "algorithm",
        r"States\.TaskFailed",
        r"^(?:AlgorithmError|ClientError)",
        "Look at the job's log: {logs}. If it names a setting, correct that in pipeline.json. Then "
        "drop the file again.",
    ),
    # Functions.
    Rule(
        "function timed out",
        r".*",
        r"Task timed out after|Function timed out",
        f"{_AGAIN}. If that ends alike, raise the function's Timeout in template.yaml and deploy "
        "the stack, or drop a file with fewer columns.",
    ),
    Rule(
        "function died",
        r".*",
        r"Runtime exited|Process exited|[Ss]ignal: killed|process died|OutOfMemory|MemoryError",
        "The function's process died, most often for want of memory. Drop the file again. If that "
        "ends alike, raise the function's MemorySize in template.yaml and deploy the stack.",
    ),
    Rule(
        "broken package",
        r"Runtime\.(?:ImportModuleError|HandlerNotFound|UserCodeSyntaxError|Invalid\w+)",
        "",
        "The deployed code does not start. Build and deploy it again, that is make build, then "
        "sam deploy. Then drop the file again.",
    ),
    Rule(
        "answer too large",
        r".*",
        r"size exceeding|[Pp]ayload size exceeded|RequestEntityTooLarge",
        "The step's answer is too large for Step Functions. Drop a file with fewer columns or "
        f"shorter names. If that ends alike, {_REPORT}.",
    ),
    # Files between steps. Code that knows them names them itself.
    Rule(
        "file gone",
        r".*",
        r"NoSuchKey|NoSuchVersion|key does not exist|\(404\)|Not Found",
        _DAMAGED,
    ),
    Rule(
        "file damaged",
        r".*",
        r"^(?:Expecting|Unterminated|Invalid (?:control|\\escape)|Extra data)|codec can't decode"
        r"|buffer size|[Ff]ailed to parse|not valid JSON",
        _DAMAGED,
    ),
    # The cloud that runs the application went away.
    Rule("cloud ended", r"States\.ServiceRestart", "", f"{_AGAIN}."),
    Rule(
        "paths",
        r"States\.(?:Runtime|NoChoiceMatched|\w+Path\w*|IntrinsicFailure|QueryEvaluationError)",
        "",
        "A step gave an answer that the next one cannot use. Drop the file again. If that ends "
        f"alike, {_REPORT}.",
    ),
    # What passes, but not as soon as the run would have it.
    Rule(
        "throttled",
        r".*",
        r"[Tt]hrottl|Rate exceeded|TooManyRequests|SlowDown|RequestLimitExceeded",
        "AWS had too many calls for longer than a run waits. Drop the file again later. If it "
        "comes often, drop fewer files at once, or ask for a higher rate in Service Quotas.",
    ),
    Rule(
        "AWS itself",
        r".*",
        r"Internal(?:Failure|Error|ServerError)|Status Code: 5\d\d"
        r"|Service(?:Unavailable|Exception)|request processing has failed",
        "This was an error of AWS itself, for longer than a run waits. Drop the file again later.",
    ),
    Rule(
        "connection",
        r".*",
        r"SdkClientException|HTTP request|[Cc]onnection (?:reset|refused|was closed)|[Tt]imeout"
        r"|endpoint",
        "The connection to AWS broke. Drop the file again.",
    ),
    Rule(
        "request not valid",
        r".*",
        r"validation error|ValidationException|ValidationError|InvalidParameter",
        "If the cause names a setting, correct it in pipeline.json and drop the file again. Else "
        f"{_REPORT}.",
    ),
    Rule(
        "lost event", "EventAgeExceeded|RetriesExhausted", "", f"{_AGAIN}. Else look at {{logs}}."
    ),
    # An exception of Python has no dot in its name.
    Rule(
        "function failed",
        r"(?P<name>\w+)",
        "",
        "The function met {name}, for which it is not prepared: a damaged file, or a defect. Drop "
        f"the file again. If that ends alike, {_REPORT}.",
    ),
)
_STATUS = {
    "ABORTED": _BEGINS_AGAIN,
    "TIMED_OUT": f"{_AGAIN}. Stop a SageMaker job of the run that goes on: it costs.",
}
_UNKNOWN = f"{_AGAIN}. If that ends alike, {_REPORT}."


def remedy_of(status: str, error: str | None, cause: str | None, logs: str) -> str | None:
    """Say what to do about an ending; None if its cause says so itself.

    Parameters
    ----------
    logs : where the log is, in words.
    """
    # These have their remedy in their message.
    if is_one_of(error):
        return None
    if status in _STATUS:
        return _STATUS[status]
    rule, found = rule_of(error, cause)
    remedy = rule.remedy if rule else _UNKNOWN
    return remedy.format(logs=logs, **found) if remedy else None


def rule_of(error: str | None, cause: str | None) -> tuple[Rule | None, dict[str, Any]]:
    """Return the first rule that fits, None if none does, and what its patterns named."""
    # A service names some of its errors only in one of the two.
    text = f"{cause or ''}\n{error or ''}"
    for rule in RULES:
        name = re.fullmatch(rule.error, error or "")
        part = name and re.search(rule.cause, text, re.DOTALL)
        if name and part:
            return rule, name.groupdict() | part.groupdict()
    return None, {}
