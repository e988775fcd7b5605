"""One trained run a task, made once; tests that change a run make their own copy."""

import copy
from collections.abc import Callable
from functools import cache

import pytest

from tests.unit.evaluate import tables
from tests.unit.evaluate.made_run import MadeRun, make_run

TABLES = {
    "binary": lambda: tables.churn(1_500),
    "regression": lambda: tables.houses(1_500),
    "multiclass": lambda: tables.plants(1_500),
}


@cache
def _trained(task: str) -> MadeRun:
    return make_run(TABLES[task]())


@pytest.fixture
def run_of() -> Callable[[str], MadeRun]:
    """Return a run of a task that the test may change."""

    def made(task: str) -> MadeRun:
        trained = _trained(task)
        files = copy.copy(trained)
        files.s3, files.logs = copy.deepcopy((trained.s3, trained.logs))
        files.event = copy.deepcopy(trained.event)
        return files

    return made
