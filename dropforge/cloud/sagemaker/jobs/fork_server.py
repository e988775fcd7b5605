"""A process with XGBoost imported, that forks a process of its own for each job.

Importing XGBoost costs most of what a small job takes; a fork of this process
has it already. It must never use XGBoost itself: threads do not survive a fork.

It reads one JSON request a line from its standard input and answers on its
standard output: {"id", "pid"} once a job's process runs, {"id", "code"} when it
has ended. When its input ends, so when the server is gone, it kills all jobs
and ends.
"""

import contextlib
import json
import logging
import os
import selectors
import signal
import sys
from pathlib import Path
from typing import Any

# What XGBoost would import only to accept its types; this saves a second at each start.
_UNUSED = ("cudf", "cupy", "dask", "pandas", "pyarrow", "pyspark", "sklearn", "modin")


def main() -> None:
    """Fork a process a request until standard input ends."""
    for name in _UNUSED:
        sys.modules[name] = None  # type: ignore[assignment]
    from dropforge.cloud.sagemaker.container import train, transform

    programs = {"train": train.main, "transform": transform.main}
    # One process a job, in a group of its own, so that a job can be killed with its children.
    jobs: dict[int, str] = {}
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin.fileno(), selectors.EVENT_READ)
    selector.register(wake_read, selectors.EVENT_READ)
    _answer({"ready": True})
    pending = b""
    try:
        while True:
            for key, _events in selector.select():
                if key.fd == wake_read:
                    os.read(wake_read, 1024)
                    _collect(jobs)
                    continue
                received = os.read(key.fd, 65536)
                if not received:
                    return
                *lines, pending = (pending + received).split(b"\n")
                for line in lines:
                    request = json.loads(line)
                    pid = _fork(request, programs[request["program"]], [wake_read, wake_write])
                    jobs[pid] = request["id"]
                    _answer({"id": request["id"], "pid": pid})
    finally:
        for pid in jobs:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)


def _answer(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _collect(jobs: dict[int, str]) -> None:
    while jobs:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        if pid in jobs:
            _answer({"id": jobs.pop(pid), "code": os.waitstatus_to_exitcode(status)})


def _fork(request: dict[str, Any], program: Any, inherited: list[int]) -> int:
    pid = os.fork()
    if pid:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.setpgid(pid, pid)
        return pid
    code = 1
    try:
        os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for descriptor in inherited:
            os.close(descriptor)
        _redirect(Path(request["log"]))
        os.environ.update(request["environment"])
        logging.basicConfig(
            level=logging.INFO,
            format="[%(asctime)s:%(levelname)s] %(message)s",
            datefmt="%Y-%m-%d:%H:%M:%S",
            force=True,
        )
        os.chdir(request["root"])
        code = program(Path(request["root"]))
    finally:
        # No clean-up of the parent's: a fork must not run its exit handlers.
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _redirect(log: Path) -> None:
    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.close(target)
    os.close(nothing)


if __name__ == "__main__":
    main()
