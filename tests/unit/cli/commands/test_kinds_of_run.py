"""Every command that takes a run, on every kind of run that there is."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from dropforge.client.stack import Stack
from pipeline import run_names
from tests.unit.cli.fakes import (
    NOON,
    RUN,
    History,
    call,
    finished_run,
    message,
    rejection,
    succeeded,
)

LOST_DROP = "lost-2d4eba74-fd51-3966-4bfa-b013c9da8ff1"
SAMPLE = "first-try"
ODD = "Mein Lauf_1.0 ü"
RESULT = dict(message()["result"])

Kind = Callable[[Stack], str]


def put(stack: Stack, run: str, name: str, document: Any) -> None:
    stack.session.s3.objects[f"runs/{run}/{name}"] = json.dumps(document).encode()


def ended(stack: Stack, name: str, status: str, **more: Any) -> str:
    """Add an execution that is over, with a history, and as the local cloud gives its output."""
    event = {"SUCCEEDED": "Succeeded", "FAILED": "Failed"}.get(status, "Aborted")
    event = "TimedOut" if status == "TIMED_OUT" else event
    history = History()
    stack.session.states.history = [
        *(history.event("ExecutionStarted"), history.enter("Plan data")),
        history.event(f"Execution{event}"),
    ]
    stack.session.states.executions = [
        {"name": name, "startDate": NOON, "stopDate": NOON, "status": status, **more}
    ]
    return run_names.run_of_execution(name)


def judged(verdict: str, *, told: bool = True) -> Kind:
    def make(stack: Stack) -> str:
        finished_run(stack)
        package = {"approved": "Approved", "pending": "PendingManualApproval"}.get(verdict)
        if package:
            stack.session.sagemaker.add(RUN, package)
        stack.session.sagemaker.models[RUN] = {
            "PrimaryContainer": {"Image": "xgboost", "ModelDataUrl": "s3://drops/model"}
        }
        result = {**RESULT, "verdict": verdict}
        put(stack, RUN, "message.json", message(verdict=verdict, result=result))
        if not told:
            del stack.session.s3.objects[f"runs/{RUN}/message.json"]
        return ended(stack, RUN, "SUCCEEDED", output=json.dumps(result))

    return make


def failed(
    status: str, *, name: str = RUN, planned: bool, told: bool, error: str = "States.TaskFailed"
) -> Kind:
    def make(stack: Stack) -> str:
        run = run_names.run_of_execution(name)
        if planned:
            execution = {"id": stack.execution_arn(name), "name": name}
            put(stack, run, "request.json", {"dataset": "churn", "execution": execution})
        if told:
            text = "churn: run failed."
            told_of = {"status": status, "verdict": "failed", "result": None, "error": error}
            put(stack, run, "message.json", message(run, **told_of, text=text))
        # ministack gives the Fail state's output for that of the execution.
        output = json.dumps({"Error": error, "Cause": "no", "verdict": "approved"})
        return ended(stack, name, status, error=error, cause="no", output=output)

    return make


def running(name: str, *, planned: bool) -> Kind:
    def make(stack: Stack) -> str:
        run = run_names.run_of_execution(name)
        if planned:
            execution = {"id": stack.execution_arn(name), "name": name}
            source = {"key": f"runs/{run}/sample.csv", "bucket": "drops"}
            put(stack, run, "request.json", {"dataset": "sample", "execution": execution, **source})
        stack.session.states.history = succeeded("Plan data")[:2]
        stack.session.states.executions = [{"name": name, "startDate": NOON, "status": "RUNNING"}]
        return run

    return make


def refused(stack: Stack) -> str:
    put(stack, RUN, "message.json", rejection())
    return RUN


def lost_drop(stack: Stack) -> str:
    told = {"status": "FAILED", "verdict": "failed", "result": None, "text": "churn: run failed."}
    put(stack, LOST_DROP, "message.json", message(LOST_DROP, **told))
    return LOST_DROP


def lost(stack: Stack) -> str:
    put(stack, RUN, "manifest.json", [])
    return RUN


# Exit codes of show, fetch, logs, promote and stop.
GOOD, BAD, GOES_ON, GONE = (0, 0, 0, 0, 0), (0, 3, 0, 2, 0), (0, 3, 0, 3, 0), (0, 3, 0, 3, 0)
REFUSED = (0, 2, 0, 2, 0)
KINDS: dict[str, tuple[Kind, tuple[int, ...]]] = {
    "approved": (judged("approved"), GOOD),
    "kept": (judged("kept_champion"), GOOD),
    "pending": (judged("pending"), GOOD),
    "below minimum": (judged("below_minimum"), GOOD),
    "approved, untold": (judged("approved", told=False), GOOD),
    "kept, untold": (judged("kept_champion", told=False), GOOD),
    "failed before its plan": (failed("FAILED", planned=False, told=True), BAD),
    "failed before its plan, untold": (failed("FAILED", planned=False, told=False), BAD),
    "failed after its plan": (failed("FAILED", planned=True, told=True), BAD),
    "failed after its plan, untold": (failed("FAILED", planned=True, told=False), BAD),
    "refused by a function, untold": (
        failed("FAILED", planned=True, told=False, error="TargetMissingError"),
        REFUSED,
    ),
    "refused before it began": (refused, REFUSED),
    "drop that was lost": (lost_drop, BAD),
    "execution that was lost": (lost, GONE),
    "stopped": (failed("ABORTED", planned=True, told=True), BAD),
    "stopped, untold": (failed("ABORTED", planned=True, told=False), BAD),
    "timed out": (failed("TIMED_OUT", planned=True, told=True), BAD),
    "timed out, untold": (failed("TIMED_OUT", planned=True, told=False), BAD),
    "running": (running(RUN, planned=True), GOES_ON),
    "running, not planned": (running(RUN, planned=False), GOES_ON),
    "sample started with {}": (running(SAMPLE, planned=True), GOES_ON),
    "sample not planned": (running(SAMPLE, planned=False), GOES_ON),
    "odd name": (running(ODD, planned=True), GOES_ON),
    "odd name, not planned": (running(ODD, planned=False), GOES_ON),
    "odd name, failed at once": (failed("FAILED", name=ODD, planned=False, told=False), BAD),
    "odd name, failed and told": (failed("FAILED", name=ODD, planned=True, told=True), BAD),
}
COMMANDS = ("show", "fetch", "logs", "promote", "stop")


@pytest.mark.parametrize("options", [(), ("--json",)], ids=["text", "json"])
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("kind", KINDS)
def test_command_on_a_kind_of_run_answers_with_its_exit_code(
    stack: Stack, kind: str, command: str, options: tuple[str, ...]
) -> None:
    make, codes = KINDS[kind]
    run = make(stack)
    result = call(command, run, *options)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == codes[COMMANDS.index(command)], result.output
    if options:
        assert json.loads(result.stdout)
    else:
        assert result.output.strip()


@pytest.mark.parametrize("given", ["name", "beginning", "latest", "execution"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_run_of_any_kind_is_found_by_each_of_its_names(
    stack: Stack, kind: str, given: str
) -> None:
    run = KINDS[kind][0](stack)
    executions = stack.session.states.executions
    execution = executions[0]["name"] if executions else run
    names = {"name": run, "beginning": run[:-3], "latest": "latest", "execution": execution}
    result = call("show", names[given], "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["run"] == run


@pytest.mark.parametrize("kind", KINDS)
def test_runs_lists_a_run_of_any_kind(stack: Stack, kind: str) -> None:
    run = KINDS[kind][0](stack)
    (row,) = json.loads(call("runs", "--json").stdout)["runs"]
    assert row["run"] == run
    assert row["status"]
    assert run in call("runs").stdout


@pytest.mark.parametrize("kind", [name for name in KINDS if "odd" in name])
def test_show_finds_the_execution_of_an_odd_name(stack: Stack, kind: str) -> None:
    KINDS[kind][0](stack)
    found = json.loads(call("show", ODD, "--json").stdout)["execution"]
    assert found == stack.execution_arn(ODD)


def test_fetch_of_a_failed_run_without_message_says_why(stack: Stack) -> None:
    KINDS["failed after its plan, untold"][0](stack)
    printed = json.loads(call("fetch", RUN, "--json").stdout)
    assert (printed["verdict"], printed["message"], printed["files"]) == ("failed", "no", {})
    KINDS["refused by a function, untold"][0](stack)
    assert json.loads(call("fetch", RUN, "--json").stdout)["verdict"] == "rejected_input"
