"""The cells of the fault matrix: none is missing, and each breaks what it says."""

import json
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from bench.faults import aborts, files, functions, permissions, play, project, sagemaker
from bench.faults.cell import Cell, Result
from dropforge.cloud.deployment import template

CELLS = [*sagemaker.cells(), *aborts.cells(), *functions.cells(), *permissions.cells()]
TEMPLATE = template.read(project.ROOT / "template.yaml")["Resources"]
ROLES = {
    name: role
    for name, role in TEMPLATE.items()
    if role["Type"] == "AWS::IAM::Role" and role.get("Condition") not in permissions.NOT_DEPLOYED
}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(role: str) -> list[dict[str, Any]]:
    document = ROLES[role]["Properties"]["Policies"][0]["PolicyDocument"]
    return [each for each in document["Statement"] if "Sid" in each]


def test_names_tell_cells_apart_and_there_are_enough() -> None:
    names = [cell.name for cell in CELLS]
    assert len(set(names)) == len(names) >= 250


@pytest.mark.parametrize("role", ROLES)
def test_each_action_on_each_resource_of_a_role_has_its_cell(role: str) -> None:
    granted = [
        (statement["Sid"], action, index)
        for statement in statements(role)
        for action in listed(statement["Action"])
        for index in range(len(listed(statement["Resource"])))
    ]
    found = [(p.sid, p.action, p.index) for p in permissions.permissions() if p.role == role]
    assert found == granted


def test_each_sagemaker_action_of_a_role_has_its_faults() -> None:
    granted = {
        action.removeprefix("sagemaker:")
        for role in ROLES
        for statement in statements(role)
        for action in listed(statement["Action"])
        if action.startswith("sagemaker:")
    }
    broken = {cell.what.split(" ")[0] for cell in CELLS if cell.axis == "sagemaker"}
    # Step Functions puts tags with the call that creates; there is no call of its own.
    granted -= {"AddTags", "ListTags"}
    # No run makes these: the day's look at old models (tests/unit/tidy), and the answer to a file
    # for a dataset that is not there, which is a sentence all the same without it.
    granted -= {"ListModels", "DeleteModel", "ListEndpointConfigs", "DescribeEndpointConfig"}
    # Only a run with a search makes these: tests/stack/failures/test_searches.py breaks them.
    granted = {action for action in granted if "HyperParameterTuning" not in action}
    assert granted - {"ListModelPackageGroups"} == broken


def test_each_function_has_its_faults() -> None:
    # The day's look at old models is no run: tests/unit/tidy breaks it.
    assert {step.function for step in functions.STEPS} == set(project.functions()) - {"tidy"}


@pytest.mark.parametrize("permission", list(permissions.permissions()), ids=lambda p: p.what)
def test_permission_cell_takes_away_that_permission_and_no_other(permission: Any) -> None:
    changes: list[Any] = []

    class Lane:
        def policy(self, role: str, change: Any) -> Any:
            assert role == permission.role
            changes.append(change)
            return nullcontext()

    def pairs(found: list[dict[str, Any]]) -> set[str]:
        return {
            json.dumps([action, resource, each.get("Condition")])
            for each in found
            for action in listed(each["Action"])
            for resource in listed(each["Resource"])
        }

    lane: Any = Lane()
    permissions._without(permission)(lane, "c0001")
    before = statements(permission.role)
    [own] = [each for each in before if each["Sid"] == permission.sid]
    resource = listed(own["Resource"])[permission.index]
    taken = json.dumps([permission.action, resource, own.get("Condition")])
    assert pairs(before) - pairs(changes[0](before)) == {taken}
    assert pairs(changes[0](before)) < pairs(before)


@pytest.mark.parametrize("name", ["plan.json", "model/r/output/model.tar.gz", "x.u64", "p.csv"])
def test_corruption_changes_a_file(name: str) -> None:
    body = b'{"a": [1, 2]}' if name.endswith(".json") else b"1,0.5\n0,0.25\n" * 8
    for change in files.CORRUPTIONS.values():
        assert change(name, body) != body


def test_message_that_comes_late_counts_against_its_cell() -> None:
    class Inbox:
        def messages(self, *_arguments: object) -> list[dict[str, str]]:
            return [{"Message": "Run: churn-1"}, {"Message": "Run: churn-1"}]

    lane: Any = SimpleNamespace(inbox=Inbox())
    once = Result("a", [], "failed", 1.0, messages=1, run="churn-1")
    assert play._recounted(once, lane, "c0001").failures == ["1 more messages came later"]
    twice = Result("a", ["2 messages, not one"], "failed", 1.0, messages=2, run="churn-1")
    assert play._recounted(twice, lane, "c0001") == twice


def test_cells_wait_for_what_is_slow() -> None:
    hanging = [cell for cell in CELLS if cell.fault == "no answer"]
    assert hanging
    assert min(cell.limit for cell in hanging) > max(Cell.limit, 300)
