"""``dropforge runs``."""

from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table
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


def _table(found: list[dict[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("Run", "Started (UTC)", "Result"):
        table.add_column(name, no_wrap=True)
    table.add_column("Metric", justify="right", no_wrap=True)
    for row in found:
        metric = row["metric"]
        shown = f"{metric['name']} {number(metric['value'])}" if metric else ""
        result = row["verdict"] or row["status"] or "unknown"
        cells = (row["run"], _minute(row["started"]), result, shown)
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _minute(started: str | None) -> str:
    return started[:16].replace("T", " ") if started else ""
