"""``dropforge runs``."""

from typing import Annotated, Any

import typer
from rich.text import Text

from dropforge.cli.connection.connect import connected
from dropforge.cli.exit_codes import reported
from dropforge.cli.options import Env, Json, number_from
from dropforge.cli.screen.output import Output
from dropforge.cli.screen.wording import number
from dropforge.cli.screen.wrapping import folded
from dropforge.client.runs.runs import recent_runs
from dropforge.environment import LOCAL

Limit = Annotated[
    int,
    typer.Option(
        "--limit", metavar="N", parser=number_from(int, 1, 1000), help="How many to list."
    ),
]
Dataset = Annotated[
    str | None, typer.Option("--dataset", metavar="NAME", help="Only those of this dataset.")
]


def runs(
    env: Env = LOCAL, dataset: Dataset = None, limit: Limit = 20, as_json: Json = False
) -> None:
    """List the runs, the newest first, and which of them have the model in use."""
    output = Output(as_json)
    with reported(output):
        with connected(env, output) as stack:
            found = recent_runs(stack, limit, dataset)
            # A dataset without runs may be mistyped.
            other = recent_runs(stack, _OTHERS) if dataset and not found else []
        output.result(
            {"runs": found},
            lambda: [_table(found, output.width) if found else Text(_none(dataset, other))],
        )


_OTHERS = 100
"""The newest runs, whose datasets are named if the one asked for has none."""


def _none(dataset: str | None, other: list[dict[str, Any]]) -> str:
    names = sorted({row["dataset"] for row in other if row["dataset"]})
    if names:
        return f"No runs of dataset {dataset!r}; there are runs of {', '.join(names)}."
    return "No runs yet; `dropforge demo` makes one, `dropforge run FILE` another."


_HEADS = ("Run", "Result", "In use", "Metric", "Dataset", "Started (UTC)")


def _table(found: list[dict[str, Any]], width: int | None) -> Text:
    """List them in columns; where these do not fit, each run in lines of its own.

    Parameters
    ----------
    width : of the terminal; None if there is none, where columns may be as wide as need be.
    """
    rows = [_HEADS, *map(_cells, found)]
    widths = [max(len(row[column]) for row in rows) + 2 for column in range(len(_HEADS))]
    if width is not None and sum(widths) - 2 > width:
        return Text("\n").join(line for row in rows[1:] for line in _stacked(row, width))
    lines = [
        Text("".join(map(str.ljust, row, widths)).rstrip(), style="bold" if row is _HEADS else "")
        for row in rows
    ]
    return Text("\n").join(lines)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    metric = row["metric"]
    return (
        row["run"],
        row["verdict"] or (row["status"] or "unknown").lower(),
        "in use" if row["in_use"] else "",
        f"{metric['name']} {number(metric['value'])}" if metric else "",
        row["dataset"] or "",
        (row["started"] or "")[:16].replace("T", " "),
    )


def _stacked(row: tuple[str, ...], width: int) -> list[Text]:
    run, *rest, started = row
    told = [*rest, f"{started} UTC" if started else ""]
    lines = folded(", ".join(filter(None, told)), width - 2)
    return [Text(run, style="bold"), *(Text(f"  {line}") for line in lines)]
