"""``dropforge logs``."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated

import typer
from rich.text import Text

from dropforge.cli.connection.connect import connected
from dropforge.cli.exit_codes import reported
from dropforge.cli.options import Env, Json, Run, number_from
from dropforge.cli.screen.output import Output
from dropforge.cli.screen.printable import printable
from dropforge.client.execution.naming import run_named, stack_of
from dropforge.client.runs.logs import Line, run_logs
from dropforge.client.runs.tail import tail
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


Follow = Annotated[
    bool, typer.Option("--follow", help="Print new lines as they come, until the run is over.")
]


def logs(
    run: Run,
    env: Env = LOCAL,
    limit: Limit = 500,
    follow: Follow = False,
    as_json: Json = False,
) -> None:
    """Print the log lines of a run: of the functions and of its SageMaker jobs.

    With --follow, --json prints an object a line. Ctrl-C ends that; the run goes on.
    """
    output = Output(as_json)
    with reported(output):
        with connected(env, output) as stack:
            name = run_named(stack, run)
            stack = stack_of(stack, name)
            if follow:
                tail(stack, name, _shower(output, limit))
                return
            lines = run_logs(stack, name, limit)
        facts = {"run": name, "lines": [_facts(line) for line in lines]}
        output.result(facts, lambda: map(_shown, lines) if lines else [_NONE])


_NONE = "No log lines; they may have outlived their retention."


def _shower(output: Output, limit: int) -> Callable[[Sequence[Line]], None]:
    """Return what prints lines: of those that are there at first, the last."""
    left: list[int] = [limit]

    def show(lines: Sequence[Line]) -> None:
        for line in lines[-left[0] :] if left else lines:
            output.line(_facts(line), partial(_shown, line))
        left.clear()

    return show


def _facts(line: Line) -> dict[str, str]:
    return {"time": line.time.isoformat(), "source": line.source, "text": line.text}


def _shown(line: Line) -> Text:
    stamp = line.time.strftime("%H:%M:%S.%f")[:-3]
    text = printable(line.text)
    return Text.assemble((f"{stamp} ", "dim"), (f"{line.source:<16} ", "cyan"), text)
