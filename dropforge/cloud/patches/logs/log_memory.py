"""Log events are held once, and written without being copied.

ministack keeps each event a second time, as the record that a query may point to
(GetLogRecord), and copies all of both for every checkpoint: after 500 runs a file
of 150 MB, and as much again twice while it was made. Here the newest records alone
are held, and none is saved.
"""

import copy
import hashlib
import json
from typing import Any

from ministack.core import persistence
from ministack.core.responses import AccountRegionScopedDict

from dropforge.cloud.patches.replacing import replace

_RECORDS = 10_000


def signature(state: dict[str, Any]) -> bytes:
    """Tell whether logs have changed, without writing all of them down to see.

    Parameters
    ----------
    state : what `get_state` returns.
    """
    counts = [
        (key, group.get("retentionInDays"), len(group["streams"]), name, len(stream["events"]))
        for key, group in list(state["log_groups"]._data.items())
        for name, stream in list(group["streams"].items())
    ]
    others = {name: value for name, value in state.items() if name != "log_groups"}
    groups = {
        str(key): {name: value for name, value in group.items() if name != "streams"}
        for key, group in list(state["log_groups"]._data.items())
    }
    text = json.dumps([counts, groups, others], default=persistence._json_default)
    return hashlib.sha256(text.encode()).digest()


class _NewestRecords(AccountRegionScopedDict):  # type: ignore[misc]
    """As many records as a query returns at most (CloudWatch Logs API, StartQuery, limit)."""

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        while len(self._data) > _RECORDS:
            self._data.pop(next(iter(self._data)), None)


def apply() -> None:
    """Replace the table of records, and what is saved."""
    from ministack.services import cloudwatch_logs as logs

    def get_state() -> dict[str, Any]:
        # Written at once and changed by appending alone, so that the events need no copy.
        return {"log_groups": logs._log_groups} | {
            name: copy.deepcopy(getattr(logs, f"_{name}"))
            for name in (
                "destinations",
                "resource_policies",
                "log_group_policies",
                "metric_filters",
                "queries",
                "delivery_sources",
                "delivery_destinations",
                "deliveries",
            )
        }

    replace(logs, "get_state", "969fbca606be", get_state)
    logs._log_records = _NewestRecords()
