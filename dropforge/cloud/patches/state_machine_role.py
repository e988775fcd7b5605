"""Tasks of a state machine act with its role; ministack lets them do anything.

The execution that a task belongs to is kept in a context variable, which the
threads of Map, Parallel and timed tasks take along.
"""

import contextvars
from typing import Any

from dropforge.cloud.patches.registry import replace
from dropforge.cloud.sagemaker.identity import Caller, caller_of_role, denial

_execution: contextvars.ContextVar[dict[str, Any] | None] = contextvars.ContextVar(
    "dropforge_execution", default=None
)
# Above this many characters Step Functions would not take a session name.
_SESSION_LENGTH = 64


def apply() -> None:
    """Note the execution where one starts, and ask IAM before each task."""
    from ministack.services import stepfunctions

    run = stepfunctions._run_execution

    def run_execution(arn: str) -> None:
        _execution.set(stepfunctions._executions.get(arn))
        run(arn)

    replace(stepfunctions, "_run_execution", "996dff84e0e0", run_execution)


def caller() -> Caller:
    """Return the role of the state machine whose task runs in this thread; root outside of one."""
    from ministack.services import stepfunctions

    execution = _execution.get()
    machine = execution and stepfunctions._state_machines.get(execution["stateMachineArn"])
    if not execution or not machine:
        return Caller()
    return caller_of_role(machine["roleArn"], execution["name"][:_SESSION_LENGTH])


def stopped() -> bool:
    """Whether the execution of the task in this thread is over."""
    execution = _execution.get()
    return execution is not None and execution["status"] != "RUNNING"


def require(action: str, resource: str) -> None:
    """Refuse a task that the role does not allow."""
    from ministack.services import stepfunctions

    message = denial(caller(), action, resource)
    if message:
        raise stepfunctions._ExecutionError("States.TaskFailed", message)
