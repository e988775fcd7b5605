"""The command's entry: its subcommands, in the order of the help."""

import signal
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from dropforge.cli import demo, fetch, local, logs, registry, run, runs, show


def _plain(params: list[Any]) -> list[Any]:
    """Keep the help from naming a type beside an option that takes no value."""
    for param in params:
        if isinstance(param, TyperOption) and param.is_flag:
            param.metavar = ""
    return params


class _Command(TyperCommand):
    def get_params(self, ctx: Any) -> list[Any]:
        return _plain(super().get_params(ctx))


class _Group(TyperGroup):
    def get_params(self, ctx: Any) -> list[Any]:
        return _plain(super().get_params(ctx))


app = typer.Typer(
    name="dropforge",
    cls=_Group,
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
    fetch.fetch,
    logs.logs,
    registry.promote,
    registry.rollback,
):
    app.command(cls=_Command)(_command)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"dropforge {version('dropforge')}")
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version."),
]


@app.callback()
def _options(version: Version = False) -> None:
    """Take the options that come before a command."""


def main() -> None:
    """Run the command; ending it by signal stops what it started, as Ctrl-C does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    app()
