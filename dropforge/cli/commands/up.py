"""``dropforge up``."""

import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from threading import Event
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from dropforge.cli.commands.status import facts_of, lines_of
from dropforge.cli.connection.connect import local_stack, state_dir
from dropforge.cli.connection.shared_cloud import disown, starting, stop_cloud, uninterrupted
from dropforge.cli.connection.under_way import wait_for_end
from dropforge.cli.connection.watch import LOOK_SECONDS, watcher_of
from dropforge.cli.exit_codes import FAILED, reported
from dropforge.cli.options import Json, number_from
from dropforge.cli.screen.output import Output
from dropforge.cli.screen.wrapping import FactsText
from dropforge.client.stack import Stack
from dropforge.environment import LOCAL, read_environment

if TYPE_CHECKING:
    from dropforge.cloud import Cloud

PORT = 4566
"""The port that AWS emulators commonly use."""

_DEPLOYED = "Deployed what is in the clone: the stack was another."
_WAITING = "Waiting for {work}; a second Ctrl-C ends the runs and stops at once."
_WATCHING = "Watching what the stack is made of; a change is deployed once no run is under way."
_UNWATCHED = "Stopped watching; the local cloud stays up, `dropforge down` stops it."
_SAME = "The stack in it is what is in the clone."

Port = Annotated[
    int | None,
    typer.Option(
        "--port",
        metavar="PORT",
        parser=number_from(int, 0, 65535),
        show_default=False,
        help=f"Port on 127.0.0.1, {PORT} if not given; 0 takes a free one.",
    ),
]
Foreground = Annotated[
    bool, typer.Option("--foreground", help="Stay until Ctrl-C, then stop the cloud.")
]
Docker = Annotated[
    bool,
    typer.Option(
        "--docker", help="Listen on Docker's bridge too, so that containers reach the cloud."
    ),
]
Watch = Annotated[
    bool, typer.Option("--watch", help="Stay until Ctrl-C, and deploy each change of the clone.")
]


def up(
    port: Port = None,
    docker: Docker = False,
    foreground: Foreground = False,
    watch: Watch = False,
    as_json: Json = False,
) -> None:
    """Start the local cloud and deploy the stack into it.

    It stays up in the background, and what it stores outlives it. One that is up
    already stays as it is, but for the stack if the clone has another.
    """
    output = Output(as_json)
    with reported(output):
        cloud = _started(port, docker, output)
        if watch:
            output.note(_WATCHING)
            watcher = watcher_of(
                cloud, lambda text: output.note(f"{time.strftime('%H:%M:%S')} {text}")
            )
            _stay(cloud, output, watcher.look, stop=foreground)
        elif foreground:
            _stay(cloud, output, stop=True)


def _started(port: int | None, docker: bool, output: Output) -> "Cloud":
    """See to a cloud that is up, deploy into it and print where it is.

    One that was started here is stopped again if that fails.
    """
    from dropforge import cloud as clouds

    environment, folder = read_environment(LOCAL), state_dir()
    with ExitStack() as cleanup:
        with starting(folder, lambda: output.note("Waiting for another command's cloud ...")):
            found = clouds.running(folder)
            if found:
                _say_found(found, port, docker, output)
                # It may be that of a command, which would stop it at its end.
                disown(folder)
            with uninterrupted():
                cloud = found or clouds.up(
                    folder,
                    port=PORT if port is None else port,
                    bridge=clouds.find_bridge() if docker else None,
                )
                if not found:
                    cleanup.callback(stop_cloud, cloud)
            changed = Event()
            stack = local_stack(environment, cloud, deploy=True, changing=changed.set)
            if found:
                output.note(_DEPLOYED if changed.is_set() else _SAME)
        facts, access = facts_of(stack, cloud) | {"started": not found}, _access(stack, cloud)
        output.result(facts, lambda: [FactsText(lines_of(facts) | access, whole=access)])
        cleanup.pop_all()
    return cloud


def _say_found(cloud: "Cloud", port: int | None, docker: bool, output: Output) -> None:
    output.note(f"The local cloud is up already at {cloud.endpoint}.")
    if port and port != urlsplit(cloud.endpoint).port:
        output.note(
            f"It keeps its port; `dropforge down`, then `dropforge up --port {port}`, changes it."
        )
    if docker and not cloud.docker_endpoint:
        output.note(
            "It does not listen on Docker's bridge; `dropforge down`, then `dropforge up --docker`,"
            " changes that."
        )


def _access(stack: Stack, cloud: "Cloud") -> dict[str, str | None]:
    """Say how other AWS tools reach the cloud."""
    keys = stack.session.get_credentials().get_frozen_credentials()
    # boto3 reads AWS_DEFAULT_REGION alone, the other SDKs AWS_REGION alone; where a shell has
    # set the latter for its user's account, the AWS CLI prefers it to the former.
    return {
        "Other tools": f"export AWS_ENDPOINT_URL={cloud.endpoint}\n"
        f"export AWS_DEFAULT_REGION={cloud.region} AWS_REGION={cloud.region}\n"
        f"export AWS_ACCESS_KEY_ID={keys.access_key}\n"
        f"export AWS_SECRET_ACCESS_KEY={keys.secret_key}",
        "In containers": f"export AWS_ENDPOINT_URL={cloud.docker_endpoint}"
        if cloud.docker_endpoint
        else None,
        "Drop a file": f"aws s3 cp FILE.csv s3://{stack.bucket}/inbox/",
        "Predict one": f"aws s3 cp FILE.csv s3://{stack.bucket}/score/DATASET/",
    }


def _stay(
    cloud: "Cloud", output: Output, look: Callable[[], None] = lambda: None, *, stop: bool
) -> None:
    """Stay until the cloud ends or Ctrl-C, which may stop the cloud.

    Parameters
    ----------
    look : called a few times a second.
    """
    from dropforge import cloud as clouds

    output.note("Ctrl-C stops the local cloud." if stop else "Ctrl-C stops watching.")
    try:
        while clouds.running(state_dir()) == cloud:
            look()
            time.sleep(LOOK_SECONDS)
    except KeyboardInterrupt:
        if not stop:
            output.note(_UNWATCHED)
            return
        with suppress(KeyboardInterrupt):
            wait_for_end(cloud, lambda work: output.note(_WAITING.format(work=work)))
        stop_cloud(cloud)
        return
    again = "--foreground" if stop else "--watch"
    output.fault(f"the local cloud ended; `dropforge up {again}` starts it again")
    raise typer.Exit(FAILED)
