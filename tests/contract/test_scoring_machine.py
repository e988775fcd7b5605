"""The machine that scores keeps the rules of the one that trains."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.documents.scoring.result import ScoringOutput
from statemachine.retry_policies import name_of
from tests.contract import test_state_machine as rules
from tests.contract.states import all_states
from tests.contract.test_retries import FUNCTION

State = dict[str, Any]

CARRIED = {
    "Save Model": ("CALL_THROTTLED",),
    "Batch transform": (
        *("JOB_NAME_TAKEN", "JOB_UNANSWERED"),
        *("REFUSED", "TRANSFORM_FAILED"),
    ),
}
"""The named policies of the states that are neither a function nor a Map, in their order."""


@pytest.mark.parametrize(
    "rule",
    [
        rules.test_every_state_says_why_it_is_there,
        rules.test_every_task_and_map_catches_errors_at_its_own_level,
        rules.test_every_choice_defaults_to_a_failure,
        rules.test_every_state_can_be_reached,
        rules.test_sentence_of_each_failure_and_its_message_tell_one_remedy,
    ],
    ids=lambda rule: rule.__name__.removeprefix("test_"),
)
def test_rule_holds(rule: Callable[[State], None], scoring: State) -> None:
    rule(scoring)


def test_substitutions_of_template_and_definition_are_the_same(
    template: State, scoring: State
) -> None:
    machine = template["Resources"]["BatchTransformStateMachine"]["Properties"]
    used = set(re.findall(r"\$\{(\w+)\}", json.dumps(scoring)))
    assert used == set(machine["DefinitionSubstitutions"])


def test_tasks_wait_longer_than_their_functions_may_run(template: State, scoring: State) -> None:
    rules.test_tasks_wait_longer_than_their_functions_may_run(template, scoring)


@pytest.mark.parametrize("name", ["Plan data", "Check file"])
def test_every_input_error_is_a_rejection(scoring: State, name: str) -> None:
    rules.test_every_input_error_of_prepare_is_a_rejection(scoring, name)


@pytest.mark.parametrize("name", ["Save Model", "Batch transform"])
def test_sagemaker_parameters_fit_the_service_model(scoring: State, name: str) -> None:
    rules.test_sagemaker_parameters_fit_the_service_model(scoring, name)


def test_every_state_carries_the_policies_of_its_kind(scoring: State) -> None:
    for name, state in all_states(scoring).items():
        found = tuple(name_of(retrier) for retrier in state.get("Retry", []))
        if state["Type"] == "Map":
            assert found == ("ITEMS_UNREADABLE",), name
        elif state["Type"] == "Task":
            assert found == CARRIED.get(name, FUNCTION), name


def test_every_custom_error_is_a_leaf_of_the_tree(scoring: State) -> None:
    named = {
        error
        for state in all_states(scoring).values()
        for rule in [*state.get("Retry", []), *state.get("Catch", [])]
        for error in rule["ErrorEquals"]
        if not rules.SERVICE_ERROR.fullmatch(error)
    }
    # Nothing is judged or registered here, and there are no test rows.
    apart = {"ScheduleError", "TidyError", "RegistrationBusyError", "EmptyTestSplitError"}
    apart.add("PredictionTimeError")
    assert named == rules.LEAVES - apart | {"Runtime.ExitError", "Sandbox.Timedout"}


def test_definition_is_accepted_by_a_second_interpreter(scoring: State) -> None:
    from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

    function = "arn:aws:lambda:us-east-1:123456789012:function:f"
    text = re.sub(r"\$\{\w+\}", function, json.dumps(scoring))
    program, _ = AmazonStateLanguageParser.parse(text.replace(f"arn:{function}:", "arn:aws:"))
    assert program.start_at.start_at_name == "File given?"


def test_output_is_what_the_type_says(scoring: State) -> None:
    [name] = [name for name, state in scoring["States"].items() if state.get("End")]
    told = {field.removesuffix(".$") for field in scoring["States"][name]["Parameters"]}
    assert told == set(ScoringOutput.__annotations__)
