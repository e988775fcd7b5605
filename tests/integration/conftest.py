"""Handlers against moto: real clients, a bucket, a topic, a state machine."""

import importlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest
from moto import mock_aws

EVENTS = Path(__file__).parents[2] / "events"
BUCKET = "dropforge-test"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [n for n in os.environ if n.startswith("AWS_")]:
        monkeypatch.delenv(name)
    values = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_LAMBDA_FUNCTION_NAME": "test",
        "BUCKET": BUCKET,
        "POWERTOOLS_TRACE_DISABLED": "true",
        "POWERTOOLS_METRICS_NAMESPACE": "Test",
        "POWERTOOLS_SERVICE_NAME": "test",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield


@pytest.fixture
def load(aws: None) -> Iterator[Callable[[str], ModuleType]]:
    """Import a function's handler anew, so that its clients are made inside the mock."""
    names: list[str] = []

    def loader(function: str) -> ModuleType:
        name = f"{function}.handler"
        sys.modules.pop(name, None)
        names.append(name)
        return importlib.import_module(name)

    yield loader
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture
def event() -> Callable[[str], dict[str, Any]]:
    def read(name: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
        return document

    return read


class Context:
    """What Powertools reads of Lambda's context."""

    function_name = "test"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:test"
    aws_request_id = "00000000-0000-0000-0000-000000000000"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 300_000


@pytest.fixture
def context() -> Context:
    return Context()
