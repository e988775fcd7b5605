"""`Object Created` events name the object's version, as on AWS.

EventBridge user guide, "Amazon S3 event message structure": detail.object has
version-id in a bucket with versions. ministack leaves it out.
"""

import contextvars
import json
from typing import Any

from dropforge.cloud.patches.replacing import replace

_version: contextvars.ContextVar[str | None] = contextvars.ContextVar(
    "dropforge_version", default=None
)


def apply() -> None:
    """Carry the version from the write to the event that it sends."""
    from ministack.services import eventbridge, s3

    fire, dispatch = s3._fire_s3_event, eventbridge._dispatch_event

    def fire_s3_event(*arguments: Any, **named: Any) -> None:
        token = _version.set(named.get("version_id"))
        try:
            fire(*arguments, **named)
        finally:
            _version.reset(token)

    def dispatch_event(event: dict[str, Any], view: Any = None) -> Any:
        version = _version.get()
        if version and event.get("Source") == "aws.s3":
            detail = json.loads(event["Detail"])
            detail["object"]["version-id"] = version
            event = event | {"Detail": json.dumps(detail)}
            view = None
        return dispatch(event, view)

    replace(s3, "_fire_s3_event", "2ab38cfade76", fire_s3_event)
    replace(eventbridge, "_dispatch_event", "d1bfe064f602", dispatch_event)
