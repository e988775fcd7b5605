"""``dropforge logs``."""

from typing import Annotated

import typer
from rich.text import Text

from dropforge.cli.connect import connected
from dropforge.cli.faults import reported
from dropforge.cli.options import Env, Json, Run, number_from
from dropforge.cli.output import Output
from dropforge.cli.printable import printable
from dropforge.client.logs import Line, run_logs
from dropforge.client.naming import run_named
from dropforge.environment import LOCAL

Limit = Annotated[
    int,
    typer.Option(
        "--limit",
        metavar="N",
        parser=number_from(int, 1, 100_000),
        help="How many lines, the last.",
    ),
]


def logs(run: Run, env: Env = LOCAL, limit: Limit = 500, as_json: Json = False) -> None:
    """Print the log lines of a run: of the functions and of its SageMaker jobs."""
    output = Output(as_json)
    with reported(output):
        with connected(env, output) as stack:
            lines = run_logs(stack, run_named(stack, run), limit)
        facts = {
            "run": run,
            "lines": [
                {"time": line.time.isoformat(), "source": line.source, "text": line.text}
                for line in lines
            ],
        }
        output.result(facts, lambda: map(_shown, lines) if lines else [_NONE])


_NONE = "No log lines; they may have outlived their retention."


def _shown(line: Line) -> Text:
    stamp = line.time.strftime("%H:%M:%S.%f")[:-3]
    text = printable(line.text)
    return Text.assemble((f"{stamp} ", "dim"), (f"{line.source:<16} ", "cyan"), text)
