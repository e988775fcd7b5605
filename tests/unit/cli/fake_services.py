# ruff: noqa: N803 - the fakes take the parameters that boto3 takes
"""The few AWS calls that the command makes, in memory."""

import io
import json
from collections.abc import Iterator
from typing import Any

from tests.unit.cli.fake_answers import refused
from tests.unit.cli.fake_s3 import FakeS3
from tests.unit.cli.fake_sagemaker import FakeSageMaker
from tests.unit.cli.fake_states import FakeStates


class FakeLambda:
    def __init__(self) -> None:
        self.answer: dict[str, Any] = {}
        self.error = False

    def invoke(self, **_request: Any) -> dict[str, Any]:
        failed = {"FunctionError": "Unhandled"} if self.error else {}
        return {"Payload": io.BytesIO(json.dumps(self.answer).encode()), **failed}

    def get_function_configuration(self, *, FunctionName: str) -> dict[str, Any]:
        return {"FunctionName": FunctionName.rsplit(":", 1)[-1]}


class FakeLogs:
    def __init__(self) -> None:
        self.groups: dict[str, list[dict[str, Any]]] = {}

    def get_paginator(self, name: str) -> "FakeLogs":
        assert name == "filter_log_events"
        return self

    def paginate(self, **query: Any) -> Iterator[dict[str, Any]]:
        if query["logGroupName"] not in self.groups:
            raise refused("ResourceNotFoundException", "FilterLogEvents")
        pattern = query.get("filterPattern", "").strip('"')
        stream = query.get("logStreamNamePrefix", "")
        names = query.get("logStreamNames")
        yield {
            "events": [
                event
                for event in self.groups[query["logGroupName"]]
                if pattern in event["message"]
                and event.get("logStreamName", "").startswith(stream)
                and (names is None or event.get("logStreamName", "") in names)
                and query["startTime"] <= event["timestamp"] <= query["endTime"]
            ]
        }


class FakeSession:
    region_name = "eu-west-1"

    def __init__(self) -> None:
        self.s3 = FakeS3()
        self.states = FakeStates()
        self.sagemaker = FakeSageMaker()
        self.functions = FakeLambda()
        self.logs = FakeLogs()

    def client(self, service: str, **_config: Any) -> Any:
        return {
            "s3": self.s3,
            "stepfunctions": self.states,
            "sagemaker": self.sagemaker,
            "lambda": self.functions,
            "logs": self.logs,
        }[service]
