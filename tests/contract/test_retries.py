"""Every retrier is a named policy, word for word, and every state carries those stated here."""

import json
from typing import Any

import pytest

from pipeline import turns
from pipeline.run_names import attempts_of
from statemachine.retry_policies import POLICIES, name_of, waited_seconds
from tests.contract.states import LEAVES, all_states, machines, reachable

State = dict[str, Any]

FUNCTION = ("LAMBDA_THROTTLED", "LAMBDA_SERVICE", "SERVICE_BUSY", "INVOCATION_LOST")
CARRIED = {
    "Generate dataset": FUNCTION,
    "Plan data": FUNCTION,
    "Profile chunks": ("ITEMS_UNREADABLE",),
    "Profile chunk": FUNCTION,
    "Find champion": FUNCTION,
    "Fit encoder": FUNCTION,
    "Encode chunks": ("ITEMS_UNREADABLE",),
    "Encode chunk": FUNCTION,
    "Train model (XGBoost)": ("QUOTA", "JOB_NAME_TAKEN", "JOB_THROTTLED"),
    "Continue tuning (XGBoost)": ("QUOTA", "JOB_NAME_TAKEN", "JOB_THROTTLED"),
    "Tune model (XGBoost)": ("QUOTA", "JOB_NAME_TAKEN", "JOB_THROTTLED"),
    "Choose trial": FUNCTION,
    "Save Model": ("CALL_THROTTLED",),
    "Batch transform": (
        *("QUOTA", "JOB_NAME_TAKEN", "JOB_THROTTLED"),
        *("REFUSED", "TRANSFORM_FAILED"),
    ),
    "Save champion Model": ("CALL_THROTTLED",),
    "Champion batch transform": (
        *("QUOTA_CHAMPION", "JOB_NAME_TAKEN", "JOB_THROTTLED"),
        *("REFUSED", "TRANSFORM_FAILED_CHAMPION"),
    ),
    "Explain model": FUNCTION,
    "Predict by trials": FUNCTION,
    "Evaluate": FUNCTION,
    "Take turn": ("TURN_TAKEN", *FUNCTION),
    "Register model": ("REGISTRATION_THROTTLED",),
    "Give turn back": FUNCTION,
}
"""The named policies of each state that tries again, in the order in which Step Functions asks."""


def nearest(retrier: State) -> str:
    """Return the policy that has most in common with a retrier, as the line it should be."""
    name = max(POLICIES, key=lambda n: sum(i in retrier.items() for i in likely(n)))
    return f"{name}, {json.dumps(POLICIES[name].retrier)}"


def likely(name: str) -> list[tuple[str, Any]]:
    items = POLICIES[name].retrier.items()
    # The errors say more than any figure.
    return [item for item in items for _ in range(9 if item[0] == "ErrorEquals" else 1)]


@pytest.mark.parametrize("name", CARRIED)
def test_every_retrier_is_a_named_policy_word_for_word(definition: State, name: str) -> None:
    for retrier in all_states(definition).get(name, {}).get("Retry", []):
        assert name_of(retrier), (
            f"{name} has a retrier that is no named policy:\n{json.dumps(retrier)}\n"
            f"Either make it the nearest,\n{nearest(retrier)}\n"
            "or change that policy, or add one, in statemachine/retry_policies.py, and the lines "
            "of all states that carry it; then run `make drawing`."
        )


def test_every_state_carries_the_policies_stated_for_it(definition: State) -> None:
    found = {
        name: tuple(name_of(retrier) for retrier in state.get("Retry", []))
        for name, state in all_states(definition).items()
        if state["Type"] == "Task" or "Retry" in state
    }
    wrong = {
        name: f"{name} carries {found.get(name)}, stated is {CARRIED.get(name)}"
        for name in found.keys() | CARRIED.keys()
        if found.get(name) != CARRIED.get(name)
    }
    assert not wrong, (
        "\n".join(sorted(wrong.values())) + "\nMend the state's Retry, or state what it carries "
        "in CARRIED of tests/contract/test_retries.py (None: no named policy)."
    )


def test_every_policy_is_carried_and_has_a_reason() -> None:
    assert set(POLICIES) == {name for names in CARRIED.values() for name in names}
    assert [name for name, policy in POLICIES.items() if not policy.reason] == []


def test_every_function_carries_the_same_policies(definition: State) -> None:
    functions = {
        n for n, s in all_states(definition).items() if "FunctionArn" in s.get("Resource", "")
    }
    assert functions == {name for name, names in CARRIED.items() if names[-4:] == FUNCTION}


def test_what_will_not_pass_is_never_tried_again() -> None:
    retried = {e for name in FUNCTION for e in POLICIES[name].retrier["ErrorEquals"]}
    # What will not pass, and what may be either.
    refused = LEAVES - {"ServiceBusyError"} | {"ClientError", "States.ALL", "States.TaskFailed"}
    assert not retried & refused


def test_throttling_is_waited_for_by_the_minute() -> None:
    assert waited_seconds(POLICIES["SERVICE_BUSY"].retrier) > 240
    assert waited_seconds(POLICIES["LAMBDA_THROTTLED"].retrier) > 1200


AMBIGUOUS = {"SageMaker.AmazonSageMakerException", "SageMaker.SageMakerException"}


def test_sagemaker_errors_that_may_not_pass_are_decided_by_their_cause(
    definition: State,
) -> None:
    found = 0
    for machine in machines(definition):
        for name, state in machine.items():
            if ":sagemaker:" not in state.get("Resource", ""):
                continue
            found += 1
            for rule in state["Retry"]:
                assert not set(rule["ErrorEquals"]) & AMBIGUOUS or rule["MaxAttempts"] == 0, name
            # What registers gives its turn back before it looks at the cause.
            wanted = {"States.ALL"} if name == "Register model" else AMBIGUOUS
            [caught] = [c["Next"] for c in state["Catch"] if set(c["ErrorEquals"]) & wanted]
            assert any(
                "*ThrottlingException*" in json.dumps(machine[other])
                for other in reachable(machine, {caught})
                if machine[other]["Type"] == "Choice"
            ), name
    assert found == 8


def test_sagemaker_jobs_that_fail_do_not_bring_refused_requests_back(definition: State) -> None:
    for name, state in all_states(definition).items():
        errors_of = [rule["ErrorEquals"] for rule in state.get("Retry", [])]
        if ["States.TaskFailed"] in errors_of:
            # States.TaskFailed matches any error but a time-out.
            before = errors_of[: errors_of.index(["States.TaskFailed"])]
            assert any(set(each) & AMBIGUOUS for each in before), name


def test_attempts_never_run_out_of_names(definition: State) -> None:
    states = all_states(definition)
    [waits] = [
        rule["NumericLessThan"]
        for choice in states["What failed?"]["Choices"]
        for rule in choice.get("And", [])
        if "NumericLessThan" in rule
    ]
    for name, state in states.items():
        if "attempts" in json.dumps(state.get("Parameters", {})):
            retries = sum(rule["MaxAttempts"] for rule in state["Retry"])
            # Only the training is entered anew after a wait.
            entries = waits if "$.capacity.waits" in json.dumps(state["Parameters"]) else 0
            assert retries + entries < len(attempts_of("run")), name


def longest(state: State) -> float:
    """Add up the time limits and waits of a task's attempts, in seconds."""
    total = float(state["TimeoutSeconds"])
    for rule in state["Retry"]:
        for attempt in range(rule["MaxAttempts"]):
            wait = rule["IntervalSeconds"] * rule["BackoffRate"] ** attempt
            total += state["TimeoutSeconds"] + min(wait, rule.get("MaxDelaySeconds", wait))
    return total


def test_turn_lasts_longer_than_the_registration_can_take(definition: State) -> None:
    states = definition["States"]
    # Each attempt to take the turn renews it.
    held = states["Take turn"]["TimeoutSeconds"] + longest(states["Register model"])
    assert held < turns.LIFETIME.total_seconds()
