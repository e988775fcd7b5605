"""The drawing of a state machine, on a small one."""

from typing import Any

import pytest

from statemachine.drawing import with_parts
from statemachine.flow import transitions, without_error
from statemachine.mermaid import after_errors, main_path
from statemachine.retry_policies import waited_seconds
from statemachine.tables import defaults_table


def machine(*choices: dict[str, Any]) -> dict[str, Any]:
    call = {"Type": "Task", "Resource": "${AFunctionArn}"}
    return {
        "StartAt": "Go?",
        "States": {
            "Go?": {"Type": "Choice", "Choices": list(choices), "Default": "Odd"},
            "Call (one)": {
                **call,
                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Tell"}],
                "Next": "Go?",
            },
            "Tell": {"Type": "Pass", "Next": "Broken"},
            "Each": {
                "Type": "Map",
                "MaxConcurrency": 2,
                "ItemProcessor": {"StartAt": "One", "States": {"One": {**call, "End": True}}},
                "End": True,
            },
            "Broken": {"Type": "Fail"},
            "Odd": {"Type": "Fail"},
        },
    }


YES = {"Variable": "$.a.key", "IsPresent": True, "Next": "Call (one)"}
NO = {"Variable": "$.a.key", "IsPresent": False, "Next": "Each"}


def case_of(*choices: dict[str, Any]) -> str:
    [way] = [w for w in transitions(machine(*choices)) if w.start == "Go?" and w.end == "Each"]
    return way.case


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"Variable": "$.a.b", "StringEquals": "low"}, "low"),
        ({"Variable": "$.n", "NumericGreaterThanEquals": 3}, "n ≥ 3"),
        ({"Not": {"Variable": "$.a", "StringMatches": "*x*"}}, "else"),
        ({"Variable": "$.a.b", "IsPresent": False}, "no b"),
        ({"Variable": "$.a.b", "StringMatches": "{*}"}, "b like {*}"),
        (
            {
                "And": [
                    {"Variable": "$.c", "IsPresent": True},
                    {
                        "Or": [
                            {"Variable": "$.c", "StringMatches": "*x*"},
                            {"Variable": "$.c", "StringMatches": "*y*"},
                        ]
                    },
                    {"Variable": "$.n", "NumericLessThan": 3},
                ]
            },
            "c has x or y, and n < 3",
        ),
    ],
)
def test_condition_is_told_in_words(condition: dict[str, Any], words: str) -> None:
    assert case_of({**condition, "Next": "Each"}) == words


def test_question_of_presence_is_answered_with_yes_or_no() -> None:
    assert case_of(YES, NO) == "no"


def test_last_rule_that_takes_whatever_is_left_is_told_as_else() -> None:
    first = {"Variable": "$.a", "StringMatches": "*x*", "Next": "Call (one)"}
    assert case_of(first, {"Variable": "$.a", "IsPresent": True, "Next": "Each"}) == "else"


def test_way_that_reads_the_error_is_no_part_of_the_main_path() -> None:
    found = machine({**YES, "Variable": "$.error.Cause"}, NO)
    assert without_error(found) == ["Go?", "Each"]


def test_choice_that_fails_shows_its_failures_in_one_box() -> None:
    fails = {"Variable": "$.s", "StringEquals": "bad", "Next": "Broken"}
    text = main_path(machine(fails, {**fails, "StringEquals": "odd", "Next": "Odd"}))
    assert 'go_fails["Broken<br>Odd"]:::failure' in text
    assert "go --> go_fails" in text


def test_main_path_has_groups_and_copies_of_what_it_goes_back_to() -> None:
    text = main_path(machine(YES, NO))
    assert 'call_one["Call (one)<br>AFunction"]:::function' in text
    assert 'subgraph each["Each: Map, at most 2 at once"]' in text
    assert "call_one --> back_to_go" in text
    assert "Broken" not in text
    assert "Odd" not in text


def test_what_follows_an_error_is_drawn_from_the_error_to_the_end() -> None:
    [(name, text)] = after_errors(machine(YES, NO))
    assert name == ""
    assert 'cause_tell>"any other error<br>in Call (one)"]:::cause' in text
    assert 'tell_fails["Broken"]:::failure' in text
    assert "tell --> tell_fails" in text
    assert "each" not in text


def test_default_is_listed_with_its_choice() -> None:
    assert "| Go? | Odd |\n" in defaults_table(machine(YES, NO))


@pytest.mark.parametrize(
    ("retrier", "seconds"),
    [
        ({"IntervalSeconds": 300, "BackoffRate": 1, "MaxAttempts": 12}, 3600),
        ({"IntervalSeconds": 5, "BackoffRate": 2, "MaxAttempts": 3, "MaxDelaySeconds": 8}, 21),
        ({"IntervalSeconds": 4, "BackoffRate": 2, "MaxAttempts": 2, "JitterStrategy": "FULL"}, 6),
        ({"MaxAttempts": 0}, 0),
    ],
)
def test_waits_add_up(retrier: dict[str, Any], seconds: float) -> None:
    assert waited_seconds(retrier) == seconds


def test_part_is_put_between_its_comments() -> None:
    text = "a\n<!-- drawn: one -->\nold\n<!-- end -->\nb\n"
    assert with_parts(text, {"one": "new\n"}) == (
        "a\n<!-- drawn: one -->\n\nnew\n\n<!-- end -->\nb\n"
    )


def test_part_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="places for"):
        with_parts("nothing\n", {"one": "new\n"})
