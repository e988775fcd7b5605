"""Tasks and Map Runs stand in the history as on AWS.

ministack has TaskScheduled, TaskSucceeded and TaskFailed of every task, with the whole resource,
and nothing of a Map Run. On AWS a function that is named by its ARN has events of its own, other
tasks name service and action and are started too, and a Distributed Map names its Map Run (Step
Functions API, HistoryEvent and the types of its details).
"""

from contextvars import ContextVar
from typing import Any

from dropforge.cloud.patches.replacing import change

Details = dict[str, Any]
_TIMEOUT = "States.Timeout"
# The Map Run of the Distributed Map that runs in this thread, once it has begun.
_map_run: ContextVar[str | None] = ContextVar("map run", default=None)


def tell_parameters() -> None:
    """Let what runs a Task send an event that says what the task is given."""
    from ministack.services import stepfunctions as states

    kind = '"resourceType": "lambda" if "lambda" in resource else "states",'
    given = f'{kind} "parameters": json.dumps(effective),'
    change(states, "_execute_task", "53c818d247db", kind, given)


def tell_of_map_runs() -> None:
    """Let what runs a Distributed Map send the events of its Map Run."""
    from ministack.services import stepfunctions as states

    begun = "    _map_runs[map_run_arn] = run\n"
    told = f"{begun}    _map_run_started(execution, map_run_arn)\n"

    def started(execution: Details, arn: str) -> None:
        _map_run.set(arn)
        states._add_event(execution, *_event("MapRunStarted", {"mapRunArn": arn}))

    change(states, "_run_distributed_map", "2b77d3ec0e04", begun, told)
    inner = states._run_distributed_map

    def run(
        state: Any, data: Any, effective: Any, iterator: Any, execution: Details, ctx: Any
    ) -> Any:
        _map_run.set(None)
        try:
            result = inner(state, data, effective, iterator, execution, ctx)
        except states._ExecutionError as error:
            # What cannot read its items has no Map Run.
            if _map_run.get():
                details = {"error": error.error, "cause": error.cause}
                states._add_event(execution, *_event("MapRunFailed", details))
            raise
        states._add_event(execution, "MapRunSucceeded")
        return result

    vars(states).update(_map_run_started=started, _run_distributed_map=run)


def as_on_aws(kind: str, details: Details) -> list[tuple[str, Details]]:
    """Return the events that AWS has instead of one of ministack's.

    Parameters
    ----------
    details : as ministack has them, by the name of their member.
    """
    member = f"{kind[:1].lower()}{kind[1:]}EventDetails"
    if not kind.startswith("Task") or "resource" not in details.get(member, {}):
        return [(kind, details)]
    told = {key: value for key, value in details[member].items() if key != "resourceType"}
    resource = str(told.pop("resource"))
    if resource.startswith("arn:aws:lambda:"):
        return _of_function(kind, resource, told)
    if ":activity:" in resource:
        kind = kind.replace("Task", "Activity")
        if kind == "ActivityScheduled":
            told = {"resource": resource, "input": told["parameters"]}
        return [_event(kind, told)]
    service, _, action = resource.removeprefix("arn:aws:states:::").rpartition(":")
    named = {"resourceType": service, "resource": action}
    if kind == "TaskScheduled":
        from ministack.core.responses import get_region

        scheduled = _event(kind, named | {"region": get_region()} | told)
        return [scheduled, _event("TaskStarted", named)]
    if kind == "TaskFailed" and told.get("error") == _TIMEOUT:
        kind = "TaskTimedOut"
    return [_event(kind, named | told)]


def _of_function(kind: str, resource: str, told: Details) -> list[tuple[str, Details]]:
    if kind == "TaskScheduled":
        scheduled = {"resource": resource, "input": told["parameters"]}
        return [_event("LambdaFunctionScheduled", scheduled), ("LambdaFunctionStarted", {})]
    if kind == "TaskFailed" and told.get("error") == _TIMEOUT:
        return [_event("LambdaFunctionTimedOut", told)]
    return [_event(kind.replace("Task", "LambdaFunction"), told)]


def _event(kind: str, details: Details) -> tuple[str, Details]:
    return kind, {f"{kind[:1].lower()}{kind[1:]}EventDetails": details}
