"""List*: filters, order and pages, which all the lists have in common."""

import base64
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from dropforge.cloud.api_errors import invalid

_PAGE = 10
_TIMES = {
    "CreationTimeAfter": ("CreationTime", 1),
    "CreationTimeBefore": ("CreationTime", -1),
    "LastModifiedTimeAfter": ("LastModifiedTime", 1),
    "LastModifiedTimeBefore": ("LastModifiedTime", -1),
}


def page(
    records: Iterable[dict[str, Any]], request: dict[str, Any], name: str, order: dict[str, str]
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Filter by name and time, sort, and cut out a page.

    Parameters
    ----------
    name : the member that holds a record's name.
    order : the member to sort by, for each value of SortBy; "" is the default.

    Returns
    -------
    The records of the page, and {"NextToken": ...} if there are more.
    """
    found = [record for record in records if _matches(record, request, name)]
    key = order.get(request.get("SortBy", ""), order[""])
    descending = request.get("SortOrder", "Descending") == "Descending"
    found.sort(key=lambda record: (record.get(key) or 0, record[name]), reverse=descending)
    start = _start_of(request.get("NextToken"))
    size = request.get("MaxResults", _PAGE)
    more = {}
    if start + size < len(found):
        more = {"NextToken": base64.b64encode(str(start + size).encode()).decode()}
    return found[start : start + size], more


def _matches(record: dict[str, Any], request: dict[str, Any], name: str) -> bool:
    contained = request.get("NameContains")
    if contained and contained.lower() not in record[name].lower():
        return False
    for parameter, (member, sign) in _TIMES.items():
        if parameter in request:
            limit = _seconds(request[parameter])
            if (record.get(member) or 0) * sign < limit * sign:
                return False
    return True


def _seconds(value: float | str) -> float:
    if isinstance(value, str):
        return datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()
    return float(value)


def _start_of(token: str | None) -> int:
    if token is None:
        return 0
    try:
        return int(base64.b64decode(token, validate=True))
    except ValueError as error:
        raise invalid("The NextToken is not valid; use the one of the page before") from error
