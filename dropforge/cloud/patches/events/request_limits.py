"""Messages and events that SNS and EventBridge refuse are refused.

SNS API reference, Publish: a subject has no line breaks or control characters, and at most 100
characters. EventBridge API reference, PutEventsRequestEntry: the detail is a valid JSON object.
"""

import json
import re
from typing import Any

from dropforge.cloud.patches.replacing import replace

_SUBJECT = re.compile(r"[^\x00-\x1f\x7f\u2028\u2029]{1,100}")


def apply() -> None:
    """Put the checks before those that ministack has; after what delivers events."""
    from ministack.core.responses import json_response
    from ministack.services import eventbridge, sns

    publish, put_events = sns._publish, eventbridge._put_events

    def checked(params: dict[str, Any]) -> Any:
        subject = sns._p(params, "Subject")
        given = "Subject" in params
        if given and not _SUBJECT.fullmatch(str(subject)):
            return sns._error("InvalidParameter", "Invalid parameter: Subject", 400)
        return publish(params)

    def put(data: dict[str, Any], **named: Any) -> Any:
        entries = data.get("Entries", [])
        bad = [number for number, entry in enumerate(entries) if not _is_detail(entry)]
        if not bad or len(entries) > 10:
            return put_events(data, **named)
        good = [entry for number, entry in enumerate(entries) if number not in bad]
        answer = json.loads(put_events(data | {"Entries": good}, **named)[2])
        results = iter(answer["Entries"])
        malformed = {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
        every = [malformed if n in bad else next(results) for n in range(len(entries))]
        failed = answer["FailedEntryCount"] + len(bad)
        return json_response({"FailedEntryCount": failed, "Entries": every})

    replace(sns, "_publish", "df41cb2faa09", checked)
    eventbridge._put_events = put


def _is_detail(entry: dict[str, Any]) -> bool:
    """Whether an entry's detail is an object; Step Functions hands it over as one."""
    detail = entry.get("Detail", {})
    if not isinstance(detail, str):
        return isinstance(detail, dict)
    try:
        return isinstance(json.loads(detail), dict)
    except ValueError:
        return False
