"""A call that ministack does not know is not supported by the local cloud, and says so.

"Unknown action" sounds as if AWS had no such call.
"""

from collections.abc import Callable
from typing import Any

from dropforge.errors import PatchError

_WORDS = "Unknown action: "
# What each service words an error with.
_MAKERS = {
    "stepfunctions": "error_response_json",
    "eventbridge": "error_response_json",
    "cloudwatch_logs": "error_response_json",
    "sns": "_error",
    "cloudformation.helpers": "_error",
}


def apply() -> None:
    """Change the words in the services that the application uses."""
    import importlib

    for service, name in _MAKERS.items():
        module = importlib.import_module(f"ministack.services.{service}")
        make = getattr(module, name, None)
        if make is None:
            raise PatchError(f"{module.__name__} has no {name} any more; review the patch")
        setattr(module, name, _worded(make))


def _worded(make: Callable[..., Any]) -> Callable[..., Any]:
    def error(code: str, message: str, *rest: Any, **named: Any) -> Any:
        if message.startswith(_WORDS):
            action = message.removeprefix(_WORDS)
            message = f"{action} is not supported by the local cloud; see docs/local-cloud.md"
        return make(code, message, *rest, **named)

    return error
