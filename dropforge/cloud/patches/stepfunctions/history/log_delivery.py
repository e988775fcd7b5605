"""A state machine's logging configuration is checked, and what it asks for comes to its log group.

Step Functions developer guide, "Using CloudWatch Logs to log execution history": what each level
takes, the form of a line, and the permissions of the role. Step Functions API reference,
LoggingConfiguration. How AWS words a refusal is quoted by people who met it.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from dropforge.cloud.iam import identity

Fields = dict[str, Any]
_LEVELS = ("ALL", "ERROR", "FATAL", "OFF")
_FATAL = ("ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted")
_ERRORS = ("Failed", "TimedOut", "Aborted", "FailStateEntered")
_ACTIONS = (
    "CreateLogDelivery",
    "GetLogDelivery",
    "UpdateLogDelivery",
    "DeleteLogDelivery",
    "ListLogDeliveries",
    "PutResourcePolicy",
    "DescribeResourcePolicies",
    "DescribeLogGroups",
)
# What a line leaves out unless includeExecutionData is set.
_DATA = ("input", "output", "parameters")
# Of an event; all else is its details.
_COMMON = ("id", "previousEventId", "type", "timestamp")


def as_in_the_api(configuration: Any) -> Any:
    """Return a template's logging configuration with the names that the API has."""
    if isinstance(configuration, list):
        return [as_in_the_api(each) for each in configuration]
    if not isinstance(configuration, dict):
        return configuration
    return {
        f"{key[:1].lower()}{key[1:]}": as_in_the_api(value) for key, value in configuration.items()
    }


def refusal(configuration: Fields | None, role_arn: str | None) -> tuple[str, str] | None:
    """Return code and message of a logging configuration that AWS refuses."""
    level = (configuration or {}).get("level", "OFF")
    if level not in _LEVELS:
        return "ValidationException", (
            f"1 validation error detected: Value '{level}' at 'loggingConfiguration.level' failed "
            f"to satisfy constraint: Member must satisfy enum value set: [{', '.join(_LEVELS)}]"
        )
    if level == "OFF":
        return None
    groups = list(_groups(configuration))
    code, words = "InvalidLoggingConfiguration", "Invalid Logging Configuration: "
    if len(groups) != 1:
        return code, f"{words}Must specify exactly one Log Destination."
    if not groups[0].endswith(":*"):
        return code, f"{words}the ARN of a log group ends with ':*', {groups[0]} does not."
    if _store(groups[0]) is None:
        return code, f"{words}the log group {groups[0]} does not exist."
    caller = identity.caller_of_role(role_arn, "log-delivery") if role_arn else identity.Caller()
    if any(identity.denial(caller, f"logs:{action}", "*") for action in _ACTIONS):
        words = "The state machine IAM Role is not authorized to access the Log Destination"
        return "AccessDeniedException", words
    return None


def deliver(execution: Fields, event: Fields) -> None:
    """Write an event to the log group of its state machine, if that asks for such events."""
    from ministack.services import cloudwatch_logs as logs
    from ministack.services import stepfunctions as states

    # A child of a Map Run names the machine and the Map.
    machine = states._state_machines.get(execution["stateMachineArn"].partition("/")[0])
    # Stacks of an earlier release kept the template's names.
    configuration = as_in_the_api((machine or {}).get("loggingConfiguration") or {})
    if not _wanted(configuration.get("level", "OFF"), event["type"]):
        return
    line = json.dumps(_line(execution, event, bool(configuration.get("includeExecutionData"))))
    moment = int(datetime.fromisoformat(event["timestamp"]).timestamp() * 1000)
    for arn in _groups(configuration):
        group, stream = _group_name(arn), _stream(execution)
        found = _store(arn)
        if found is None:
            continue
        if stream not in found["streams"]:
            logs._create_log_stream({"logGroupName": group, "logStreamName": stream})
        lines = [{"timestamp": moment, "message": line}]
        logs._put_log_events({"logGroupName": group, "logStreamName": stream, "logEvents": lines})


def _wanted(level: str, kind: str) -> bool:
    if level == "ERROR":
        return kind.endswith(_ERRORS)
    return level == "ALL" or (level == "FATAL" and kind in _FATAL)


def _line(execution: Fields, event: Fields, whole: bool) -> Fields:
    [told] = [value for key, value in event.items() if key not in _COMMON] or [{}]
    if not whole:
        told = {key: value for key, value in told.items() if key not in _DATA}
    moment = datetime.fromisoformat(event["timestamp"]).timestamp()
    return {
        "id": str(event["id"]),
        "type": event["type"],
        "details": told,
        "previous_event_id": str(event.get("previousEventId", 0)),
        "event_timestamp": str(int(moment * 1000)),
        "execution_arn": execution["executionArn"],
        "redrive_count": "0",
    }


def _stream(execution: Fields) -> str:
    machine = execution["stateMachineArn"].rpartition(":")[2]
    minute = datetime.fromisoformat(execution["startDate"]).strftime("%Y-%m-%d-%H-%M")
    digest = hashlib.sha256(execution["executionArn"].encode()).hexdigest()[:8]
    return f"states/{machine}/{minute}/{digest}"


def _groups(configuration: Fields | None) -> Iterator[str]:
    for each in (configuration or {}).get("destinations") or []:
        yield str((each.get("cloudWatchLogsLogGroup") or {}).get("logGroupArn", ""))


def _group_name(arn: str) -> str:
    return arn.partition(":log-group:")[2].removesuffix(":*")


def _store(arn: str) -> Any:
    from ministack.services import cloudwatch_logs as logs

    return logs._log_groups.get(_group_name(arn))
