"""``dropforge down``."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from dropforge.cli.connection.connect import state_dir
from dropforge.cli.connection.shared_cloud import stop_cloud
from dropforge.cli.connection.under_way import UnderWay, under_way, wait_for_end
from dropforge.cli.exit_codes import reported
from dropforge.cli.options import Json
from dropforge.cli.screen.output import Output
from dropforge.errors import RunsUnderWayError

if TYPE_CHECKING:
    from dropforge.cloud import Cloud

Yes = Annotated[
    bool, typer.Option("--yes", "-y", help="End runs that are under way without asking.")
]
Wait = Annotated[bool, typer.Option("--wait", help="Wait first until no run is under way.")]


def down(yes: Yes = False, wait: Wait = False, as_json: Json = False) -> None:
    """Stop the local cloud; what it stores is kept.

    Runs that are under way would end as failed, so that is asked about before.
    Files that were dropped and have not begun wait for the next start.
    """
    output = Output(as_json)
    with reported(output):
        from dropforge import cloud as clouds

        cloud = clouds.running(state_dir())
        left = UnderWay()
        if cloud:
            if wait:
                wait_for_end(cloud, lambda work: output.note(f"Waiting for {work} ..."))
            left = under_way(cloud)
            if left.runs and not yes:
                _ask(left, output)
            _stop(cloud, left, output)
        said = f"Stopped the local cloud at {cloud.endpoint}." if cloud else "No local cloud is up."
        facts = {"running": False, "stopped": cloud is not None, "waiting": left.waiting}
        output.result(facts, lambda: [said + _of_waiting(left.waiting)])


def _ask(left: UnderWay, output: Output) -> None:
    """Let a person decide; where there is none, say what to type."""
    ends = f"{UnderWay(left.runs)} would end as failed"
    if output.as_json or not sys.stdin.isatty():
        raise RunsUnderWayError(
            f"the local cloud is not stopped: {ends}; wait for the end with "
            f"`dropforge down --wait`, or end what goes on with `dropforge down --yes`"
        )
    typer.confirm(f"{ends}. Stop the local cloud all the same?", abort=True, err=True)


def _stop(cloud: "Cloud", left: UnderWay, output: Output) -> None:
    if left:
        output.note("Waiting for what functions are just doing, at most 30 s ...")
    stop_cloud(cloud)


def _of_waiting(count: int) -> str:
    return f" What waits in it ({count:,}) goes on at its next start." if count else ""
