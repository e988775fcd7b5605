"""Makes log records readable: Powertools' JSON, Lambda's tracebacks, SageMaker's lines."""

import json
from typing import Any

_TOLD = {
    *("level", "message", "timestamp", "service", "location", "function_name", "xray_trace_id"),
    *("cold_start", "exception", "exception_name", "stack_trace"),
}


def readable(message: str) -> str:
    """Return a line of Powertools' JSON as level, text, extra fields and traceback.

    Others stay as they are, but for the carriage returns and hard spaces that Lambda's
    runtime writes into a traceback to keep it one event.
    """
    try:
        record = json.loads(message)
    except ValueError:
        record = None
    if not isinstance(record, dict) or "level" not in record:
        return message.replace("\r", "\n").replace("\xa0", " ").rstrip()
    extra = {
        key: value
        for key, value in record.items()
        if key not in _TOLD and not key.startswith("function_")
    }
    more = " ".join(f"{key}={value}" for key, value in extra.items())
    said = f"{record['level']} {record.get('message', '')} {more}".rstrip()
    return f"{said}\n{_trace(record)}".rstrip()


def _trace(record: dict[str, Any]) -> str:
    """Return the traceback of a record: as Python wrote it, or made of its parts."""
    if record.get("exception"):
        return str(record["exception"])
    parts = record.get("stack_trace")
    if not isinstance(parts, dict):
        return str(record.get("exception_name") or "")
    frames = [
        f'  File "{frame.get("file")}", line {frame.get("line")}, in {frame.get("function")}\n'
        f"    {frame.get('statement')}"
        for frame in parts.get("frames") or []
    ]
    name = record.get("exception_name") or parts.get("type")
    return "\n".join([*frames, f"{name}: {parts.get('value')}"])


def unescaped(message: str) -> str:
    """Return a line of SageMaker's with its tabs, which its system logger wrote as ``#011``."""
    return message.rstrip().replace("#011", "\t")
