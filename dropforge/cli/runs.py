"""``dropforge runs``."""

from typing import Annotated, Any

import typer
from rich.text import Text

from dropforge.cli.connect import connected
from dropforge.cli.faults import reported
from dropforge.cli.options import Env, Json
from dropforge.cli.output import Output
from dropforge.cli.panel import number
from dropforge.client.runs import recent_runs
from dropforge.environment import LOCAL

Limit = Annotated[
    int, typer.Option("--limit", metavar="N", min=1, max=1000, help="How many to list.")
]
Dataset = Annotated[
    str | None, typer.Option("--dataset", metavar="NAME", help="Only those of this dataset.")
]


def runs(
    env: Env = LOCAL, dataset: Dataset = None, limit: Limit = 20, as_json: Json = False
) -> None:
    """List the runs, the newest first."""
    output = Output(as_json)
    with reported(output):
        with connected(env, output) as stack:
            found = recent_runs(stack, limit, dataset)
        output.result({"runs": found}, lambda: [_table(found) if found else _NONE])


_NONE = "No runs yet; `dropforge demo` makes one, `dropforge run FILE` another."


def _table(found: list[dict[str, Any]]) -> Text:
    """List them in columns that nothing cuts off; the names carry the time."""
    rows = [("Run", "Result", "Metric")]
    for row in found:
        metric = row["metric"]
        shown = f"{metric['name']} {number(metric['value'])}" if metric else ""
        rows.append((row["run"], row["verdict"] or row["status"] or "unknown", shown))
    widths = [max(len(row[column]) for row in rows) + 2 for column in (0, 1)]
    lines = [
        Text(f"{run.ljust(widths[0])}{result.ljust(widths[1])}{metric}".rstrip())
        for run, result, metric in rows
    ]
    lines[0].stylize("bold")
    return Text("\n").join(lines)
