"""What of a definition AWS refuses; each case changes one thing of a good definition."""

import copy
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from dropforge.cloud.patches.stepfunctions.definition.machine import problems_of

ROOT = Path(__file__).parents[4]
INNER = {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": True}}}
GOOD: dict[str, Any] = {
    "StartAt": "Task",
    "States": {
        "Task": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"a.$": "$.a[0]['b c']", "b.$": "States.Format('{}\\'', $.x, 1, null)"},
            "ResultSelector": {"c.$": "$$.Execution.Name"},
            "ResultPath": "$.r",
            "TimeoutSeconds": 9,
            "Retry": [
                {"ErrorEquals": ["A"], "IntervalSeconds": 1, "MaxAttempts": 0, "BackoffRate": 1.5},
                {"ErrorEquals": ["States.ALL"], "MaxDelaySeconds": 9, "JitterStrategy": "FULL"},
            ],
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "Fail"}],
            "Next": "Choice",
        },
        "Choice": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.a", "IsPresent": True, "Next": "Map"},
                {
                    "And": [
                        {"Variable": "$.a", "NumericLessThan": 2},
                        {"Not": {"Variable": "$.b", "StringEqualsPath": "$.c"}},
                        {"Variable": "$.t", "TimestampEquals": "2027-01-01T00:00:00.5Z"},
                    ],
                    "Next": "Wait",
                },
            ],
            "Default": "Fail",
        },
        "Map": {
            "Type": "Map",
            "ItemsPath": "$.items",
            "MaxConcurrency": 2,
            "ItemProcessor": INNER,
            "Next": "Wait",
        },
        "Wait": {"Type": "Wait", "Seconds": 0, "Next": "Parallel"},
        "Parallel": {
            "Type": "Parallel",
            "Branches": [{"StartAt": "J", "States": {"J": {"Type": "Succeed"}}}],
            "End": True,
        },
        "Fail": {"Type": "Fail", "Error": "E", "CausePath": "States.JsonToString($.e)"},
    },
}
DROP = "(dropped)"


def changed(path: str, value: Any) -> dict[str, Any]:
    """Put a value at a path of keys and numbers, or take it out."""
    document = copy.deepcopy(GOOD)
    *before, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    place: Any = document
    for part in before:
        place = place[part]
    if value is DROP:
        del place[last]
    else:
        place[last] = value
    return document


RULE = "States/Choice/Choices/0"
BAD: list[tuple[str, Any, str]] = [
    ("StartAt", DROP, "'StartAt' is required"),
    ("StartAt", "Gone", "Missing 'StartAt' target: Gone at /StartAt"),
    ("States", DROP, "'States' is required"),
    ("States", {}, "at least one state"),
    ("Extra", 1, "'Extra' is not supported"),
    ("TimeoutSeconds", 0, "whole number above 0"),
    ("QueryLanguage", "XPath", "must be JSONPath or JSONata"),
    ("States/Task/Type", "Activity", "'Type' must be one of"),
    ("States/Task/Type", DROP, "'Type' must be one of"),
    ("States/Task/Resource", DROP, "'Resource' is required but was missing at /States/Task"),
    ("States/Task/Resource", "my-function", "not a valid resource ARN"),
    ("States/Task/Resource", "arn:aws:lambda:us-east-1:1:function:f:", "not a valid resource ARN"),
    ("States/Task/Next", DROP, "Neither 'Next' and 'End' is provided at /States/Task"),
    ("States/Task/End", True, "Both 'Next' and 'End' are provided"),
    ("States/Task/Next", "Gone", "Missing 'Next' target: Gone at /States/Task/Next"),
    ("States/Task/Next", 1, "'Next' must be a text"),
    ("States/Parallel/End", False, "'End' must be true"),
    ("States/Task/Odd", 1, "'Odd' is not supported by a Task state"),
    ("States/Task/TimeoutSeconds", 0, "'TimeoutSeconds' must be a whole number of at least 1"),
    ("States/Task/TimeoutSeconds", True, "'TimeoutSeconds' must be a whole number"),
    ("States/Task/TimeoutSecondsPath", "$.t", "Only one of 'TimeoutSeconds'"),
    ("States/Task/ResultPath", "$.a[*]", "'ResultPath' must be a valid path"),
    ("States/Task/ResultPath", "$$.a", "'ResultPath' must be a valid path"),
    ("States/Task/ResultPath", "a", "'ResultPath' must be a valid path"),
    ("States/Task/InputPath", "$.a[", "'InputPath' must be a valid path"),
    ("States/Task/ResultSelector", [], "'ResultSelector' must be an object"),
    ("States/Task/Parameters/a.$", "a", "must be a valid JSONPath or a valid intrinsic"),
    ("States/Task/Parameters/a.$", 1, "must be a valid JSONPath or a valid intrinsic"),
    ("States/Task/Parameters/a.$", "States.Sum(1, 2)", "valid intrinsic"),
    ("States/Task/Parameters/a.$", "States.MathAdd(1, 2", "valid intrinsic"),
    ("States/Task/Parameters/a.$", "States.Format('{}, $.a)", "valid intrinsic"),
    ("States/Task/Parameters/a", 1, "'a' and 'a.$' are in conflict"),
    ("States/Task/Retry", {}, "'Retry' must be a list"),
    ("States/Task/Retry/0/ErrorEquals", "A", "'ErrorEquals' must be a list"),
    ("States/Task/Retry/0/ErrorEquals", [], "'ErrorEquals' must be a list"),
    ("States/Task/Retry/0/ErrorEquals", DROP, "'ErrorEquals' must be a list"),
    ("States/Task/Retry/0/ErrorEquals", ["States.ALL"], "alone and in the last rule"),
    ("States/Task/Retry/1/ErrorEquals", ["States.ALL", "A"], "alone and in the last rule"),
    ("States/Task/Retry/0/IntervalSeconds", 0, "'IntervalSeconds' must be"),
    ("States/Task/Retry/0/IntervalSeconds", 1.5, "'IntervalSeconds' must be"),
    ("States/Task/Retry/0/MaxAttempts", -1, "'MaxAttempts' must be"),
    ("States/Task/Retry/0/BackoffRate", 0.5, "'BackoffRate' must be"),
    ("States/Task/Retry/1/MaxDelaySeconds", 0, "'MaxDelaySeconds' must be"),
    ("States/Task/Retry/1/JitterStrategy", "HALF", "FULL or NONE"),
    ("States/Task/Retry/0/Wait", 1, "'Wait' is not supported"),
    ("States/Task/Catch/0/Next", DROP, "'Next' is required"),
    ("States/Task/Catch/0/Next", "Gone", "Missing 'Next' target: Gone"),
    ("States/Task/Catch/0/ResultPath", "$v", "'ResultPath' must be a valid path"),
    ("States/Choice/Choices", [], "list of at least one rule"),
    ("States/Choice/End", True, "'End' is not supported by a Choice"),
    ("States/Choice/Default", "Gone", "Missing 'Default' target: Gone"),
    (f"{RULE}/Next", DROP, "'Next' is required"),
    (f"{RULE}/Variable", DROP, "'Variable' must be a valid JSONPath"),
    (f"{RULE}/IsPresent", "yes", "'IsPresent' is of a wrong kind"),
    (f"{RULE}/IsPresent", DROP, "exactly one comparison"),
    (f"{RULE}/StringEquals", "a", "exactly one comparison"),
    (f"{RULE}/Contains", "a", "'Contains' is not supported"),
    (f"{RULE}/And", [], "may have no other field"),
    ("States/Choice/Choices/1/And", [], "list of at least one rule"),
    ("States/Choice/Choices/1/And/0/NumericLessThan", "2", "'NumericLessThan' is of a wrong kind"),
    ("States/Choice/Choices/1/And/0/NumericLessThan", True, "'NumericLessThan' is of a wrong kind"),
    ("States/Choice/Choices/1/And/1/Not/StringEqualsPath", "c", "'StringEqualsPath' is of a wrong"),
    ("States/Choice/Choices/1/And/2/TimestampEquals", "2027-01-01", "'TimestampEquals' is of a wr"),
    ("States/Wait/Seconds", -1, "'Seconds' must be"),
    ("States/Wait/Seconds", "1", "'Seconds' must be"),
    ("States/Wait/Seconds", DROP, "Exactly one of Seconds"),
    ("States/Wait/Timestamp", "2027-01-01T00:00:00Z", "Exactly one of Seconds"),
    ("States/Map/ItemProcessor", DROP, "'ItemProcessor' is required"),
    ("States/Map/ItemProcessor", {"StartAt": "I", "States": {}}, "at least one state"),
    ("States/Map/ItemsPath", "$..a", "'ItemsPath' must be a valid path"),
    ("States/Map/ToleratedFailurePercentage", 101, "at most 100"),
    ("States/Parallel/Branches", [], "'Branches' must be a list"),
    ("States/Parallel/Branches", [INNER], "Duplicate State name: I"),
    ("States/Fail/Next", "Wait", "'Next' is not supported by a Fail"),
    ("States/Fail/ErrorPath", "$.e", "Only one of 'Error'"),
    ("States/Lost", {"Type": "Succeed"}, 'State "Lost" is not reachable.'),
    (f"States/{'x' * 81}", {"Type": "Succeed"}, "1 to 80 characters"),
]


def test_good_definition_has_no_problem() -> None:
    assert problems_of(json.dumps(GOOD)) == []


@pytest.mark.parametrize(
    ("path", "value", "message"), BAD, ids=lambda part: str(part)[:40].replace("/", "-")
)
def test_what_aws_refuses_is_found(path: str, value: Any, message: str) -> None:
    found = [str(problem) for problem in problems_of(json.dumps(changed(path, value)))]
    assert any(message in each for each in found), found


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("States/Task/Resource", "arn:aws:lambda:us-east-1:1:function:f:$LATEST"),
        ("States/Task/Parameters/a.$", "States.ArrayGetItem($.a, States.MathAdd($.b, 1))"),
        ("States/Task/Parameters/a.$", "$.a[?(@.b == 'x, y')].c"),
        ("States/Task/Parameters/a.$", "States.UUID()"),
        ("States/Task/Parameters/a.$", "$name.field"),
        ("States/Task/OutputPath", None),
        ("States/Task/Assign", {"v.$": "$.a"}),
        ("States/Wait", {"Type": "Wait", "TimestampPath": "$.t", "Next": "Parallel"}),
        (
            "States/Wait",
            {"Type": "Wait", "QueryLanguage": "JSONata", "Seconds": "{% 1 %}", "End": 1},
        ),
        ("Comment", "c"),
        ("Version", "1.0"),
    ],
)
def test_what_aws_takes_is_taken(path: str, value: Any) -> None:
    document = changed(path, value)
    if isinstance(value, dict) and value.get("End") == 1:
        document["States"]["Wait"] |= {"End": True}
        del document["States"]["Parallel"]
    assert problems_of(json.dumps(document)) == []


@pytest.mark.parametrize("text", ["{oops", "", "null", "[]", '"a"', None])
def test_text_that_is_no_object_is_refused(text: str | None) -> None:
    assert len(problems_of(text)) == 1


def test_machine_that_never_ends_is_refused() -> None:
    states = {name: {"Type": "Pass", "Next": other} for name, other in (("A", "B"), ("B", "A"))}
    [found] = problems_of(json.dumps({"StartAt": "A", "States": states}))
    assert found.message == "No state ends the machine"


def test_state_that_ends_may_have_a_catcher_that_goes_on() -> None:
    caught = {"ErrorEquals": ["States.ALL"], "Next": "A"}
    state = {"Type": "Map", "ItemProcessor": INNER, "Catch": [caught], "End": True}
    assert problems_of(json.dumps({"StartAt": "A", "States": {"A": state}})) == []


def filled(path: Path) -> str:
    """Put ARNs where a definition has substitutions."""
    text = path.read_text(encoding="utf-8").replace("${Partition}", "aws")
    return re.sub(r"\$\{\w+Arn\}", "arn:aws:lambda:us-east-1:123456789012:function:f", text)


DEFINITIONS = sorted((ROOT / "statemachine").glob("*.asl.json"))


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.name)
def test_own_definitions_are_taken_within_the_time_of_a_blink(path: Path) -> None:
    text = filled(path)
    times = []
    for _ in range(5):
        began = time.process_time()
        assert problems_of(text) == []
        times.append(time.process_time() - began)
    assert min(times) < 0.02


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.name)
def test_every_target_of_the_own_definitions_is_looked_at(path: Path) -> None:
    text = filled(path)
    places = list(re.finditer(r'"(Next|Default|StartAt)": "[^"]+"', text))
    assert len(places) > 50
    for place in places[:: max(1, len(places) // 40)]:
        broken = f'{text[: place.start()]}"{place[1]}": "Nowhere"{text[place.end() :]}'
        assert any("Nowhere" in str(each) for each in problems_of(broken)), place[0]
