"""The processes of one job: one a host, which end together."""

import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from dropforge.cloud.sagemaker.jobs import runtime
from dropforge.cloud.sagemaker.jobs.logs import LogStream
from dropforge.cloud.sagemaker.jobs.outcomes import JobFailed, JobStopped, reason_of

_POLL_SECONDS = 0.25
# StopTrainingJob gives a job two minutes between SIGTERM and SIGKILL (API reference).
_GRACE_SECONDS = 120.0


class HostProcesses:
    """A program that runs in one process a host.

    Parameters
    ----------
    hosts : the folder of each.
    streams : the log of each.
    hear : is given the lines that a host has printed, as they come.
    """

    def __init__(
        self,
        program: str,
        hosts: dict[str, Path],
        environment: dict[str, str],
        streams: dict[str, LogStream],
        hear: Callable[[list[str]], None],
    ) -> None:
        self._hosts = hosts
        self._streams = streams
        self._hear = hear
        self._processes = {
            host: runtime.fork_server.start(program, root, streams[host].file, environment)
            for host, root in hosts.items()
        }

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Wait for all to end, within their time and unless the job is stopped.

        Raises
        ------
        JobFailed
            A process ended with another code than 0.
        JobStopped
            The job was stopped or its time was over.
        """
        end = time.monotonic() + seconds
        asked: float | None = None
        reason = JobStopped()
        # Asked once a turn: a process may end between two questions.
        while left := [each for each in self._processes.values() if each.wait(0) is None]:
            left[0].wait(_POLL_SECONDS)
            self._pump()
            late = time.monotonic() > end
            if asked is None and (late or stop.is_set()):
                asked = time.monotonic()
                reason = JobStopped("MaxRuntimeExceeded" if late else "Stopped")
                self._kill(signal.SIGTERM)
            elif asked is not None and time.monotonic() > asked + _GRACE_SECONDS:
                self._kill(signal.SIGKILL)
            # One host that fails takes the others with it.
            if any(each.wait(0) not in (None, 0) for each in self._processes.values()):
                self._kill(signal.SIGKILL)
        self._pump(final=True)
        if asked is not None:
            raise reason
        for host, process in self._processes.items():
            if process.code != 0:
                raise JobFailed(reason_of(self._hosts[host], process.code))

    def _pump(self, *, final: bool = False) -> None:
        for stream in self._streams.values():
            self._hear(stream.pump(final=final))

    def _kill(self, sign: int) -> None:
        for process in self._processes.values():
            process.kill(sign)
