"""Reaches the stack of an environment; starts the local cloud for a command if none is up."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from dropforge.cli.output import Output
from dropforge.client.errors import StackMissingError
from dropforge.client.stack import Stack, find_stack
from dropforge.environment import PROJECT_ROOT, Environment, read_environment

# The local cloud's modules are loaded only by the commands that use it.
if TYPE_CHECKING:
    from dropforge.cloud import Cloud


def state_dir() -> Path:
    """Return the directory that the local cloud keeps its state in."""
    return Path(os.environ.get("DROPFORGE_STATE_DIR") or PROJECT_ROOT / ".dropforge")


@contextmanager
def connected(env: str, output: Output) -> Iterator[Stack]:
    """Reach an environment's stack.

    The local cloud is started and the stack deployed into it if need be; a cloud that
    was started here is stopped again, whatever happens.
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

    found = clouds.running(state_dir())
    if found:
        yield local_stack(environment, found)
        return
    output.note("Starting the local cloud ...")
    with uninterrupted():
        started = clouds.up(state_dir())
    try:
        yield local_stack(environment, started, deploy=True)
    finally:
        with uninterrupted():
            clouds.down(started)


def local_stack(environment: Environment, cloud: "Cloud", *, deploy: bool = False) -> Stack:
    """Reach the stack in a local cloud that is up.

    One that is there stays as it is, since ``sam deploy`` may have put it there.
    """
    from dropforge import cloud as clouds

    session = clouds.session(cloud)
    if not deploy:
        try:
            return find_stack(environment, session)
        except StackMissingError:
            pass
    outputs = clouds.deploy(cloud, PROJECT_ROOT, environment.stack_name, environment.parameters)
    return Stack(environment, session, outputs)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold an interrupt back until the block is done, so that no server is left behind."""
    held: list[int] = []

    def hold(signum: int, _frame: FrameType | None) -> None:
        held.append(signum)

    before = {sign: signal.signal(sign, hold) for sign in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)
        if held:
            signal.raise_signal(held[0])
