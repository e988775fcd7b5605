"""Which expressions are schedules: of EventBridge Scheduler, and of a rule."""

import pytest

from dropforge.cloud.patches.events import schedules

BOTH = [
    *("rate(7 days)", "rate(1 day)", "rate(5 minutes)", "cron(0 3 ? * MON *)"),
    *("cron(0 3 * * ? *)", "cron(0/5 * * * ? *)", "cron(0 3 L * ? *)", "cron(0 3 ? * FRI#2 *)"),
    *("cron(0 3 15W * ? 2030)", "cron(0 8-17/2 ? JAN-JUN MON-FRI 2027-2030)"),
]
SCHEDULER = ["rate(1 days)", "rate(2 day)", "at(2027-01-01T00:00:00)"]
NEITHER = [
    *("rate(7 dayz)", "rate(0 days)", "rate(-1 day)", "rate(1.5 hours)", "rate(1 week)", "daily"),
    *("rate(7 days) ", "rate( 1 day )", "rate(7days)", "RATE(7 days)", "cron(0 3 * * *)", "cron()"),
    *("cron(0 3 * * MON *)", "cron(61 3 * * ? *)", "cron(0 24 * * ? *)", "cron(0 3 ? * ? *)"),
    *("cron(0 3 * 13 ? *)", "cron(0 3 ? * 8 *)", "cron(0 3 32 * ? *)", "cron(*/0 * * * ? *)"),
    *("cron(5-1 * * * ? *)", "cron(0 3 * * ? 1900)", "at(2027-13-01T00:00:00)", "at(tomorrow)"),
]


@pytest.mark.parametrize("expression", [*BOTH, *SCHEDULER])
def test_expression_of_the_scheduler_is_taken(expression: str) -> None:
    assert schedules.is_of_scheduler(expression)
    assert schedules.is_of_rule(expression) == (expression in BOTH)


@pytest.mark.parametrize("expression", NEITHER)
def test_expression_that_is_no_schedule_is_refused(expression: str) -> None:
    assert not schedules.is_of_scheduler(expression)
    assert not schedules.is_of_rule(expression)
