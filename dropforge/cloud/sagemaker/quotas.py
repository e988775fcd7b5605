"""Service Quotas, as far as SageMaker's jobs are concerned: what a run looks at before it trains.

The quotas are those of ml.m5.large alone. The fault quota_zero of GetServiceQuota lets one be
0, as a new account's often is.
"""

import json
import sys
from typing import Any

from ministack import app
from ministack.core import iam_actions, router
from ministack.core.responses import error_response_json, get_account_id, get_region, json_response
from ministack.services import stepfunctions

from dropforge.cloud.api_errors import ApiError, unsupported
from dropforge.cloud.sagemaker.jobs import runtime

_NAME = "servicequotas"
_TARGET = "ServiceQuotasV20190624"
_JSON = "application/x-amz-json-1.1"
_SERVICE = "sagemaker"
# As four public repositories quote them, of three regions.
_QUOTAS = {
    "L-611FA074": "ml.m5.large for training job usage",
    "L-236AE59F": "ml.m5.large for transform job usage",
}


def install() -> None:
    """Let programs and state machines ask for quotas."""
    app._loaded_modules[_NAME] = sys.modules[__name__]
    app.SERVICE_REGISTRY[_NAME] = {"module": _NAME}
    app.SERVICE_HANDLERS[_NAME] = handle_request
    router.SERVICE_PATTERNS[_NAME] = {
        "host_patterns": [r"servicequotas\."],
        "target_prefixes": [f"{_TARGET}."],
    }
    iam_actions.SERVICE_TO_IAM_NAMESPACE[_NAME] = _NAME
    stepfunctions._AWS_SDK_SERVICE_MAP[_NAME] = {"target_prefix": _TARGET, "protocol": "json"}
    stepfunctions._AWS_SDK_ERROR_PREFIX[_NAME] = "ServiceQuotas"
    extract = iam_actions.extract_resource_arn

    def extract_resource_arn(
        service: str, method: str, path: str, headers: Any, body: bytes, *rest: Any
    ) -> str:
        if service != _NAME:
            return str(extract(service, method, path, headers, body, *rest))
        asked = json.loads(body or b"{}")
        return _arn(asked["QuotaCode"]) if "QuotaCode" in asked else "*"

    iam_actions.extract_resource_arn = extract_resource_arn


async def handle_request(
    _method: str, _path: str, headers: dict[str, str], body: bytes, _query: dict[str, Any]
) -> tuple[int, dict[str, str], bytes]:
    """Answer one HTTP request."""
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    try:
        answer = _answer(operation, json.loads(body or b"{}"))
    except ApiError as error:
        refusal: tuple[int, dict[str, str], bytes] = error_response_json(
            error.code, error.message, error.status, content_type=_JSON
        )
        return refusal
    result: tuple[int, dict[str, str], bytes] = json_response(answer, content_type=_JSON)
    return result


def get_state() -> None:
    """Return nothing to be saved."""


def load_persisted_state(data: dict[str, Any]) -> None:
    """Take nothing."""


def reset() -> None:
    """Forget nothing: quotas do not change."""


def _answer(operation: str, request: dict[str, Any]) -> dict[str, Any]:
    lists = ("ListServiceQuotas", "ListAWSDefaultServiceQuotas")
    if operation not in ("GetServiceQuota", *lists):
        raise ApiError(
            "UnknownOperationException",
            unsupported(f"{operation} of Service Quotas"),
        )
    if request.get("ServiceCode") != _SERVICE:
        raise ApiError("NoSuchResourceException", "The local cloud has quotas of sagemaker alone")
    if operation in lists:
        return {"Quotas": [_quota(code, _limit()) for code in _QUOTAS]}
    code = str(request.get("QuotaCode"))
    if code not in _QUOTAS:
        raise ApiError("NoSuchResourceException", f"The quota {code} is not of {_SERVICE}")
    zero = runtime.faults().meet_quota(operation, code)
    return {"Quota": _quota(code, 0.0 if zero else _limit())}


def _limit() -> float:
    """Return how many jobs' processes run at once."""
    return float(runtime.LIMIT)


def _quota(code: str, value: float) -> dict[str, Any]:
    return {
        "ServiceCode": _SERVICE,
        "ServiceName": "Amazon SageMaker",
        "QuotaArn": _arn(code),
        "QuotaCode": code,
        "QuotaName": _QUOTAS[code],
        "Value": value,
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }


def _arn(code: str) -> str:
    return f"arn:aws:servicequotas:{get_region()}:{get_account_id()}:{_SERVICE}/{code}"
