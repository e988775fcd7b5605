"""Start, find and stop the local cloud's server process."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from dropforge.cloud import admin
from dropforge.cloud.door.bridge import Bridge
from dropforge.cloud.endpoint import Cloud
from dropforge.cloud.listeners import listen, listen_at_bridge
from dropforge.cloud.privacy import private_files
from dropforge.cloud.state import DAMAGED, DAMAGED_MARK, StateDir, try_lock
from dropforge.errors import (
    AlreadyRunningError,
    CloudError,
    DamagedStateError,
    StartError,
    StopError,
)

# A process that lives may be slow to load what it stored; one that ended is noticed at once.
_START_SECONDS = 300.0
# Whoever asks whether a cloud is up holds the lock for an instant; a cloud holds it on.
_CLAIM_SECONDS = 0.2
_LOG_TAIL_LINES = 15


# XGBoost's threads, of jobs and of functions, wait for one another thousands of times; on
# processors that other work has, too, waiting busily took six times the processor time of a
# training. Ten microseconds of it save most of the going to sleep (libgomp, env.c).
_WAITING = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "1000"}
# Clouds that this very process started: each must be waited for, or it stays a zombie.
_children: dict[int, subprocess.Popen[bytes]] = {}


def up(
    state_dir: Path, *, port: int = 0, persist: bool = True, bridge: Bridge | None = None
) -> Cloud:
    """Start a server process in the background and wait until it answers.

    Parameters
    ----------
    state_dir : made if absent; one cloud at a time may use it.
    port : on 127.0.0.1; 0 takes a free one.
    persist : keep what an earlier cloud of this directory stored, else forget it.
    bridge : Docker's, to listen there as well, at the same port, for its containers.

    Raises
    ------
    AlreadyRunningError
        A cloud of this state directory is up.
    PortInUseError
        Another program listens on the port.
    BridgeError
        The bridge's address is none of this machine, or its port is taken.
    DamagedStateError
        Something that was stored cannot be read; nothing was changed.
    StartError
        The process ended, or did not answer within five minutes.
    """
    _reap()
    state = StateDir(state_dir.resolve())
    with contextlib.ExitStack() as stack:
        stack.enter_context(private_files())
        lock = _claim(state, stack)
        listener = stack.enter_context(listen(port))
        given = [listener.fileno(), lock]
        if bridge:
            given.append(stack.enter_context(listen_at_bridge(bridge, listener)).fileno())
        if not persist:
            state.forget()
        state.prepare()
        with state.log.open("wb") as log:
            process = subprocess.Popen(
                _command(state, given, bridge),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=state.root,
                env=_environment(),
                pass_fds=given,
                start_new_session=True,
            )
    # The process alone has the lock and the listener now: were it to end, whoever has connected
    # is told at once instead of waiting for an answer.
    started = _wait_until_healthy(process, state)
    _children[process.pid] = process
    return started


def running(state_dir: Path) -> Cloud | None:
    """Find the cloud of a state directory; clear away the traces of one that was killed."""
    state = StateDir(state_dir.resolve())
    if not state.root.is_dir():
        return None
    # Shared, so that of two that ask at once neither takes the other for a cloud.
    lock = try_lock(state.lock, shared=True)
    if lock is not None:
        state.info.unlink(missing_ok=True)
        os.close(lock)
        return None
    info = state.read_info()
    return _cloud(info, state) if info else None


def down(cloud: Cloud, timeout: float = 30.0) -> None:
    """Stop a cloud; it lets functions end that have an event, and saves its state first.

    Raises
    ------
    StopError
        It did not end within `timeout` seconds, not even when killed.
    """
    state = StateDir(cloud.state_dir)
    lock: int | None = None
    for sign, seconds in ((signal.SIGTERM, timeout), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(cloud.pid, sign)
        lock = _lock_within(state, seconds)
        if lock is not None:
            break
    if lock is None:
        raise StopError(
            f"the cloud with process id {cloud.pid} holds {state.lock} and did not end; "
            f"end it with: kill -9 {cloud.pid}"
        )
    state.info.unlink(missing_ok=True)
    os.close(lock)
    child = _children.pop(cloud.pid, None)
    if child is not None:
        child.wait()
    _reap()


def _reap() -> None:
    """Forget clouds of this process that others have ended, which else stay zombies."""
    for pid, child in list(_children.items()):
        if child.poll() is not None:
            del _children[pid]


def _claim(state: StateDir, stack: contextlib.ExitStack) -> int:
    state.root.mkdir(parents=True, exist_ok=True)
    lock = _lock_within(state, _CLAIM_SECONDS)
    if lock is None:
        info = state.read_info() or {}
        raise AlreadyRunningError(
            f"a local cloud is up already for {state.root} "
            f"(process {info.get('pid', 'unknown')}, {info.get('endpoint', 'still starting')}); "
            "use it, stop it with `dropforge down`, or choose another directory with "
            "DROPFORGE_STATE_DIR"
        )
    stack.callback(os.close, lock)
    state.info.unlink(missing_ok=True)
    return lock


def _command(state: StateDir, given: list[int], bridge: Bridge | None) -> list[str]:
    at_bridge = [str(bridge)] if bridge else []
    module = "dropforge.cloud.server"
    return [sys.executable, "-m", module, str(state.root), *map(str, given), *at_bridge]


def _environment() -> dict[str, str]:
    # The user's own AWS settings must reach neither the server nor the functions in it.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    root = str(Path(__file__).resolve().parents[2])
    path = kept.get("PYTHONPATH")
    # mallopt(3): else each thread takes memory from a place of its own, which keeps it. 178 MiB
    # after some small drops are 158 so.
    own = {
        "MALLOC_ARENA_MAX": "2",
        "PYTHONPATH": os.pathsep.join([root, path] if path else [root]),
    }
    return kept | _WAITING | own


def _wait_until_healthy(process: subprocess.Popen[bytes], state: StateDir) -> Cloud:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() == DAMAGED:
            raise DamagedStateError(_said_of_damage(state.log))
        if process.poll() is not None:
            raise StartError(
                f"the local cloud ended at its start with code {process.returncode}; "
                f"the end of {state.log}:\n{_tail(state.log)}"
            )
        info = state.read_info()
        if info and _answers(cloud := _cloud(info, state)):
            return cloud
        time.sleep(0.02)
    process.kill()
    process.wait()
    raise StartError(
        f"the local cloud did not answer within {_START_SECONDS:.0f} s; "
        f"the end of {state.log}:\n{_tail(state.log)}"
    )


def _answers(cloud: Cloud) -> bool:
    try:
        return bool(admin.ask(cloud, "health", timeout=5))
    except CloudError:
        return False


def _cloud(info: dict[str, object], state: StateDir) -> Cloud:
    return Cloud(
        endpoint=str(info["endpoint"]),
        region=str(info["region"]),
        pid=int(str(info["pid"])),
        state_dir=state.root,
        account=str(info["account"]),
        # A cloud that an earlier release started has none.
        token=str(info.get("token", "")),
        docker_endpoint=str(info.get("docker_endpoint", "")),
    )


def _lock_within(state: StateDir, seconds: float) -> int | None:
    deadline = time.monotonic() + seconds
    while True:
        lock = try_lock(state.lock)
        if lock is not None or time.monotonic() >= deadline:
            return lock
        time.sleep(0.02)


def _said_of_damage(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    said = [line.removeprefix(DAMAGED_MARK) for line in lines if line.startswith(DAMAGED_MARK)]
    return said[-1] if said else _tail(log)


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-_LOG_TAIL_LINES:])
