"""What commands say of a name that may mean several runs."""

import pytest

from dropforge.client.stack import Stack
from tests.unit.cli.fakes import call
from tests.unit.client.test_naming import EARLY, LATE, stack_with


@pytest.mark.parametrize("command", ["show", "fetch", "logs", "promote", "stop"])
def test_each_command_lists_what_a_beginning_may_mean_and_exits_2(
    stack: Stack, command: str
) -> None:
    stack.session.states.executions = stack_with(EARLY, LATE).session.states.executions
    result = call(command, "churn")
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-2:] == [f"  {LATE}", f"  {EARLY}"]
