"""Endpoint configurations: there are none here, since nothing hosts a model."""

from typing import Any

from dropforge.cloud.api_errors import invalid
from dropforge.cloud.iam.identity import Caller
from dropforge.cloud.sagemaker import store


def listing(_request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
    """ListEndpointConfigs."""
    return {"EndpointConfigs": []}


def describe(request: dict[str, Any], _caller: Caller) -> dict[str, Any]:
    """DescribeEndpointConfig."""
    arn = store.arn("endpoint-config", request["EndpointConfigName"])
    raise invalid(f'Could not find endpoint configuration "{arn}".')
