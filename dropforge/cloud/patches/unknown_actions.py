"""A call that ministack does not know is not supported by the local cloud, and says so.

"Unknown action" sounds as if AWS had no such call.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from dropforge.cloud.api_errors import unsupported
from dropforge.errors import PatchError

_WORDS = (
    re.compile(r"Unknown (?:IAM |STS )?action: (\w*)"),
    re.compile(r"The action (\w+) is not valid for this endpoint\."),
)
# What each service words an error with.
_MAKERS = {
    "stepfunctions": "error_response_json",
    "eventbridge": "error_response_json",
    "cloudwatch_logs": "error_response_json",
    "ssm": "error_response_json",
    "sns": "_error",
    "sqs": "_Err",
    "iam": "_error",
    "sts": "_error",
    "cloudwatch": "_error",
    "cloudformation.helpers": "_error",
}


def apply() -> None:
    """Change the words in the services that the application uses, and of those that are none."""
    import importlib

    from ministack import app

    for service, name in _MAKERS.items():
        module = importlib.import_module(f"ministack.services.{service}")
        make = getattr(module, name, None)
        if make is None:
            raise PatchError(f"{module.__name__} has no {name} any more; review the patch")
        if isinstance(make, type):
            _say_in(make)
        else:
            setattr(module, name, _worded(make))
    app.SERVICE_HANDLERS = _Services(app.SERVICE_HANDLERS)


def _worded(make: Callable[..., Any]) -> Callable[..., Any]:
    def error(*given: Any, **named: Any) -> Any:
        return make(*(_sentence(each) for each in given), **named)

    return error


def _say_in(error: Any) -> None:
    """Change the words of an exception, which others catch by its class."""
    init = error.__init__

    def __init__(self: Any, *given: Any, **named: Any) -> None:  # noqa: N807 - it is one
        init(self, *(_sentence(each) for each in given), **named)

    error.__init__ = __init__


def _sentence(given: Any) -> Any:
    for words in _WORDS:
        found = words.fullmatch(given) if isinstance(given, str) else None
        if found:
            return unsupported(found[1])
    return given


class _Services(dict[str, Any]):
    """The services that there are; any other refuses every call in words that clients show."""

    def get(self, service: str, default: Any = None) -> Any:
        async def refuse(_method: str, _path: str, headers: dict[str, str], *_: Any) -> Any:
            message = unsupported(f"The service {service}")
            if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
                body = f"<ErrorResponse><Error><Code>NotImplemented</Code><Message>{message}"
                body += "</Message></Error></ErrorResponse>"
                return 501, {"Content-Type": "text/xml"}, body.encode()
            told = {"__type": "NotImplemented", "message": message}
            kind = {"Content-Type": "application/json", "x-amzn-errortype": "NotImplemented"}
            return 501, kind, json.dumps(told).encode()

        return super().get(service, default) or refuse
