"""``dropforge show``."""

import json
from typing import Any

from rich.filesize import decimal

from dropforge.cli.connection.connect import connected
from dropforge.cli.exit_codes import reported
from dropforge.cli.options import Env, Json, Run
from dropforge.cli.screen.output import Output
from dropforge.cli.screen.panel import metric_line, search_line
from dropforge.cli.screen.wording import error_name, number
from dropforge.cli.screen.wrapping import FactsText
from dropforge.client.execution.naming import run_named, stack_of
from dropforge.client.runs.runs import run_facts
from dropforge.environment import LOCAL

_SHOWN_SECONDS = 0.05
"""States that take less, such as choices, only lengthen the list."""

_STATUSES = {"PendingManualApproval": "waiting for approval"}


def show(run: Run, env: Env = LOCAL, as_json: Json = False) -> None:
    """Show what is recorded of a run: enough to judge it and to do it again."""
    output = Output(as_json)
    with reported(output):
        with connected(env, output) as stack:
            name = run_named(stack, run)
            facts = run_facts(stack_of(stack, name), name)
        output.result(facts, lambda: [_text(facts)])


def _text(facts: dict[str, Any]) -> FactsText:
    metric = metric_line(facts) if facts["metric"] else None
    package = facts["model_package"] or {}
    files = {name.capitalize(): uri for name, uri in facts["files"].items()}
    seconds = [
        f"{name}: {value:.1f} s"
        for name, value in facts["seconds"].items()
        if value >= _SHOWN_SECONDS
    ]
    return FactsText(
        {
            "Run": facts["run"],
            "Dataset": facts["dataset"],
            "Status": _joined(facts["status"], facts["state"]),
            "Verdict then": facts["verdict"],
            "Started": facts["started"],
            "Ended": facts["ended"],
            "Metric then": metric,
            "Metrics": _lines(facts["metrics"]),
            "Rows": _lines(facts["rows"]),
            "Search": search_line(facts),
            "Warnings": "\n".join(f"- {warning}" for warning in facts["warnings"]),
            "Object": _object(facts["object"]),
            "Settings": json.dumps(facts["settings"], ensure_ascii=False)
            if facts["settings"]
            else None,
            "Code version": facts["code_version"],
            "Encoder": facts["encoder"],
            "Execution": facts["execution"],
            "Trigger": facts["trigger"],
            "Model package": package.get("arn"),
            "Package now": _now(package),
            "Image": package.get("image"),
            "Model data": package.get("model_data"),
            "Metadata": _lines(facts["metadata"]),
            "Seconds": "\n".join(seconds),
            "Cause": _joined(error_name(facts["error"]), facts["cause"]),
            "Message": None if metric else facts["message"],
            **files,
        },
        whole=files,
    )


def _now(package: dict[str, Any]) -> str:
    """Say what became of the package since the run ended."""
    if not package:
        return ""
    status = _STATUSES.get(package["status"], package["status"])
    return f"{status}, {'in use' if package['in_use'] else 'not in use'}"


def _joined(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)


def _lines(values: dict[str, Any]) -> str:
    return "\n".join(
        f"{name}: {number(value)}" if isinstance(value, float) else f"{name}: {value}"
        for name, value in values.items()
    )


def _object(source: dict[str, Any]) -> str | None:
    if not source["key"]:
        return None
    size = decimal(source["size"]) if source["size"] is not None else None
    version = f"version {source['version_id']}" if source["version_id"] else None
    return _joined(f"s3://{source['bucket']}/{source['key']}", version, size)
