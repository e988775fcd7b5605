"""PutEvents carries the condition keys events:source and events:detail-type.

ministack evaluates the policy without them, so a role that may send events of
one source only is denied. AWS checks each entry on its own (EventBridge user
guide, Using IAM policy conditions); here a call is checked once, so one whose
entries differ carries a value that equals none of them and is denied.
"""

import json
from typing import Any

from dropforge.cloud.patches.replacing import replace

_SEVERAL = "(several)"
_FIELDS = {"events:source": "Source", "events:detail-type": "DetailType"}


def apply() -> None:
    """Add the keys to what a request is checked with."""
    from ministack.core import iam_actions

    original = iam_actions.request_tag_context

    def with_events(
        service: str, iam_action: str, body: bytes, params: dict[str, Any]
    ) -> dict[str, Any]:
        context: dict[str, Any] = original(service, iam_action, body, params)
        return context | (_keys(body) if iam_action == "events:PutEvents" else {})

    replace(iam_actions, "request_tag_context", "d46adb816e02", with_events)


def _keys(body: bytes) -> dict[str, str]:
    try:
        entries = json.loads(body)["Entries"]
        values = {key: {entry[name] for entry in entries} for key, name in _FIELDS.items()}
    except (ValueError, KeyError, TypeError):
        # The service itself will say what is wrong with such a request.
        return {}
    return {key: found.pop() if len(found) == 1 else _SEVERAL for key, found in values.items()}
