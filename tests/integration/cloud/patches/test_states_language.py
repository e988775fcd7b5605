"""What the Amazon States Language says of odd data, which is no null and nothing made up."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.cloud.conftest import run_machine

Client = Callable[[str], Any]
Machine = Callable[[dict[str, Any]], str]
RULES: list[tuple[dict[str, Any], Any, bool]] = [
    ({"IsPresent": True}, None, True),
    ({"IsPresent": False}, None, False),
    ({"IsNull": True}, None, True),
    ({"IsNumeric": True}, True, False),
    ({"IsNumeric": True}, 1.5, True),
    ({"IsBoolean": True}, 1, False),
    ({"IsString": False}, None, True),
    ({"IsTimestamp": True}, "2027-01-01T00:00:00Z", True),
    ({"IsTimestamp": True}, "2027-01-01", False),
    ({"BooleanEquals": True}, 1, False),
    ({"BooleanEquals": True}, "true", False),
    ({"BooleanEquals": False}, False, True),
    ({"NumericEquals": 1}, True, False),
    ({"NumericEquals": 1}, 1.0, True),
    ({"NumericLessThan": 2}, "1", False),
    ({"StringEquals": "1"}, 1, False),
    ({"StringLessThanPath": "$.other"}, "a", True),
    ({"StringEqualsPath": "$.other"}, "b", True),
    ({"NumericGreaterThanPath": "$.one"}, 2, True),
    ({"TimestampLessThanPath": "$.late"}, "2026-01-01T00:00:00+02:00", True),
    ({"TimestampEquals": "2027-01-01T00:00:00Z"}, "2027-01-01T02:00:00+02:00", True),
    ({"StringMatches": "a*c\\*"}, "abbc*", True),
    ({"StringMatches": "a*c\\*"}, "abbcd", False),
    ({"StringMatches": "a.c"}, "abc", False),
    ({"StringMatches": "a*"}, "a\nb", True),
]
OTHERS = {"other": "b", "one": 1, "late": "2027-01-01T00:00:00Z"}


def ended(client: Client, machine: Machine, states: dict[str, Any], data: Any) -> dict[str, Any]:
    arn = machine({"StartAt": next(iter(states)), "States": states})
    return run_machine(client("stepfunctions"), arn, uuid.uuid4().hex, json.dumps(data))


def test_rules_of_a_choice_look_at_kinds(client: Client, machine: Machine) -> None:
    # One machine of a Choice a rule, so that it costs one execution.
    states: dict[str, Any] = {}
    for number, (rule, _, _) in enumerate(RULES):
        following = f"C{number + 1}"
        choice = {"Variable": f"$.v{number}"} | rule | {"Next": f"Y{number}"}
        states[f"C{number}"] = {"Type": "Choice", "Choices": [choice], "Default": f"N{number}"}
        for answer, word in (("Y", True), ("N", False)):
            states[f"{answer}{number}"] = {
                "Type": "Pass",
                "Result": word,
                "ResultPath": f"$.r{number}",
                "Next": following,
            }
    states[f"C{len(RULES)}"] = {"Type": "Succeed"}
    data = {f"v{number}": value for number, (_, value, _) in enumerate(RULES)} | OTHERS
    output = json.loads(ended(client, machine, states, data)["output"])
    wrong = [
        (rule, value)
        for number, (rule, value, right) in enumerate(RULES)
        if output[f"r{number}"] is not right
    ]
    assert wrong == []


TIMED = {
    "Type": "Task",
    "Resource": "arn:aws:states:::aws-sdk:s3:listBuckets",
    "TimeoutSecondsPath": "$.a",
}
ONE: list[tuple[dict[str, Any], Any, str]] = [
    ({"Type": "Pass", "InputPath": "$.gone"}, {}, "States.Runtime"),
    ({"Type": "Pass", "OutputPath": "$.gone"}, {}, "States.Runtime"),
    ({"Type": "Pass", "Parameters": {"a.$": "States.Format('{}', $.gone)"}}, {}, "States.Runtime"),
    ({"Type": "Pass", "Parameters": {"a.$": "$.a[?(@.b)]"}}, {"a": []}, "States.Runtime"),
    ({"Type": "Pass", "InputPath": "$.a[0:2]"}, {"a": [1]}, "States.Runtime"),
    (
        {"Type": "Pass", "Result": 1, "ResultPath": "$.a"},
        "text",
        "States.ResultPathMatchFailure",
    ),
    (
        {"Type": "Pass", "Result": 1, "ResultPath": "$.a.b"},
        {"a": 1},
        "States.ResultPathMatchFailure",
    ),
    ({"Type": "Wait", "SecondsPath": "$.a"}, {"a": "1"}, "States.Runtime"),
    ({"Type": "Wait", "SecondsPath": "$.a"}, {"a": -1}, "States.Runtime"),
    ({"Type": "Wait", "SecondsPath": "$.a"}, {"a": 0.5}, "States.Runtime"),
    ({"Type": "Wait", "SecondsPath": "$.gone"}, {}, "States.Runtime"),
    ({"Type": "Wait", "TimestampPath": "$.a"}, {"a": "tomorrow"}, "States.Runtime"),
    (TIMED, {}, "States.Runtime"),
    (TIMED, {"a": 0}, "States.Runtime"),
    (TIMED, {"a": 1.5}, "States.Runtime"),
    (TIMED, {"a": "60"}, "States.Runtime"),
]


@pytest.mark.parametrize(("state", "data", "error"), ONE, ids=lambda part: str(part)[:50])
def test_state_that_cannot_have_its_data_fails(
    client: Client, machine: Machine, state: dict[str, Any], data: Any, error: str
) -> None:
    found = ended(client, machine, {"A": state | {"End": True}}, data)
    assert (found["status"], found.get("error")) == ("FAILED", error)


@pytest.mark.parametrize("items", [{"a": 1}, "text", 3, None])
def test_map_without_a_list_fails(client: Client, machine: Machine, items: Any) -> None:
    inner = {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": True}}}
    state = {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": inner, "End": True}
    found = ended(client, machine, {"A": state}, {"items": items})
    assert (found.get("error"), "must point to array" in found.get("cause", "")) == (
        "States.Runtime",
        True,
    )


@pytest.mark.parametrize(
    ("state", "data", "output"),
    [
        (
            {"Parameters": {"a.$": "States.Format('{} {} {} {}', $.t, $.n, $.i, 'x')"}},
            {"t": True, "n": None, "i": 1.5},
            {"a": "true null 1.5 x"},
        ),
        ({"Result": 1, "ResultPath": "$.a.b"}, {"a": {}}, {"a": {"b": 1}}),
        ({"Result": 1, "ResultPath": "$.a.b"}, {}, {"a": {"b": 1}}),
        ({"Result": 1, "ResultPath": "$"}, "text", 1),
        ({"InputPath": "$.a"}, {"a": None}, None),
        ({"InputPath": "$.a[*].b"}, {"a": [{"b": 1}, {"b": 2}]}, [1, 2]),
    ],
)
def test_state_that_can_have_its_data_goes_on(
    client: Client, machine: Machine, state: dict[str, Any], data: Any, output: Any
) -> None:
    found = ended(client, machine, {"A": {"Type": "Pass"} | state | {"End": True}}, data)
    assert json.loads(found["output"]) == output


def test_random_number_is_never_the_end(client: Client, machine: Machine) -> None:
    drawn = {f"n{number}.$": "States.MathRandom(1, 3)" for number in range(50)}
    found = ended(client, machine, {"A": {"Type": "Pass", "Parameters": drawn, "End": True}}, {})
    assert set(json.loads(found["output"]).values()) == {1, 2}
