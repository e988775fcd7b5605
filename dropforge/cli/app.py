"""The command's entry: its subcommands, in the order of the help."""

import signal

import typer

from dropforge.cli import demo, local, logs, registry, run, runs, show

app = typer.Typer(
    name="dropforge",
    help="Drop a CSV; get a trained model, its predictions and one message.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for _command in (
    demo.demo,
    run.run,
    local.up,
    local.down,
    local.status,
    runs.runs,
    show.show,
    logs.logs,
    registry.promote,
    registry.rollback,
):
    app.command()(_command)


def main() -> None:
    """Run the command; ending it by signal stops what it started, as Ctrl-C does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    app()
