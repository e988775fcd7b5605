"""What of the definition no scenario takes: the list may only become shorter."""

import json
from collections.abc import Iterator

import pytest

from statemachine.flow import all_machines
from tests.contract.engines.engine import Engine
from tests.contract.engines.scenarios import ALL
from tests.contract.engines.script import FILE, State, definition_of, rule_of

MACHINE = json.loads(definition_of(FILE))
COMPLETE = (
    "Call again",
    "Champion Model exists already?",
    "Champion call busy?",
    "Compare again?",
    "Model exists already?",
    "Parent refused?",
    "Refit complete?",
    "Refit refused?",
    "Registered?",
    "Search refused?",
    "Trained already?",
    "Transforms allowed?",
    "Tune?",
)
BY_CHANCE = {
    "Predicted already?: Default",
    "Explained already?: Default",
    "Search to measure?: Default",
    "Comparison unknown",
    "Explanation unknown",
    "Search unknown",
}
"""Several branches fail for one reason; the first to do so stops the others."""
NO_CAUSE = {"Variable": "$.error.Cause", "IsPresent": False, "Next": "Step failed without a cause"}
UNTAKEN = {
    # Their rules leave no case; AWS asks for a Default where none matches.
    *(f"{name}: Default" for name in COMPLETE),
    # Neither engine leaves a cause out of what it catches; AWS's documents do not promise one.
    rule_of("Cause is a document?", NO_CAUSE),
    "Cause is a document?: Default",
    "SageMaker busy?: Default",
    "Transform busy?: Default",
    "Step failed without a cause",
    # An input is an object or has no key.
    "Dataset given?: Default",
    "Input not understood",
}


def parts(state: str, rule: State) -> Iterator[str]:
    """Yield a rule and each alternative within it."""
    yield rule_of(state, rule)
    for alternative in rule.get("Or", []):
        yield from parts(state, alternative)
    for condition in rule.get("And", []):
        if "Or" in condition:
            yield from parts(state, condition)


def ways() -> set[str]:
    """Return each state, rule, alternative, default, retrier and catcher."""
    found = set()
    for _, machine in all_machines(MACHINE):
        for name, state in machine["States"].items():
            found.add(name)
            found |= {part for rule in state.get("Choices", []) for part in parts(name, rule)}
            found |= {f"{name}: Default"} if "Default" in state else set()
            for kind in ("Retry", "Catch"):
                found |= {f"{name}: {kind} {n}" for n in range(len(state.get(kind, [])))}
    # A retrier without attempts is never taken.
    return found - {f"{name}: Retry 2" for name in ("Batch transform", "Champion batch transform")}


@pytest.fixture(scope="session")
def taken(local: Engine) -> set[str]:
    records = [local.run(scenario) for scenario in ALL.values()]
    names = {name for record in records for name, _ in record.entered}
    return names.union(*(record.taken for record in records))


def test_ways_that_no_scenario_takes_are_named(taken: set[str]) -> None:
    assert len(ways()) > 380
    assert ways() - taken - BY_CHANCE == UNTAKEN


def test_branches_that_fail_together_are_entered(taken: set[str]) -> None:
    assert len(BY_CHANCE & taken) >= 2


def test_list_of_untaken_ways_does_not_grow() -> None:
    assert len(UNTAKEN) <= 20
