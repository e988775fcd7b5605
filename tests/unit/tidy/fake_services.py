# ruff: noqa: N803 - the fakes take the parameters that boto3 takes
"""SageMaker's models and Step Functions' executions in memory, as TidyFunction sees them."""

import functools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.session
from botocore.exceptions import ClientError
from botocore.validate import validate_parameters

from tidy.models import STACK_TAG

NOW = datetime(2026, 3, 1, tzinfo=UTC)
OLD, YOUNG = NOW - timedelta(days=31), NOW - timedelta(days=29)
BEFORE = NOW - timedelta(days=30)


@functools.cache
def shape(service: str, operation: str) -> Any:
    return botocore.session.get_session().get_service_model(service).operation_model(operation)


def fault(operation: str, code: str, message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


class Pages:
    """Answers in pages of two, to requests that the service model allows."""

    def __init__(self, service: str, operation: str, found: Callable[..., tuple[str, list[Any]]]):
        self.model, self.found = shape(service, operation), found

    def paginate(self, PaginationConfig: Any = None, **asked: Any) -> Iterator[Any]:
        limit = {"MaxResults": PaginationConfig["PageSize"]} if PaginationConfig else {}
        validate_parameters(asked | limit, self.model.input_shape)
        member, items = self.found(**asked)
        # An empty page may come before one that is not.
        yield {member: []}
        for start in range(0, len(items), 2):
            yield {member: items[start : start + 2]}


class SageMaker:
    """Models with their tags, and endpoint configurations."""

    def __init__(self) -> None:
        self.models: dict[str, datetime] = {}
        self.tags: dict[str, dict[str, str]] = {}
        self.configs: dict[str, dict[str, Any]] = {}
        self.faults: dict[tuple[str, str], Exception] = {}
        self.calls: list[str] = []

    def add(self, name: str, stack: str | None = "dropforge", made: datetime = OLD) -> None:
        self.models[name] = made
        self.tags[name] = {STACK_TAG: stack} if stack else {}

    def get_paginator(self, operation: str) -> Pages:
        named = "".join(word.title() for word in operation.split("_"))
        return Pages("sagemaker", named, getattr(self, f"_{operation}"))

    def _meet(self, operation: str, name: str = "") -> None:
        self.calls.append(f"{operation} {name}".strip())
        if (operation, name) in self.faults:
            raise self.faults[operation, name]

    def _list_models(self, **asked: Any) -> tuple[str, list[Any]]:
        self._meet("ListModels")
        assert (asked["SortBy"], asked["SortOrder"]) == ("CreationTime", "Ascending")
        made = sorted(self.models.items(), key=lambda item: item[1])
        return "Models", [
            {
                "ModelName": name,
                "ModelArn": f"arn:aws:sagemaker:us-east-1:123456789012:model/{name}",
                "CreationTime": when,
            }
            for name, when in made
        ]  # The filter is left out: the age is looked at as well.

    def _list_tags(self, ResourceArn: str) -> tuple[str, list[Any]]:
        name = ResourceArn.rpartition("/")[2]
        self._meet("ListTags", name)
        several = {"a": "1", "b": "2", **self.tags[name]}
        return "Tags", [{"Key": key, "Value": value} for key, value in several.items()]

    def _list_endpoint_configs(self) -> tuple[str, list[Any]]:
        self._meet("ListEndpointConfigs")
        return "EndpointConfigs", [{"EndpointConfigName": name} for name in self.configs]

    def describe_endpoint_config(self, EndpointConfigName: str) -> Any:
        self._meet("DescribeEndpointConfig", EndpointConfigName)
        return self.configs[EndpointConfigName]

    def delete_model(self, ModelName: str) -> None:
        self._meet("DeleteModel", ModelName)
        if ModelName not in self.models:
            raise fault(
                "DeleteModel", "ValidationException", f'Could not find model "{ModelName}".'
            )
        del self.models[ModelName]


class StepFunctions:
    """Running executions, by state machine."""

    def __init__(self, **running: list[str]) -> None:
        self.running = {f"arn:{name}": names for name, names in running.items()}
        self.error: Exception | None = None

    def get_paginator(self, operation: str) -> Pages:
        assert operation == "list_executions"
        return Pages("stepfunctions", "ListExecutions", self._list)

    def _list(self, stateMachineArn: str, statusFilter: str) -> tuple[str, list[Any]]:
        assert statusFilter == "RUNNING"
        if self.error:
            raise self.error
        return "executions", [{"name": name} for name in self.running.get(stateMachineArn, [])]
