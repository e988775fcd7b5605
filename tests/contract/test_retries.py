"""Every retrier is a named policy, word for word, and every state carries those stated here."""

import json
import re
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
    "Look at transform quota": ("QUOTA_UNKNOWN",),
    "Train model (XGBoost)": ("JOB_THROTTLED",),
    "Stop lost job": ("CALL_THROTTLED",),
    "Continue tuning (XGBoost)": ("JOB_THROTTLED",),
    "Tune model (XGBoost)": ("JOB_THROTTLED",),
    "Stop lost search": ("CALL_THROTTLED",),
    "Choose trial": FUNCTION,
    "Plan refit": FUNCTION,
    "Refit model (XGBoost)": ("JOB_THROTTLED",),
    "Stop lost refit": ("CALL_THROTTLED",),
    "Save Model": ("CALL_THROTTLED",),
    "Predict by model": FUNCTION,
    "Batch transform": (
        *("JOB_NAME_TAKEN", "JOB_UNANSWERED"),
        *("REFUSED", "TRANSFORM_FAILED"),
    ),
    "Predict by champion": FUNCTION,
    "Save champion Model": ("CALL_THROTTLED",),
    "Champion batch transform": (
        *("JOB_NAME_TAKEN", "JOB_UNANSWERED"),
        *("REFUSED", "TRANSFORM_FAILED_CHAMPION"),
    ),
    "Choose decision": FUNCTION,
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
            # What registers gives its turn back before it looks at the cause; whether a lost job
            # could be stopped changes nothing.
            later = {"Register model", "Stop lost job", "Stop lost search", "Stop lost refit"}
            wanted = {"States.ALL"} if name in later else AMBIGUOUS
            [caught] = [c["Next"] for c in state["Catch"] if set(c["ErrorEquals"]) & wanted]
            assert any(
                "*ThrottlingException*" in json.dumps(machine[other])
                for other in reachable(machine, {caught})
                if machine[other]["Type"] == "Choice"
            ), name
    assert found == 12


QUOTA = "SageMaker.ResourceLimitExceededException"
HELD = {"Not": {"Variable": "$.error.Cause", "StringMatches": "*with current utilization of 0 *"}}


def test_quota_is_waited_for_only_if_other_jobs_hold_it(definition: State, scoring: State) -> None:
    limits = []
    for machine in [*machines(definition), *machines(scoring)]:
        for state in machine.values():
            if not re.search(r"create(Training|Transform)Job", state.get("Resource", "")):
                continue
            [choice] = [c["Next"] for c in state["Catch"] if QUOTA in c["ErrorEquals"]]
            [rule] = [r for r in machine[choice]["Choices"] if HELD in r.get("And", [])]
            [limit] = [part["NumericLessThan"] for part in rule["And"] if "NumericLessThan" in part]
            counted = machine[rule["Next"]]
            assert counted["Parameters"]["seconds"] == 300
            assert counted["Parameters"]["quota.$"] == "States.MathAdd($.calls.quota, 1)"
            assert machine[counted["Next"]]["SecondsPath"] == "$.calls.seconds"
            limits.append(limit)
    # An hour; for the comparison, and for a second training, a quarter of one.
    assert sorted(limits) == [3, 3, 12, 12, 12]


def test_sagemaker_jobs_that_fail_do_not_bring_refused_requests_back(definition: State) -> None:
    for name, state in all_states(definition).items():
        errors_of = [rule["ErrorEquals"] for rule in state.get("Retry", [])]
        if ["States.TaskFailed"] in errors_of:
            # States.TaskFailed matches any error but a time-out.
            before = errors_of[: errors_of.index(["States.TaskFailed"])]
            assert any(set(each) & AMBIGUOUS for each in before), name


def test_training_that_may_be_there_is_stopped_before_the_next_name_is_tried(
    definition: State,
) -> None:
    states = definition["States"]
    train, stop = states["Train model (XGBoost)"], states["Stop lost job"]
    [caught] = [c for c in train["Catch"] if c["Next"] == "Stop lost job"]
    doubtful = {"SageMaker.SdkClientException", "SageMaker.ResourceInUseException"}
    assert set(caught["ErrorEquals"]) == doubtful
    # The same name, as RetryCount is another state's by then.
    assert stop["Parameters"]["TrainingJobName.$"] == train["Parameters"]["TrainingJobName.$"]
    assert "RetryCount" not in train["Parameters"]["TrainingJobName.$"]
    assert {stop["Next"], stop["Catch"][0]["Next"]} == {"Count the lost job"}
    counted = states["Count the lost job"]["Parameters"]["lost.$"]
    assert counted == "States.MathAdd($.calls.lost, 1)"


def test_attempts_never_run_out_of_names(definition: State) -> None:
    states = all_states(definition)
    [lost] = [
        part["NumericGreaterThan"]
        for part in states["Call again"]["Choices"][0]["And"]
        if "NumericGreaterThan" in part
    ]
    [waits] = [
        rule["NumericLessThan"]
        for choice in states["What failed?"]["Choices"]
        for rule in choice.get("And", [])
        if "NumericLessThan" in rule
    ]
    for name, state in states.items():
        if "attempts" in json.dumps(state.get("Parameters", {})):
            retries = sum(rule["MaxAttempts"] for rule in state["Retry"])
            # Only the training is entered anew after a wait or a lost answer, under a new name.
            entered = "$.capacity.waits" in json.dumps(state["Parameters"])
            used = waits + lost + 1 if entered else retries
            assert used < len(attempts_of("run")), name


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
