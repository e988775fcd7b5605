"""The SageMaker service as ministack sees it: a module with a handler and its state."""

import asyncio
import json
import sys
import threading
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import iam_actions, router
from ministack.core.responses import error_response_json, json_response
from ministack.core.router import extract_access_key_id
from ministack.services import tagging

from dropforge.cloud.api_errors import ApiError
from dropforge.cloud.iam.identity import Caller, is_root
from dropforge.cloud.patches import loading
from dropforge.cloud.sagemaker import integration, operations, quotas, schema, store, tags
from dropforge.cloud.sagemaker.fault_injection import AnswerLost, Faults
from dropforge.cloud.sagemaker.jobs import runtime
from dropforge.cloud.state import StateDir

_JSON = "application/x-amz-json-1.1"


def install(state: StateDir) -> None:
    """Add the service to ministack: routing, IAM, state, Step Functions."""
    name = "sagemaker"
    app._loaded_modules[name] = sys.modules[__name__]
    app.SERVICE_REGISTRY[name] = {"module": name}
    app.SERVICE_HANDLERS[name] = handle_request
    app._state_map[name] = name
    router.SERVICE_PATTERNS[name] = {
        "host_patterns": [r"api\.sagemaker\."],
        "target_prefixes": ["SageMaker."],
    }
    iam_actions.SERVICE_TO_IAM_NAMESPACE[name] = name
    extract = iam_actions.extract_resource_arn

    def extract_resource_arn(
        service: str, method: str, path: str, headers: Any, body: bytes, *rest: Any
    ) -> str:
        if service != name:
            return str(extract(service, method, path, headers, body, *rest))
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        return integration.resource_of(operation, _parsed(body) or {})

    iam_actions.extract_resource_arn = extract_resource_arn
    # From here IAM has the condition key aws:ResourceTag.
    tagging._RESOURCE_TAG_COLLECTORS[name] = tags.of_all
    # Before events are handed out, whose functions may ask for it.
    loading.afterwards(store.restore, first=True)
    runtime.install(state.jobs, Faults(state.faults))
    integration.install()
    quotas.install()
    # The import of XGBoost and the service model overlap with the rest of the start.
    runtime.fork_server.warm()
    threading.Thread(target=schema.model, daemon=True).start()


async def handle_request(
    _method: str, _path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
) -> tuple[int, dict[str, str], bytes]:
    """Answer one HTTP request."""
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    # The service's runtime (InvokeEndpoint, GetRecord) comes here without an operation.
    request = _parsed(body) if operation else {}
    if request is None:
        return _refuse(ApiError("SerializationException", "the body is no JSON object"))
    key = extract_access_key_id(headers, query)
    caller = Caller() if is_root(key) else Caller(key)
    try:
        # Off the loop: the first call may have to wait for the service model.
        answer = await asyncio.to_thread(operations.call, operation, request, caller)
    except ApiError as error:
        return _refuse(error)
    except AnswerLost:
        # Shorter than it says, so that the server closes the connection in the middle of it.
        return 200, {"Content-Type": _JSON, "Content-Length": "1000"}, b'{"'
    result: tuple[int, dict[str, str], bytes] = json_response(answer, content_type=_JSON)
    return result


def get_state() -> None:
    """Return nothing to be saved: each record is a row of the journal."""


def load_persisted_state(data: dict[str, Any]) -> None:
    """Take what an earlier release saved as a file, once; the rows that there are count more."""
    loading.afterwards(lambda: _adopt(data))


def _adopt(data: dict[str, Any]) -> None:
    from ministack.core import persistence

    store.adopt(data)
    Path(persistence.STATE_DIR, "sagemaker.json").unlink()


def reset() -> None:
    """Forget everything."""
    store.clear()


def _parsed(body: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _refuse(error: ApiError) -> tuple[int, dict[str, str], bytes]:
    result: tuple[int, dict[str, str], bytes] = error_response_json(
        error.code, error.message, error.status, content_type=_JSON
    )
    return result
