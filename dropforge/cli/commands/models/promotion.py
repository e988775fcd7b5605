"""``dropforge promote`` and ``dropforge rollback``."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text

from dropforge.cli.connection.connect import connected
from dropforge.cli.exit_codes import reported
from dropforge.cli.options import Env, Json, Run
from dropforge.cli.screen.output import Output
from dropforge.client.execution.naming import run_named
from dropforge.client.registry import model_registry
from dropforge.client.registry.model_registry import Change
from dropforge.environment import LOCAL

Dataset = Annotated[str, typer.Argument(metavar="DATASET", help="Name of a dataset.")]
Yes = Annotated[
    bool, typer.Option("--yes", help="Go on even if no model is left to be in use then.")
]

_ACTIONS = {
    "none": "Nothing to do: {package} is in use already.",
    "approved": "Approved {package}.",
    "registered": "Registered and approved {package}.",
    "rejected": "Rejected {package}.",
}


def promote(run: Run, env: Env = LOCAL, as_json: Json = False) -> None:
    """Put a run's model into use: the next runs of its dataset have to beat it."""
    output = Output(as_json)
    with reported(output):
        with connected(env, output) as stack:
            change = model_registry.promote(stack, run_named(stack, run))
        output.result(asdict(change), lambda: [Text(_said(change))])


def rollback(dataset: Dataset, yes: Yes = False, env: Env = LOCAL, as_json: Json = False) -> None:
    """Take a dataset's model out of use; the approved one of the run before takes its place."""
    output = Output(as_json)
    with reported(output):
        with connected(env, output) as stack:
            change = model_registry.rollback(stack, dataset, to_none=yes)
        output.result(asdict(change), lambda: [Text(_said(change))])


def _said(change: Change) -> str:
    champion = change.champion
    if champion.arn is None:
        now = f"No model is in use for {change.dataset} now."
    else:
        by = f" of run {champion.run}" if champion.run else ""
        now = f"In use for {change.dataset} now: version {champion.version}{by}."
    return f"{_ACTIONS[change.action].format(package=change.package)}\n{now}"
