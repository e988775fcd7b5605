"""Reaches the stack of an environment; starts the local cloud for a command if none is up."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
)

from dropforge.cli.connection.shared_cloud import mark_own, starting, uninterrupted, used
from dropforge.cli.connection.under_way import UnderWay
from dropforge.cli.screen.output import Output
from dropforge.client.stack import Ask, Stack, find_stack
from dropforge.environment import PROJECT_ROOT, Environment, read_environment
from dropforge.errors import CloudError, CloudLostError, StackMissingError

# The local cloud's modules are loaded only by the commands that use it.
if TYPE_CHECKING:
    from dropforge.cloud import Cloud

_UNREACHABLE = (ConnectionClosedError, ConnectTimeoutError, EndpointConnectionError)


def state_dir() -> Path:
    """Return the directory that the local cloud keeps its state in."""
    return Path(os.environ.get("DROPFORGE_STATE_DIR") or PROJECT_ROOT / ".dropforge")


@contextmanager
def connected(env: str, output: Output) -> Iterator[Stack]:
    """Reach an environment's stack.

    The local cloud is started and the stack deployed into it if need be; a cloud that
    a command started is stopped again by the last one that uses it, whatever happens.

    Raises
    ------
    CloudLostError
        The local cloud ended while it was in use.
    """
    environment = read_environment(env)
    if environment.is_local:
        with _local(environment, output) as stack:
            yield stack
    else:
        yield deployed(environment)


def deployed(environment: Environment) -> Stack:
    """Reach a stack on AWS, or wherever AWS_ENDPOINT_URL leads."""
    import boto3

    session = boto3.Session(profile_name=environment.profile, region_name=environment.region)
    return find_stack(environment, session)


@contextmanager
def _local(environment: Environment, output: Output) -> Iterator[Stack]:
    from dropforge import cloud as clouds

    folder = state_dir()

    def waiting() -> None:
        output.note("Waiting for the local cloud, which another command starts or stops ...")

    def staying(work: UnderWay) -> None:
        output.note(f"The local cloud stays up for {work}; `dropforge down` stops it.")

    with used(folder, waiting, staying):
        with starting(folder, waiting):
            cloud = clouds.running(folder)
            fresh = cloud is None
            if cloud is None:
                output.note("Starting the local cloud ...")
                # An interrupt comes through when the cloud is up, so that it is stopped again.
                with uninterrupted():
                    cloud = clouds.up(folder)
                    mark_own(cloud)
            stack = local_stack(environment, cloud, deploy=fresh)
        try:
            yield stack
        except _UNREACHABLE as error:
            raise CloudLostError(
                f"the local cloud at {cloud.endpoint} went away: it was killed, or stopped with "
                f"`dropforge down`. What it stored is kept: `dropforge runs` starts it again and "
                f"says how the runs ended; drop a file again whose run was cut short"
            ) from error


def local_stack(
    environment: Environment,
    cloud: "Cloud",
    *,
    deploy: bool = False,
    changing: Callable[[], None] = lambda: None,
) -> Stack:
    """Reach the stack in a local cloud that is up.

    One that is there stays as it is, since ``sam deploy`` may have put it there.

    Parameters
    ----------
    deploy : what is in the clone, whatever is there.
    changing : called if that makes or changes the stack.
    """
    from dropforge import cloud as clouds

    session = clouds.session(cloud)
    if not deploy:
        try:
            return find_stack(environment, session, asking(cloud))
        except StackMissingError:
            pass
    name, parameters = environment.stack_name, environment.parameters
    outputs = clouds.deploy(cloud, PROJECT_ROOT, name, parameters, changing=changing)
    return Stack(environment, session, outputs, asking(cloud))


def docker_endpoint() -> str:
    """Return where containers reach the local cloud; empty if it is not up, or they cannot."""
    from dropforge import cloud as clouds

    cloud = clouds.running(state_dir())
    return cloud.docker_endpoint if cloud else ""


def asking(cloud: "Cloud") -> Ask:
    """Return what asks a local cloud what only it can be asked, such as what waits in it."""

    def ask(question: str, given: Mapping[str, str]) -> dict[str, Any] | None:
        from dropforge.cloud import admin

        # What it says is advice: a cloud of another version, or too busy to answer, has none.
        try:
            return admin.ask(cloud, question, dict(given))
        except CloudError:
            return None

    return ask
