"""What training and transform jobs have in common: a thread, folders, a process, an end."""

import contextvars
import logging
import math
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dropforge.cloud.journal import JournalError, journal
from dropforge.cloud.sagemaker import events, store
from dropforge.cloud.sagemaker.fault_injection import JobFault
from dropforge.cloud.sagemaker.jobs import runtime
from dropforge.cloud.sagemaker.jobs.host_processes import HostProcesses
from dropforge.cloud.sagemaker.jobs.logs import LogStream
from dropforge.cloud.sagemaker.jobs.outcomes import JobFailed, JobStopped, is_named
from dropforge.cloud.sagemaker.jobs.transfer import StorageError

logger = logging.getLogger("dropforge.cloud.sagemaker")

_RETRY_SECONDS = 1.0
_REASON_LENGTH = 1024

_active: dict[str, "Job"] = {}
_stopped_on_purpose: set[str] = set()


class Job:
    """One job that runs; a subclass says what it does.

    Attributes
    ----------
    record : the Describe response, changed in place as the job goes on.
    records : those that it belongs to, of one kind of job.
    root : the job's folders; stands for /opt/ml.
    """

    records: store.JobRecords

    def __init__(self, record: dict[str, Any], fault: JobFault) -> None:
        self.record = record
        self.name: str = record[self.records.name_member]
        self.arn: str = record[self.records.arn_member]
        self.root = runtime.folder_of(self.records.prefix, self.name)
        self.fault = fault
        self.ended = threading.Event()
        self._stop = threading.Event()
        self._ending = threading.RLock()
        self._finished = False

    def start(self) -> None:
        """Run the job in a thread of its own; account and region go with it."""
        _active[self.arn] = self
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(self._run,), daemon=True, name=self.name).start()

    def stop(self) -> None:
        """Ask the job to end, unless it has."""
        with self._ending:
            if not self._finished and not self._stop.is_set():
                self.set_status("Stopping")
                self._stop.set()

    def work(self) -> None:
        """Do the job's work; raises JobFailed, JobStopped or StorageError."""
        raise NotImplementedError

    def set_status(self, status: str, secondary: str | None = None) -> None:  # noqa: ARG002
        """Change the status, and tell the event bus once that is saved."""
        self.record[self.records.status_member] = status
        self.record["LastModifiedTime"] = store.now()
        while True:
            try:
                with journal().transaction():
                    store.save(self.records, self.name)
                    events.emit(self.records.event_name, self.arn, store.public(self.record))
            except JournalError as error:
                # Whoever waits for the job goes on when there is room on the disk again.
                logger.error("the status of job %s waits: %s", self.name, error)
                time.sleep(_RETRY_SECONDS)
            else:
                return

    def check_stopped(self) -> None:
        """Raise JobStopped if StopTrainingJob or StopTransformJob was called."""
        if self._stop.is_set():
            raise JobStopped

    def run_processes(
        self,
        program: str,
        hosts: dict[str, Path],
        environment: dict[str, str],
        seconds: float,
        hear: Callable[[list[str]], None],
    ) -> None:
        """Run a program in one process a host, and wait for all.

        Parameters
        ----------
        hosts : the folder of each.
        seconds : after which the job is stopped.
        hear : is given the lines that a host has printed, as they come.

        Raises
        ------
        JobFailed
            A process ended with another code than 0.
        JobStopped
            The job was stopped or its time was over.
        """
        with runtime.places.taken(self._stop):
            self.check_stopped()
            group = f"/aws/sagemaker/{self.records.prefix}Jobs"
            stamp = int(time.time() * 1000)
            streams = {
                host: LogStream(group, f"{self.name}/{host}-{stamp}", root / "log")
                for host, root in hosts.items()
            }
            processes = HostProcesses(program, hosts, environment, streams, hear)
            processes.wait(seconds, self._stop)

    def wait_for_fault(self, limit: float = math.inf) -> None:
        """Let a fault on purpose delay or fail the job.

        Parameters
        ----------
        limit : seconds after which the job is stopped.
        """
        if self._stop.wait(min(self.fault.seconds, limit)):
            raise JobStopped
        if self.fault.seconds >= limit:
            raise JobStopped("MaxRuntimeExceeded")
        if self.fault.failure:
            raise JobFailed(self.fault.failure)

    def _run(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        (self.root / "output").mkdir(parents=True)
        try:
            self.work()
            if self.fault.stopped:
                # Its model is there, as of a job that saves one after each round.
                _stopped_on_purpose.add(self.arn)
                raise JobStopped("MaxRuntimeExceeded")
            self.finish("Completed", "Completed")
        except JobStopped as stopped:
            self.finish("Stopped", stopped.secondary)
        except (JobFailed, StorageError) as failure:
            self._fail(str(failure))
        except Exception:
            logger.exception("job %s", self.name)
            self._fail(
                "InternalServerError: We encountered an internal error. Please try again. "
                "(See cloud.log of the local cloud.)"
            )
        finally:
            _active.pop(self.arn, None)
            self.ended.set()
            # Models and predictions are in S3 by now; the log is in CloudWatch Logs.
            shutil.rmtree(self.root, ignore_errors=True)

    def _fail(self, reason: str) -> None:
        prefixed = reason if is_named(reason) else f"ClientError: {reason}"
        self.record["FailureReason"] = prefixed[:_REASON_LENGTH]
        self.finish("Failed", "Failed")

    def finish(self, status: str, secondary: str) -> None:
        """Set the last status and what goes with it."""
        runtime.hold_if_closing()
        with self._ending:
            self._finished = True
            self.record[f"{self.records.prefix}EndTime"] = store.now()
            self.set_status(status, secondary)


def active(arn: str) -> Job | None:
    """Return the job of an ARN if it runs."""
    return _active.get(arn)


def wait_for(arn: str, stopped: Callable[[], bool], stop: Callable[[], None]) -> None:
    """Wait until a job has ended; once `stopped` says so, ask by `stop` that it end."""
    job = _active.get(arn)
    asked = False
    while job is not None and not job.ended.wait(0.05):
        if not asked and stopped():
            asked = True
            stop()


def stopped_on_purpose(arn: str) -> bool:
    """Tell whether a fault stopped a job, of which its `.sync` task is to make no error."""
    return arn in _stopped_on_purpose
