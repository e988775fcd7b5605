"""Schedules that cannot exist, and roles that EventBridge Scheduler may not assume, are refused.

The forms of a schedule are in the EventBridge Scheduler user guide, "Schedule types", and the
EventBridge user guide, "Creating a rule that runs on a schedule": a rule has no at(), and wants
"rate(1 day)" and "rate(2 days)".
"""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from dropforge.cloud.iam import identity
from dropforge.cloud.patches.replacing import check, replace

_SERVICE = "scheduler.amazonaws.com"
# Of a flexible time window (EventBridge Scheduler API reference).
_MOST_MINUTES = 1_440
_RATE = re.compile(r"rate\(([1-9]\d*) +(minute|hour|day)(s?)\)")
_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")


def apply() -> None:
    """Put the checks before those that ministack has."""
    from ministack.services import eventbridge, scheduler
    from ministack.services.cloudformation import provisioners

    create, update = scheduler._create_schedule, scheduler._update_schedule
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Scheduler::Schedule"]
    rules = provisioners._RESOURCE_HANDLERS["AWS::Events::Rule"]
    make, change, rule = handlers["create"], handlers["update"], rules["create"]

    def checked(call: Any, name: str, body: dict[str, Any]) -> Any:
        found = refusal(body)
        if found:
            return scheduler._error(400, "ValidationException", found)
        return call(name, body)

    def provisioned(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        _require(refusal(properties))
        return make(logical_id, properties, stack)

    def changed(physical_id: str, old: Any, properties: dict[str, Any], stack: str) -> Any:
        _require(refusal(properties))
        return change(physical_id, old, properties, stack)

    def ruled(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        expression = properties.get("ScheduleExpression")
        if expression and not is_of_rule(expression):
            _require("Parameter ScheduleExpression is not valid.")
        return rule(logical_id, properties, stack)

    check(provisioners, "_scheduler_schedule_create", "76f27cf333eb")
    check(provisioners, "_scheduler_schedule_update", "70e0243c9de1")
    check(provisioners, "_eb_rule_create", "f6821fbd1768")
    check(eventbridge, "_parse_cron_fields", "c88b90c1864d")
    handlers.update(create=provisioned, update=changed)
    rules["create"] = ruled
    replace(eventbridge, "_validate_schedule_expression", "ff92584047a2", is_of_rule)
    replace(
        scheduler,
        "_create_schedule",
        "5b205607c15c",
        lambda name, body: checked(create, name, body),
    )
    replace(
        scheduler,
        "_update_schedule",
        "93f7fec4f7d8",
        lambda name, body: checked(update, name, body),
    )


def refusal(schedule: dict[str, Any]) -> str | None:
    """Return AWS's message if EventBridge Scheduler would refuse a schedule, None if not."""
    expression = str(schedule.get("ScheduleExpression", ""))
    if expression and not is_of_scheduler(expression):
        return f"Invalid Schedule Expression {expression}."
    zone = schedule.get("ScheduleExpressionTimezone")
    if zone and not _is_zone(str(zone)):
        return f"Invalid Schedule Expression Timezone {zone}."
    window = schedule.get("FlexibleTimeWindow") or {}
    minutes = window.get("MaximumWindowInMinutes")
    if window.get("Mode") == "FLEXIBLE" and minutes is None:
        return "A flexible time window needs MaximumWindowInMinutes."
    if minutes is not None and not 1 <= int(minutes) <= _MOST_MINUTES:
        return f"MaximumWindowInMinutes {minutes} is not from 1 to {_MOST_MINUTES}."
    target = schedule.get("Target", {}).get("Arn")
    if target is not None and not str(target).startswith("arn:"):
        return "Provided Arn is not in correct format."
    role = schedule.get("Target", {}).get("RoleArn")
    if role and not identity.is_assumable(role, _SERVICE):
        return (
            "The execution role you provide must allow AWS EventBridge Scheduler to assume the "
            "role."
        )
    return None


def _is_zone(name: str) -> bool:
    """Whether a time zone is known; any is where the machine has no list of them."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return not available_timezones()
    return True


def is_of_scheduler(expression: str) -> bool:
    """Whether EventBridge Scheduler takes an expression."""
    found = _AT.fullmatch(expression)
    if found is None:
        return bool(_RATE.fullmatch(expression)) or _is_cron(expression)
    try:
        datetime.fromisoformat(found[1])
    except ValueError:
        return False
    return True


def is_of_rule(expression: str) -> bool:
    """Whether a rule of EventBridge takes an expression; empty is none."""
    found = _RATE.fullmatch(expression)
    if found:
        return (found[1] == "1") == (found[3] == "")
    return not expression or _is_cron(expression)


def _is_cron(expression: str) -> bool:
    from ministack.services import eventbridge

    fields = eventbridge._parse_cron_fields(expression)
    if fields is None:
        return False
    minutes, hours, days, months, weekdays, years, day, weekday = fields
    bounds = [(minutes, 0, 59), (hours, 0, 23), (months, 1, 12), (years or {1970}, 1970, 2199)]
    bounds += [(days["days"], 1, 31), (weekdays["days"], 1, 7)]
    within = all(low <= each <= high for values, low, high in bounds for each in values)
    # One of the days must be left open, and only one; a range that runs backwards is empty.
    return within and all((minutes, hours, months)) and (day == "?") != (weekday == "?")


def _require(found: str | None) -> None:
    if found:
        raise ValueError(f'Resource handler returned message: "{found}"')
