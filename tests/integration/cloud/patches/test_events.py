"""Events on the bus: delivered, retried, and what they say; fails on ministack as it is."""

import json
from collections.abc import Callable
from typing import Any

from tests.integration.cloud.conftest import run_machine
from tests.integration.cloud.patches.bus import received, rule_to
from tests.waiting import wait_until

Client = Callable[[str], Any]


def test_event_that_fails_is_retried_and_goes_to_the_destination(
    client: Client, outputs: dict[str, str], queue: tuple[str, str]
) -> None:
    function = outputs["EchoFunctionArn"]
    url, arn = queue
    client("lambda").put_function_event_invoke_config(
        FunctionName=function,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": arn}},
    )
    target = {"Arn": function, "Input": json.dumps({"raise": "always"})}
    rule_to(client, "tests.failing", target)
    client("events").put_events(
        Entries=[{"Source": "tests.failing", "DetailType": "t", "Detail": "{}"}]
    )
    failure = wait_until(lambda: received(client, url))
    client("lambda").delete_function_event_invoke_config(FunctionName=function)
    assert failure["requestPayload"] == {"raise": "always"}
    assert failure["responsePayload"]["errorType"] == "TooColdError"


def test_event_for_no_function_goes_to_the_targets_queue(
    client: Client, queue: tuple[str, str]
) -> None:
    url, arn = queue
    absent = "arn:aws:lambda:us-east-1:000000000000:function:absent"
    rule_to(client, "tests.absent", {"Arn": absent, "DeadLetterConfig": {"Arn": arn}})
    client("events").put_events(
        Entries=[{"Source": "tests.absent", "DetailType": "t", "Detail": '{"a": 1}'}]
    )
    assert wait_until(lambda: received(client, url))["detail"] == {"a": 1}


def test_object_created_names_the_version(
    client: Client, bucket: str, queue: tuple[str, str]
) -> None:
    url, arn = queue
    rule_to(client, "aws.s3", {"Arn": arn})
    version = client("s3").put_object(Bucket=bucket, Key="versioned", Body=b"x")["VersionId"]

    def event() -> Any:
        found = received(client, url)
        return found if found and found["detail"]["object"]["key"] == "versioned" else None

    assert wait_until(event)["detail"]["object"]["version-id"] == version


# Not patched, but relied on.
def test_status_change_events_carry_output_or_error(
    client: Client, machine: Callable[[dict[str, Any]], str], queue: tuple[str, str]
) -> None:
    url, arn = queue
    rule_to(client, "aws.states", {"Arn": arn})
    fail = {"Type": "Fail", "ErrorPath": "$.e", "CausePath": "$.c"}
    failing = machine({"StartAt": "Fail", "States": {"Fail": fail}})
    passing = machine({"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": True}}})
    run_machine(client("stepfunctions"), failing, "failing", '{"e": "Own", "c": "why"}')
    run_machine(client("stepfunctions"), passing, "passing", '{"x": 1}')
    details: dict[str, Any] = {}

    def both() -> bool:
        found = received(client, url)
        if found and found["detail"]["status"] != "RUNNING":
            details[found["detail"]["name"]] = found["detail"]
        return {"failing", "passing"} <= set(details)

    wait_until(both)
    assert (details["failing"]["error"], details["failing"]["cause"]) == ("Own", "why")
    assert json.loads(details["passing"]["output"]) == {"x": 1}
