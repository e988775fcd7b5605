"""Workers of functions: errors, logs, and how many there are; fails on ministack as it is."""

import io
import json
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.integration.cloud.conftest import run_machine

Client = Callable[[str], Any]


def invoke(client: Client, function: str, event: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    answer = client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
    return answer, json.loads(answer["Payload"].read())


def test_error_has_its_class_name_message_and_trace(
    client: Client, outputs: dict[str, str]
) -> None:
    answer, payload = invoke(client, outputs["EchoFunctionArn"], {"raise": "12 degrees"})
    assert answer["FunctionError"] == "Unhandled"
    assert (payload["errorType"], payload["errorMessage"]) == ("TooColdError", "12 degrees")
    assert 'raise TooColdError(event["raise"])' in payload["stackTrace"][-1]


def test_worker_lives_on_after_an_error(client: Client, outputs: dict[str, str]) -> None:
    function = outputs["EchoFunctionArn"]
    before = invoke(client, function, {"pid": True})[1]
    invoke(client, function, {"raise": "x"})
    assert invoke(client, function, {"pid": True})[1] == before


def test_error_is_retried_and_caught_by_name(
    client: Client, outputs: dict[str, str], machine: Callable[[dict[str, Any]], str]
) -> None:
    task = {
        "Type": "Task",
        "Resource": outputs["EchoFunctionArn"],
        "Retry": [{"ErrorEquals": ["OtherError"], "MaxAttempts": 9, "IntervalSeconds": 9}],
        "Catch": [{"ErrorEquals": ["TooColdError"], "Next": "Caught"}],
        "End": True,
    }
    arn = machine({"StartAt": "Do", "States": {"Do": task, "Caught": {"Type": "Succeed"}}})
    ended = run_machine(client("stepfunctions"), arn, "caught", '{"raise": "brr"}')
    output = json.loads(ended["output"])
    assert output["Error"] == "TooColdError"
    cause = json.loads(output["Cause"])
    assert set(cause) >= {"errorMessage", "errorType", "stackTrace"}


def test_childs_output_is_not_taken_for_the_answer(client: Client, outputs: dict[str, str]) -> None:
    for number in range(2):
        event = {"child": True, "number": number}
        assert invoke(client, outputs["EchoFunctionArn"], event)[1]["event"] == event


def test_log_of_an_invocation_is_its_own(client: Client, outputs: dict[str, str]) -> None:
    function = outputs["EchoFunctionArn"].rpartition(":")[2]
    for number in range(3):
        invoke(client, function, {"print": f"unfinished line {number}"})
    group = f"/aws/lambda/{function}"
    logs = client("logs")
    found = set()
    for stream in logs.describe_log_streams(logGroupName=group)["logStreams"]:
        events = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])
        lines = [event["message"] for event in events["events"]]
        found.add(tuple(line for line in lines if line.startswith("unfinished")))
        assert not any("__lambda" in line for line in lines)
    assert {(f"unfinished line {number}",) for number in range(3)} <= found


def test_silent_invocation_costs_no_wait_for_its_log(
    client: Client, outputs: dict[str, str]
) -> None:
    def seconds() -> float:
        started = time.perf_counter()
        invoke(client, outputs["EchoFunctionArn"], {})
        return time.perf_counter() - started

    # ministack waits 50 ms each time in case that something is printed; a machine, rarely.
    assert any(seconds() < 0.045 for _ in range(200))


def test_answer_that_is_no_json_is_named_as_by_lambda(
    client: Client, outputs: dict[str, str]
) -> None:
    payload = invoke(client, outputs["EchoFunctionArn"], {"object": True})[1]
    assert payload["errorType"] == "Runtime.MarshalError"


def test_process_that_dies_is_named_as_by_lambda(client: Client, outputs: dict[str, str]) -> None:
    payload = invoke(client, outputs["EchoFunctionArn"], {"die": True})[1]
    assert payload["errorType"] == "Runtime.ExitError"
    assert "Runtime exited" in payload["errorMessage"]
    assert invoke(client, outputs["EchoFunctionArn"], {})[1]["event"] == {}


def test_import_error_is_named_as_by_lambda(client: Client, outputs: dict[str, str]) -> None:
    function = outputs["EchoFunctionArn"].rpartition(":")[2]
    lambdas = client("lambda")
    lambdas.update_function_configuration(FunctionName=function, Handler="echo.absent.handler")
    try:
        payload = invoke(client, function, {})[1]
        assert payload["errorType"] == "Runtime.ImportModuleError"
        assert "Unable to import module 'echo.absent'" in payload["errorMessage"]
        lambdas.update_function_configuration(FunctionName=function, Handler="echo.handler.no")
        assert invoke(client, function, {})[1]["errorType"] == "Runtime.HandlerNotFound"
    finally:
        lambdas.update_function_configuration(
            FunctionName=function, Handler="echo.handler.lambda_handler"
        )


def test_many_invocations_at_once_share_few_workers(
    client: Client, outputs: dict[str, str]
) -> None:
    seen: list[int] = []

    def call() -> None:
        seen.append(invoke(client, outputs["EchoFunctionArn"], {"pid": True})[1]["pid"])

    threads = [threading.Thread(target=call) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 24
    assert len(set(seen)) <= 8


STAMP = """
import os, time
loaded = time.time()

def handler(event, context):
    place = os.environ["LAMBDA_TASK_ROOT"]
    return {"loaded": loaded, "place": place, "here": os.getcwd(), "file": __file__}
"""


def stamped(client: Client, role: str, name: str) -> str:
    """Make a function that tells when its module was loaded, and from where."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr(zipfile.ZipInfo("stamp.py"), STAMP)
    made = client("lambda").create_function(
        FunctionName=name, Runtime="python3.13", Handler="stamp.handler",
        Role=role, Code={"ZipFile": body.getvalue()},
    )  # fmt: skip
    return str(made["FunctionArn"])


def test_function_starts_before_its_execution_comes_to_it(
    client: Client, bare_role: str, machine: Callable[[dict[str, Any]], str]
) -> None:
    arn = stamped(client, bare_role, "ahead")
    wait = {"Type": "Wait", "Seconds": 5, "Next": "Do"}
    task = {"Type": "Task", "Resource": arn, "End": True}
    definition = {"StartAt": "Pause", "States": {"Pause": wait, "Do": task}}
    begun = time.time()
    ended = run_machine(client("stepfunctions"), machine(definition), "ahead")
    assert json.loads(ended["output"])["loaded"] < begun + 5


def test_workers_of_the_same_code_have_it_once_with_its_bytecode(
    client: Client, bare_role: str
) -> None:
    first, second = (invoke(client, stamped(client, bare_role, f"same-{n}"), {})[1] for n in (1, 2))
    assert first["place"] == first["here"] == second["place"]
    assert first["file"] == second["file"] == f"{first['place']}/stamp.py"
    assert list(Path(first["place"], "__pycache__").glob("stamp.*.pyc"))
