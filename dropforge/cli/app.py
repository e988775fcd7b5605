"""The command's entry: its subcommands, in the order of the help."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.exceptions import TyperException

from dropforge.cli.commands import (
    demo,
    down,
    events,
    fetch,
    logs,
    run,
    runs,
    score,
    settings,
    show,
    status,
    stop,
    up,
)
from dropforge.cli.commands.models import predict, promotion
from dropforge.cli.exit_codes import REFUSED, Fault, error_object
from dropforge.cli.screen.output import Output


def _plain(params: list[Any]) -> list[Any]:
    """Keep the help from naming a type beside an option that takes no value."""
    for param in params:
        if isinstance(param, TyperOption) and param.is_flag:
            param.metavar = ""
    return params


@contextmanager
def _told(arguments: Sequence[str]) -> Iterator[None]:
    """Print a fault of the usage as JSON if that was asked for; Typer tells it on stderr."""
    try:
        yield
    except TyperException as error:
        if "--json" in arguments:
            fault = Fault("UsageError", error.format_message(), REFUSED)
            Output(as_json=True).result(error_object(fault), list)
        raise


class _Command(TyperCommand):
    def get_params(self, ctx: Any) -> list[Any]:
        return _plain(super().get_params(ctx))


class _Group(TyperGroup):
    def make_context(self, info_name: Any, args: list[str], *more: Any, **extra: Any) -> Any:
        given = list(args)
        with _told(given):
            context = super().make_context(info_name, args, *more, **extra)
        context.meta["arguments"] = given
        return context

    def invoke(self, ctx: Any) -> Any:
        with _told(ctx.meta["arguments"]):
            return super().invoke(ctx)

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
    score.score,
    up.up,
    down.down,
    status.status,
    runs.runs,
    show.show,
    fetch.fetch,
    logs.logs,
    stop.stop,
    settings.settings,
    predict.predict,
    promotion.promote,
    promotion.rollback,
    events.events,
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
