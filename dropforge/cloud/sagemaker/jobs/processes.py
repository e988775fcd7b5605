"""The server's side of fork_server: start a job's process, wait for it, kill it."""

import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any


class JobProcess:
    """One process of a job."""

    def __init__(self) -> None:
        self.pid: int | None = None
        self.code: int | None = None
        self._ended = threading.Event()
        self._killed: int | None = None
        self._lock = threading.Lock()

    def wait(self, seconds: float | None = None) -> int | None:
        """Return the exit code, or None if the process runs on after `seconds`."""
        return self.code if self._ended.wait(seconds) else None

    def kill(self, sign: int = signal.SIGKILL) -> None:
        """Signal the process and its children; before it started, as soon as it has."""
        with self._lock:
            self._killed = sign
            if self.pid is not None and self.code is None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self.pid, sign)

    def started(self, pid: int) -> None:
        """Note the process id."""
        with self._lock:
            self.pid = pid
            killed = self._killed
        if killed is not None:
            self.kill(killed)

    def ended(self, code: int) -> None:
        """Note the exit code and wake whoever waits."""
        with self._lock:
            self.code = code
        self._ended.set()


class ForkServer:
    """Starts the process that forks; one a server, started at the first need or by `warm`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        # Of this process alone: one that crashed takes its own jobs with it, not the next one's.
        self._jobs: dict[str, JobProcess] = {}
        self._ids = itertools.count()

    def warm(self) -> None:
        """Start importing, so that the first job need not wait for all of it."""
        with self._lock:
            self._ensure()

    def start(self, program: str, root: Path, log: Path, environment: dict[str, str]) -> JobProcess:
        """Fork a process for a program, "train" or "transform", on a job's folders.

        Parameters
        ----------
        root : stands for /opt/ml.
        log : appended to; standard output and error of the process.
        """
        job = JobProcess()
        with self._lock:
            process = self._ensure()
            name = str(next(self._ids))
            self._jobs[name] = job
            request = {
                "id": name,
                "program": program,
                "root": str(root),
                "log": str(log),
                "environment": environment,
            }
            assert process.stdin is not None  # noqa: S101 - it was opened as a pipe
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
        return job

    def shutdown(self) -> None:
        """End the process, and with it all jobs."""
        with self._lock:
            process, self._process = self._process, None
        if process and process.stdin:
            process.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()

    def _ensure(self) -> "subprocess.Popen[str]":
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "dropforge.cloud.sagemaker.jobs.fork_server"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=_environment(),
            )
            self._jobs = {}
            listener = (self._process, self._jobs)
            threading.Thread(target=self._listen, args=listener, daemon=True).start()
        return self._process

    def _listen(self, process: "subprocess.Popen[str]", jobs: dict[str, JobProcess]) -> None:
        assert process.stdout is not None  # noqa: S101 - it was opened as a pipe
        with process:
            for line in process.stdout:
                message: dict[str, Any] = json.loads(line)
                if "pid" in message:
                    jobs[message["id"]].started(message["pid"])
                elif "code" in message:
                    jobs.pop(message["id"]).ended(message["code"])
            with self._lock:
                # Else a job could still be given to it, and nobody would hear of its end.
                if self._process is process:
                    self._process = None
            for job in jobs.values():
                job.kill()
                job.ended(1)


def _environment() -> dict[str, str]:
    root = str(Path(__file__).resolve().parents[4])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | {
        "PYTHONPATH": root,
        "PYTHONUNBUFFERED": "1",
        # Its pool of threads would be started before the fork, and for nothing.
        "OPENBLAS_NUM_THREADS": "1",
    }
