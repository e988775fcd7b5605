"""What waits in the local cloud: events for functions, executions for a turn, jobs for a place."""

from typing import Any


def backlog(query: dict[str, str]) -> dict[str, Any]:
    """Count what waits and what goes on.

    Parameters
    ----------
    query : "key", if given, is the key of an object whose event is looked for.

    Returns
    -------
    {"functions": {name: {"queued", "running", "oldest_seconds"}}, "executions" and "jobs":
    {"queued", "running"}, "event": None or {"state": "queued" or "running", "position"}}
    """
    from dropforge.cloud.patches.functions import event_lines
    from dropforge.cloud.patches.stepfunctions import executions, turns
    from dropforge.cloud.sagemaker.jobs import runtime

    queued = turns.turns.counts()["queued"]
    return {
        "functions": event_lines.backlog(),
        "executions": {"queued": queued, "running": executions.running() - queued},
        "jobs": runtime.backlog(),
        "event": event_lines.find(query["key"]) if query.get("key") else None,
    }
