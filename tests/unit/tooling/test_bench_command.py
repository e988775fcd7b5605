"""What a bench runs the command with."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.command import as_users_have_it

_LOADED = """
import sys, numpy, xgboost
xgboost.train({}, xgboost.DMatrix(numpy.ones((4, 2)), label=numpy.ones(4)), 1)
print(*({"sklearn", "pandas"} & set(sys.modules)))
"""


def test_command_runs_without_what_only_the_tests_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    environment = as_users_have_it(tmp_path)
    assert environment["PYTHONPATH"].endswith(":/elsewhere")
    done = subprocess.run(
        [sys.executable, "-c", _LOADED],
        env=environment, check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.stdout.split() == []
    as_users_have_it(tmp_path)
