"""Lets several commands use one local cloud; the last one stops what a command started.

Each command holds a shared lock (flock) on ``users.lock`` of the state directory for as
long as it uses the cloud. The kernel lets go of it however the process ends, so a killed
command does not count. Whoever can make its lock exclusive is the last user. A second
lock, ``starting.lock``, is held while a cloud is started and the stack deployed into it,
and while it is stopped, so that no command meets a cloud that is half there.
"""

import fcntl
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from dropforge.cli.connection.under_way import UnderWay, under_way
from dropforge.errors import StartError

# The local cloud's modules are loaded only by the commands that use it.
if TYPE_CHECKING:
    from dropforge.cloud import Cloud

_USERS, _STARTING, _OWN = "users.lock", "starting.lock", "started-by-command"
_WAIT_SECONDS = 240.0
"""A start may take a minute, a first deployment on a busy machine another two."""
_PAUSE_SECONDS = 0.05


@contextmanager
def used(
    state_dir: Path, waiting: Callable[[], None], staying: Callable[[UnderWay], None]
) -> Iterator[None]:
    """Count this process among the users of the cloud; the last one stops it.

    A cloud that ``dropforge up`` started stays up. So does one in which others' runs go on
    when the last command has come to its end: it would make them fail.

    Parameters
    ----------
    waiting : called once if another command is just stopping the cloud.
    staying : called with what goes on if the cloud stays up for it.
    """
    users = _open(state_dir, _USERS)
    try:
        _lock(users, fcntl.LOCK_SH, state_dir, waiting)
        is_done = False
        try:
            yield
            is_done = True
        finally:
            with uninterrupted():
                if _got(users, fcntl.LOCK_EX):
                    _stop_own(state_dir, staying if is_done else None)
    finally:
        os.close(users)


@contextmanager
def starting(state_dir: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Start, deploy or stop alone.

    Parameters
    ----------
    waiting : called once if another command is at it.

    Raises
    ------
    StartError
        The other one is still at it after four minutes.
    """
    turn = _open(state_dir, _STARTING)
    try:
        _lock(turn, fcntl.LOCK_EX, state_dir, waiting)
        yield
    finally:
        os.close(turn)


def mark_own(cloud: "Cloud") -> None:
    """Note that a command started this cloud by itself, so that its last user stops it."""
    (cloud.state_dir / _OWN).write_text(_name(cloud), encoding="utf-8")


def disown(state_dir: Path) -> None:
    """Let a cloud that a command started stay up after its last user.

    To be called while `starting`, so that none is just stopping it.
    """
    (state_dir / _OWN).unlink(missing_ok=True)


def _stop_own(state_dir: Path, staying: Callable[[UnderWay], None] | None) -> None:
    from dropforge import cloud as clouds

    with starting(state_dir, lambda: None):
        mark, cloud = state_dir / _OWN, clouds.running(state_dir)
        if cloud and mark.is_file() and mark.read_text(encoding="utf-8") == _name(cloud):
            work = under_way(cloud) if staying else None
            if staying and work:
                staying(work)
            else:
                clouds.down(cloud)
            mark.unlink()


def _name(cloud: "Cloud") -> str:
    # A process id alone may be used again by another cloud.
    return f"{cloud.pid} {cloud.endpoint}"


def _open(state_dir: Path, name: str) -> int:
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(state_dir / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _got(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock(descriptor: int, kind: int, state_dir: Path, waiting: Callable[[], None]) -> None:
    if _got(descriptor, kind):
        return
    waiting()
    deadline = time.monotonic() + _WAIT_SECONDS
    while not _got(descriptor, kind):
        if time.monotonic() > deadline:
            raise StartError(
                f"another command has been starting or stopping the local cloud of {state_dir} "
                f"for {_WAIT_SECONDS:g} s; end that command, or choose another directory with "
                f"DROPFORGE_STATE_DIR"
            )
        time.sleep(_PAUSE_SECONDS)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold an interrupt back until the block is done, so that no server is left behind.

    Signals reach the main thread alone; in another, as a program may load a model in, there is
    none to hold back.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
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


def stop_cloud(cloud: "Cloud") -> None:
    """Stop a cloud, without an interrupt that would leave it half there."""
    from dropforge import cloud as clouds

    with uninterrupted():
        clouds.down(cloud)
