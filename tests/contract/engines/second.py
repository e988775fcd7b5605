"""Runs scenarios on moto's interpreter, which is LocalStack's, in a process of its own."""

import json
import logging
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.contract.engines import script
from tests.contract.engines.answers import USUAL
from tests.contract.engines.script import Record, Scenario, Script, TaskError

_program: Any
_own = threading.local()
"""Which state of which execution a thread works for: a retrier does not say whose it is."""


def start(definition: str, _folder: Path) -> None:
    """Read the definition, and let the script stand for the services and the clock."""
    from moto.stepfunctions.parser.asl.component.common.retry import (
        jitter_strategy_decl,
        retrier_decl,
    )
    from moto.stepfunctions.parser.asl.component.intrinsic.function.statesfunction import (
        math_operations,
    )
    from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import (
        WaitFunction,
    )
    from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

    logging.disable()
    global _program
    _program, _ = AmazonStateLanguageParser.parse(definition)
    retrier_decl.time = SimpleNamespace(sleep=lambda s: _own.script.wait(_own.state, s))
    jitter_strategy_decl.random = SimpleNamespace(uniform=lambda _first, last: last)
    WaitFunction._wait_interval = lambda _self, env, wait_seconds: _script_of(env).wait(
        env.next_state_name, wait_seconds
    )
    _first_number(math_operations)
    _answer_tasks()
    _note_states()


def run(scenario: Scenario) -> Record:
    from moto.stepfunctions.parser.api import StateMachineType
    from moto.stepfunctions.parser.asl.eval.environment import Environment
    from moto.stepfunctions.parser.asl.eval.evaluation_details import AWSExecutionDetails
    from moto.stepfunctions.parser.asl.eval.event.event_manager import EventHistoryContext
    from moto.stepfunctions.parser.asl.eval.program_state import ProgramEnded, ProgramError
    from moto.stepfunctions.parser.asl.eval.states import (
        ContextObjectData,
        ExecutionData,
        StateMachineData,
    )

    own = Script(scenario, USUAL)
    execution = ExecutionData(
        Id=script.EXECUTION_ARN,
        Input=scenario.given,
        Name=script.RUN,
        RoleArn=script.ROLE_ARN,
        StartTime=script.STARTED,
    )
    machine = StateMachineData(Id=script.MACHINE_ARN, Name="train")
    details = AWSExecutionDetails(script.ACCOUNT, script.REGION, script.ROLE_ARN)
    # Every frame has it: a branch that is stopped may end when the next scenario runs.
    details.script = own
    environment = Environment(
        aws_execution_details=details,
        execution_type=StateMachineType.STANDARD,
        context=ContextObjectData(Execution=execution, StateMachine=machine),
        event_history_context=EventHistoryContext.of_program_start(),
        cloud_watch_logging_session=None,
        activity_store={},
    )
    environment.states.reset(input_value=json.loads(json.dumps(scenario.given)))
    _program.eval(environment)
    own.end()
    record, end = own.record, environment.program_state()
    if isinstance(end, ProgramEnded):
        record.status, record.output = "SUCCEEDED", environment.states.get_input()
    elif isinstance(end, ProgramError):
        found = end.error or {}
        record.status = "FAILED"
        record.error, record.cause = found.get("error"), found.get("cause")
    else:
        record.status = type(end).__name__
    return record


def _script_of(env: Any) -> Script:
    found: Script = env.aws_execution_details.script
    return found


def _first_number(operations: Any) -> None:
    import importlib

    module = importlib.import_module(f"{operations.__name__}.math_random")
    module.random = SimpleNamespace(
        Random=lambda _seed: SimpleNamespace(randint=lambda first, _last: first)
    )


def _answer_tasks() -> None:
    from moto.stepfunctions.parser.asl.component.state.exec.state_map.item_reader.eval import (
        resource_eval_s3,
    )
    from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
        state_task_service_aws_sdk,
        state_task_service_callback,
        state_task_service_unsupported,
    )

    def call(self: Any, env: Any, normalised_parameters: dict[str, Any], **_more: Any) -> None:
        env.stack.append(_asked(env, self.name, normalised_parameters))

    def invoke(env: Any, parameters: dict[str, Any], **_more: Any) -> None:
        payload = json.loads(parameters["Payload"])
        env.stack.append({"Payload": _asked(env, env.next_state_name, payload)})

    def read(_self: Any, env: Any) -> None:
        given = env.stack.pop()
        env.stack.append(json.dumps(_asked(env, env.next_state_name, given)))

    state_task_service_aws_sdk.StateTaskServiceAwsSdk._eval_service_task = call
    state_task_service_unsupported.StateTaskServiceUnsupported._eval_service_task = call
    # A task of .sync has its answer when the job has ended; the interpreter has no sagemaker.
    callback = state_task_service_callback.StateTaskServiceCallback
    callback._is_integration_pattern = lambda _self: False
    lambda_eval_utils.execute_lambda_function_integration = invoke
    resource_eval_s3.ResourceEvalS3.eval_resource = read


def _asked(env: Any, state: str, given: Any) -> Any:
    from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
    from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import (
        CustomErrorName,
    )
    from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
        FailureEvent,
        FailureEventException,
    )
    from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import (
        StatesErrorName,
    )
    from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails

    try:
        return _script_of(env).answer(state, given)
    except TaskError as error:
        own = error.error.startswith("States.")
        name = StatesErrorName.from_name if own else CustomErrorName
        details = TaskFailedEventDetails(error=error.error)
        if error.cause is not None:
            details["cause"] = error.cause
        raise FailureEventException(
            FailureEvent(
                env=env,
                error_name=name(error.error),
                event_type=HistoryEventType.TaskFailed,
                event_details=EventDetails(taskFailedEventDetails=details),
            )
        ) from error


def _note_states() -> None:
    from moto.stepfunctions.parser.asl.component.state.state import CommonStateField

    evaluate = CommonStateField._eval_body

    def evaluated(self: Any, env: Any) -> None:
        _own.state, _own.script = self.name, _script_of(env)
        _own.script.enter(self.name, env.states.get_input())
        evaluate(self, env)

    CommonStateField._eval_body = evaluated
