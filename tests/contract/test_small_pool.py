"""A new account's ten concurrent executions carry every Map to its end.

A child that is throttled takes no place in a queue: it asks again after a random time, and may
find the pool full again, however long it has waited.
"""

import heapq
import random
from typing import Any

import pytest

from statemachine.retry_policies import POLICIES, Retrier, waits_seconds
from tests.contract.states import all_states

State = dict[str, Any]
POOL = 10
"""Concurrent executions of a new account (Lambda developer guide, Lambda quotas)."""
CHUNKS = 200


def most_attempts(retrier: Retrier, at_once: int, task_seconds: float, seed: int) -> int:
    """Return how many retries the unluckiest child of a Map needs."""
    chance, longest = random.Random(seed), waits_seconds(retrier)
    free, begun, most = POOL, 0, 0
    # Time; a child's number of tries so far, None for an invocation that ends.
    due: list[tuple[float, int, int | None]] = []

    def begin(now: float) -> None:
        nonlocal begun
        if begun < CHUNKS:
            begun += 1
            heapq.heappush(due, (now, begun, 0))

    for _ in range(at_once):
        begin(0.0)
    while due:
        now, child, tries = heapq.heappop(due)
        if tries is None:
            free += 1
            begin(now)
        elif free:
            free -= 1
            heapq.heappush(due, (now + task_seconds, child, None))
        else:
            most = max(most, tries + 1)
            wait = longest[min(tries, len(longest) - 1)]
            heapq.heappush(due, (now + chance.uniform(0, wait), child, tries + 1))
    return most


def maps(definition: State) -> list[State]:
    return [state for state in all_states(definition).values() if state["Type"] == "Map"]


@pytest.mark.parametrize("task_seconds", [5.0, 60.0, 900.0])
def test_no_child_of_a_map_runs_out_of_attempts(
    definition: State, scoring: State, task_seconds: float
) -> None:
    retrier = POLICIES["LAMBDA_THROTTLED"].retrier
    at_once = {state["MaxConcurrency"] for state in [*maps(definition), *maps(scoring)]}
    needed = max(most_attempts(retrier, n, task_seconds, seed) for n in at_once for seed in (1, 2))
    # Twice over, since other runs may share the pool.
    assert 2 * needed < retrier["MaxAttempts"]


def test_sixty_attempts_would_have_lost_a_map() -> None:
    retrier = POLICIES["LAMBDA_THROTTLED"].retrier
    assert most_attempts(retrier, 40, 900.0, seed=1) > 60


def test_throttles_fill_no_executions_history() -> None:
    # 25,000 events end an execution; a retry of a Lambda task writes at most three (Step Functions
    # developer guide, Quotas and GetExecutionHistory).
    assert 3 * 2 * POLICIES["LAMBDA_THROTTLED"].retrier["MaxAttempts"] < 25_000
