"""FilterLogEvents knows a prefix of stream names, and gives the rest in further pages.

ministack reads every stream whatever `logStreamNamePrefix` says, and drops what
is beyond `limit` without a `nextToken` (CloudWatch Logs API, FilterLogEvents).
"""

import heapq
import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Any

from dropforge.cloud.patches.replacing import replace

# "The default is 10,000 events", and the maximum as well.
_LIMIT = 10_000

# An event and the name of its stream.
Entry = tuple[dict[str, Any], str]


def apply() -> None:
    """Answer FilterLogEvents here."""
    from ministack.core.responses import error_response_json, json_response
    from ministack.services import cloudwatch_logs as logs

    filter_as_it_was = logs._filter_log_events

    def filter_log_events(data: dict[str, Any]) -> Any:
        group = logs._log_groups.get(logs._resolve_log_group_name(data))
        if group is None:
            return filter_as_it_was(data)
        prefix, names = data.get("logStreamNamePrefix"), data.get("logStreamNames")
        if prefix and names:
            return error_response_json(
                "InvalidParameterException",
                "logStreamNamePrefix and logStreamNames cannot both be given",
                400,
            )
        try:
            since, skipped = _position_of(data.get("nextToken"))
        except ValueError:
            return error_response_json(
                "InvalidParameterException", "The specified nextToken is invalid.", 400
            )
        wanted = names or [name for name in group["streams"] if name.startswith(prefix or "")]
        streams = {name: group["streams"][name] for name in wanted if name in group["streams"]}
        since = max(since, data.get("startTime", 0))
        with logs._log_events_lock:
            entries = _merged(logs, streams, since, data.get("endTime"))
        matches = logs._compile_filter_pattern(data.get("filterPattern", ""))
        limit = min(data.get("limit", _LIMIT), _LIMIT)
        events, token = _page(entries, matches, limit, (since, skipped))
        return json_response(
            {"events": events, "searchedLogStreams": []} | ({"nextToken": token} if token else {})
        )

    replace(logs, "_filter_log_events", "9b3d13c713b5", filter_log_events)


def _merged(logs: Any, streams: dict[str, Any], since: int, until: int | None) -> Iterator[Entry]:
    """Bring the events of several streams into the order of their times, both ends included."""
    ranges = []
    for name, stream in streams.items():
        history, key = stream["events"], logs._event_timestamp
        start = bisect_left(history, since, key=key)
        end = len(history) if until is None else bisect_right(history, until, key=key)
        ranges.append(logs._stream_event_range(history, name, start, end))
    return heapq.merge(*ranges, key=lambda entry: (entry[0]["timestamp"], _ingested(entry[0])))


def _page(
    entries: Iterator[Entry], matches: Any, limit: int, position: tuple[int, int]
) -> tuple[list[dict[str, Any]], str | None]:
    """Collect a page; the token is None if no event is left that matches.

    Parameters
    ----------
    position : a time in milliseconds, and how many events of it were seen already.
    """
    events: list[dict[str, Any]] = []
    time, seen = position
    for event, name in itertools.islice(entries, seen, None):
        found = matches(event.get("message", ""))
        if found and len(events) == limit:
            return events, f"{time}:{seen}"
        time, seen = event["timestamp"], seen + 1 if event["timestamp"] == time else 1
        if found:
            events.append({**event, "logStreamName": name})
    return events, None


def _position_of(token: str | None) -> tuple[int, int]:
    if token is None:
        return 0, 0
    time, seen = token.split(":")
    return int(time), int(seen)


def _ingested(event: dict[str, Any]) -> int:
    return int(event.get("ingestionTime", 0))
