"""What a function loads before its first event, in the environment that Lambda gives it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FUNCTIONS = Path(__file__).parents[2] / "functions"
NAMES = sorted(path.parent.name for path in FUNCTIONS.glob("*/handler.py"))
# Libraries that only some steps need, which import them themselves; what boto3 has beside its
# clients; what the X-Ray SDK can trace and no function calls; its poller of sampling rules, which
# makes two clients; and what the tests alone have.
NOT_LOADED = (
    *("numpy", "polars", "scipy", "xgboost", "jinja2"),
    *("boto3", "s3transfer", "multiprocessing"),
    *("sqlite3", "sqlalchemy", "requests", "httpx", "aws_xray_sdk.core.sampling.connector"),
    *("pandas", "sklearn"),
)
_LOADED = """
import importlib, json, sys
importlib.import_module(sys.argv[1] + ".handler")
print(json.dumps(sorted(sys.modules)))
"""


def in_lambda() -> dict[str, str]:
    # polars writes its own into the environment of whoever imported it.
    own = ("AWS_", "POWERTOOLS_", "PYTHON", "_RJEM_")
    return {name: value for name, value in os.environ.items() if not name.startswith(own)} | {
        "AWS_DEFAULT_REGION": "us-east-1",
        "LAMBDA_TASK_ROOT": str(FUNCTIONS),
        "POWERTOOLS_SERVICE_NAME": "dropforge",
        "PYTHONPATH": str(FUNCTIONS),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@pytest.mark.parametrize("name", NAMES)
def test_handler_loads_nothing_that_its_first_event_may_not_need(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOADED, name],
        check=True, capture_output=True, text=True, env=in_lambda(), timeout=60,
    )  # fmt: skip
    loaded = set(json.loads(done.stdout))
    assert {"botocore.session", "aws_lambda_powertools"} <= loaded
    assert sorted(loaded & set(NOT_LOADED)) == []


_SET = """
import os, sys, prepare.handler
was_loaded = "polars" in sys.modules
import polars
print(os.environ["_RJEM_MALLOC_CONF"], was_loaded)
"""


def test_polars_finds_the_settings_of_its_allocator() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SET],
        check=True, capture_output=True, text=True, env=in_lambda(), timeout=60,
    )  # fmt: skip
    found, was_loaded = done.stdout.split()
    # polars adds its own to it.
    assert "narenas:1" in found.split(",")
    assert was_loaded == "False"
