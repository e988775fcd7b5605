"""The server process: ministack with the patches, the SageMaker service, and its own clean end.

Run as `python -m dropforge.cloud.server STATE_DIR LISTENER LOCK [LISTENER BRIDGE]`, where
LISTENER and LOCK are file descriptors handed over by `dropforge.cloud.lifecycle`, and the
second listener is that of Docker's bridge.
"""

import asyncio
import contextlib
import logging
import os
import resource
import secrets
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from dropforge.cloud.door.bridge import Bridge
from dropforge.cloud.endpoint import ACCESS_KEY, ACCOUNT, HOST, REGION, SECRET_KEY
from dropforge.cloud.privacy import PRIVATE
from dropforge.cloud.state import DAMAGED, DAMAGED_MARK, StateDir
from dropforge.errors import DamagedStateError

logger = logging.getLogger("dropforge.cloud")


def settings_of(state: StateDir, port: int) -> dict[str, str]:
    """Return the environment that ministack reads its settings from while it is imported."""
    return {
        "AUTH": "true",
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_EC2_METADATA_DISABLED": "true",
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state.services),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state.objects),
        # Below the state directory, so that the next start clears what a kill left behind.
        "TMPDIR": str(state.scratch),
        # A function's code is unpacked there; its bytecode keeps other workers from compiling it.
        "PYTHONDONTWRITEBYTECODE": "",
        "LAMBDA_EXECUTOR": "local",
        # Its broker and certificate would be most of the start's time.
        "IOT_MTLS_ENABLED": "0",
        # No Docker is looked for.
        "DOCKER_HOST": f"unix://{state.root}/no-docker.sock",
        "LOG_LEVEL": os.environ.get("DROPFORGE_CLOUD_LOG_LEVEL", "INFO"),
    }


async def _serve(listeners: list[socket.socket], state: StateDir, bridge: Bridge | None) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack import app

    from dropforge.cloud.door.guard import Door
    from dropforge.cloud.patches.functions import event_lines
    from dropforge.cloud.patches.saving import checkpoint
    from dropforge.cloud.sagemaker.jobs import runtime

    _complete(state)
    config = Config()
    config.bind = [f"fd://{listener.fileno()}" for listener in listeners]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    config.accesslog = None
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, ended.set)
    token = secrets.token_urlsafe(32)
    state.write_info(_info(listeners[0].getsockname()[1], token, bridge))

    async def end() -> None:
        await ended.wait()
        await asyncio.gather(checkpoint.finish_stacks(), asyncio.to_thread(event_lines.finish))
        # Before the port closes, which jobs that still move data would take for a failure.
        runtime.close()

    door = Door(app.app, token, bridge=bridge)
    await serve(door, config, shutdown_trigger=end)  # type: ignore[arg-type]


def _complete(state: StateDir) -> None:
    """Give ministack what it lacks: what is saved, the patches, SageMaker, own routes."""
    from dropforge.cloud import admin, journal, patches
    from dropforge.cloud.backlog import backlog
    from dropforge.cloud.patches.s3 import object_writes
    from dropforge.cloud.sagemaker import service
    from dropforge.cloud.told import told

    journal.install(state.journal)
    object_writes.finish_writes(state.objects)
    patches.apply()
    service.install(state)
    admin.routes["backlog"] = backlog
    admin.routes["told"] = told


def _info(port: int, token: str, bridge: Bridge | None) -> dict[str, Any]:
    """Return what commands must know in order to reach this cloud."""
    return {
        "endpoint": f"http://{HOST}:{port}",
        "region": REGION,
        "account": ACCOUNT,
        "pid": os.getpid(),
        "token": token,
        "docker_endpoint": f"http://{bridge.address}:{port}" if bridge else "",
    }


def main(arguments: list[str]) -> int:
    """Serve until SIGTERM or SIGINT, then save all state and end every child process.

    Returns the exit code by ending the process: 0, or DAMAGED if what was stored cannot be read.
    """
    os.umask(PRIVATE)
    state = StateDir(Path(arguments[0]))
    descriptors = [int(descriptor) for descriptor in arguments[1:4]]
    bridge = Bridge.read(arguments[4]) if arguments[4:] else None
    # Children must not keep the port or the lock of a cloud that was killed.
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
    listeners = [socket.socket(fileno=found) for found in (descriptors[0], *descriptors[2:])]
    # Of this process alone; its functions and jobs have what they would have on AWS.
    os.environ.pop("MALLOC_ARENA_MAX", None)
    os.environ.update(settings_of(state, listeners[0].getsockname()[1]))
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    # macOS names a hard limit that it then refuses.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    code = 0
    try:
        asyncio.run(_serve(listeners, state, bridge))
    except DamagedStateError as error:
        code = DAMAGED
        sys.stdout.write(f"{DAMAGED_MARK}{error}\n")
    finally:
        _end_children()
        state.info.unlink(missing_ok=True)
    # Threads of running executions would hold up the interpreter's own end.
    sys.stdout.flush()
    os._exit(code)


def _end_children() -> None:
    from ministack.core import lambda_runtime

    from dropforge.cloud.sagemaker.jobs import runtime

    runtime.shutdown()
    lambda_runtime.reset()


if __name__ == "__main__":
    main(sys.argv[1:])
