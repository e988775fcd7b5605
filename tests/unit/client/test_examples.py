"""Events that are made for what a stack holds."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from dropforge.client.events.steps import Execution, filled, step_events
from tests.unit.cli.fakes import MACHINE, NOON, fake_stack

GIVEN = {"a": {"b": [1]}, "name": "x"}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ({"all.$": "$"}, {"all": GIVEN}),
        ({"deep.$": "$.a.b", "as it is": "$.a.b"}, {"deep": [1], "as it is": "$.a.b"}),
        ({"inner": {"id.$": "$$.Execution.Id"}}, {"inner": {"id": "arn:it"}}),
        ({"list": [1, 2], "none": None}, {"list": [1, 2], "none": None}),
    ],
)
def test_a_template_is_filled_from_the_input_and_the_context(
    template: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert filled(template, GIVEN, {"Execution": {"Id": "arn:it"}}) == expected


def test_the_context_of_an_execution_has_its_start_as_step_functions_writes_it() -> None:
    start = datetime(2026, 1, 2, 3, 4, 6, 7000, tzinfo=UTC)
    facts = {"executionArn": "arn:it", "name": "it", "startDate": start}
    assert Execution(facts, {}).context["Execution"]["StartTime"] == "2026-01-02T03:04:06.007Z"


def test_steps_are_those_that_were_gone_through_with_the_first_item_of_a_map(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    states = {
        "Plan": {"Parameters": {"step": "plan", "drop.$": "$"}},
        "Encode": {
            "ItemReader": {"Parameters": {"Bucket.$": "$.bucket", "Key.$": "$.chunks"}},
            "ItemSelector": {"step": "encode", "chunk.$": "$$.Map.Item.Value"},
        },
        "Never": {"Parameters": {"step": "never"}},
        "Train": {"Parameters": {"TrainingJobName": "x"}},
    }
    stack = fake_stack()
    stack.session.s3.objects["chunks.json"] = b'[{"index": 0}, {"index": 1}]'

    def describe(stateMachineArn: str) -> dict[str, str]:  # noqa: N803
        assert stateMachineArn == MACHINE
        return {"definition": json.dumps({"States": states})}

    monkeypatch.setattr(stack.session.states, "describe_state_machine", describe, raising=False)
    facts = {"executionArn": "arn:it", "name": "it", "startDate": NOON}
    inputs = {"Plan": {"key": "k"}, "Encode": {"bucket": "drops", "chunks": "chunks.json"}}
    assert step_events(stack, Execution(facts, {**inputs, "Train": {}})) == {
        "plan": {"step": "plan", "drop": {"key": "k"}},
        "encode": {"step": "encode", "chunk": {"index": 0}},
    }
