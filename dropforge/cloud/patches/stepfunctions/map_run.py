"""Permission to list a Map Run's executions is asked on the Map Run.

ministack knows no resource for ListExecutions with mapRunArn and asks for `*`,
which a narrow role does not have; AWS checks the Map Run (service authorization
reference, AWS Step Functions).
"""

import json
from typing import Any

from dropforge.cloud.patches.replacing import replace


def apply() -> None:
    """Let the request's mapRunArn be its resource."""
    from ministack.core import iam_actions

    extract = iam_actions.extract_resource_arn

    def with_map_runs(
        service: str, method: str, path: str, headers: Any, body: bytes, *rest: Any
    ) -> str:
        if service == "states" and b'"mapRunArn"' in body:
            return _map_run(body)
        return str(extract(service, method, path, headers, body, *rest))

    replace(iam_actions, "extract_resource_arn", "82f51700695c", with_map_runs)


def _map_run(body: bytes) -> str:
    try:
        return str(json.loads(body)["mapRunArn"])
    except (ValueError, KeyError, TypeError):
        # The service itself will say what is wrong with such a request.
        return "*"
